//! A stage of a pipeline: export requests in protobuf, each after its length (4 bytes, big-endian), from standard input to standard output.
//! This is the form of the collector's file exporter (`format: proto`), and how a stage of Vector or of otel-arrow would call the engine.

use std::io::{self, Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let statements = std::env::args()
        .nth(1)
        .unwrap_or_else(|| r#"replace_pattern(log.body, "[\\w.]+@[\\w.]+", "<email>")"#.into());
    let program = ottl::Options::new()
        .error_mode(ottl::ErrorMode::Ignore)
        .compile(&statements)?;
    let mut exec = program.exec()?;
    let (mut input, mut output, mut payload) =
        (io::stdin().lock(), io::stdout().lock(), Vec::new());
    let mut head = [0; 4];
    loop {
        match input.read_exact(&mut head) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(output.flush()?),
            other => other?,
        }
        let len = u32::from_be_bytes(head) as u64;
        payload.clear();
        if (&mut input).take(len).read_to_end(&mut payload)? as u64 != len {
            return Err("the last message is cut off".into());
        }
        if let Some(data) = exec.run(&payload)?.data {
            output.write_all(&u32::try_from(data.len())?.to_be_bytes())?;
            output.write_all(data)?;
        }
    }
}
