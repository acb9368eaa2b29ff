use ottl::{Error, ErrorMode, Kind, Options, Severity, Signal};

fn logs(bodies: &[&str]) -> String {
    let records: Vec<String> = bodies
        .iter()
        .map(|b| format!(r#"{{"severityNumber":9,"body":{{"stringValue":{b:?}}}}}"#))
        .collect();
    format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{}]}}]}}]}}"#,
        records.join(",")
    )
}

#[test]
fn transforms_json_and_bytes() {
    let program = Options::new()
        .compile(r#"set(log.body, "b") where log.body == "a""#)
        .unwrap();
    assert_eq!(program.signal(), Some(Signal::Logs));
    let mut exec = program.exec().unwrap();
    assert_eq!(
        exec.run_json(&logs(&["a", "c"])).unwrap().unwrap(),
        logs(&["b", "c"])
    );
    // resource_logs { scope_logs { log_records { body { string_value: "a" } } } }
    let wire = b"\x0a\x09\x12\x07\x12\x05\x2a\x03\x0a\x01a";
    let outcome = exec.run(wire).unwrap();
    assert_eq!(
        (outcome.rows_in, outcome.rows_changed, outcome.unchanged),
        (1, 1, false)
    );
    assert_eq!(
        outcome.data.unwrap(),
        b"\x0a\x09\x12\x07\x12\x05\x2a\x03\x0a\x01b"
    );
}

#[test]
fn what_is_not_changed_comes_back() {
    let program = Options::new()
        .compile(r#"set(log.body, "b") where log.body == "x""#)
        .unwrap();
    let wire = b"\x0a\x09\x12\x07\x12\x05\x2a\x03\x0a\x01a";
    let mut exec = program.exec().unwrap();
    let outcome = exec.run(wire).unwrap();
    assert!(outcome.unchanged && outcome.data == Some(&wire[..]));
}

#[test]
fn filters() {
    let program = Options::new()
        .kind(Kind::Filter)
        .compile("log.severity_number < 13")
        .unwrap();
    assert_eq!(
        program.exec().unwrap().run_json(&logs(&["a"])).unwrap(),
        None
    );
}

#[test]
fn diagnostics() {
    let Err(Error::Compile(found)) = Options::new()
        .name("rules.ottl")
        .compile("set(log.atributes[\"a\"], 1)\nsett(log.body)")
    else {
        panic!("compiled")
    };
    assert_eq!(found.len(), 2);
    assert_eq!(
        (
            found[0].code.as_str(),
            found[0].severity,
            found[0].line,
            found[0].column
        ),
        ("E0301", Severity::Error, 1, 5)
    );
    assert_eq!(
        (found[0].range.clone(), found[0].file.as_str()),
        (4..17, "rules.ottl")
    );
    assert!(!found[0].fixes.is_empty() && found[1].line == 2);
    let text = Error::Compile(found).to_string();
    assert!(
        text.starts_with("rules.ottl:1:5: error[E0301]: unknown path"),
        "{text}"
    );
    let linted = Options::new()
        .lint(true)
        .compile("set(log.body, \"a\") where 1 == 2")
        .unwrap();
    assert_eq!(linted.diagnostics()[0].severity, Severity::Warning);
}

#[test]
fn diagnostics_for_people() {
    let text = String::from("set(log.body, 1)\nsett(log.body)\n");
    let refused = Options::new().name("rules.ottl").compile(&text);
    drop(text); // the diagnostics have a copy
    let Err(Error::Compile(found)) = refused else {
        panic!("compiled")
    };
    let other = std::thread::spawn({
        let found = found.clone();
        move || found.render(false)
    });
    let text = found.render(false);
    assert!(
        text.contains("--> rules.ottl:2:1") && text.contains("did you mean `set`?"),
        "{text}"
    );
    assert_eq!(other.join().unwrap(), text);
    assert!(found.render(true).contains("\x1b["));
    assert_eq!(found, found.clone());
    let clean = Options::new().compile("set(log.body, 1)").unwrap();
    assert!(clean.diagnostics().is_empty() && clean.diagnostics().render(false).is_empty());
}

#[test]
fn failures() {
    let statements = "set(log.attributes[\"n\"], ParseJSON(log.body))";
    let mut exec = Options::new().compile(statements).unwrap().exec().unwrap();
    let Err(Error::Run(errors)) = exec.run_json(&logs(&["{}", "no"])) else {
        panic!("ran")
    };
    assert_eq!((errors[0].item, errors[0].statement), (1, Some(0)));
    assert!(matches!(exec.run(b"\xff\xff"), Err(Error::Data { .. })));
    assert!(matches!(exec.run_json("{"), Err(Error::Data { .. })));
    let mut exec = Options::new()
        .error_mode(ErrorMode::Ignore)
        .compile(statements)
        .unwrap()
        .exec()
        .unwrap();
    assert!(exec.run_json(&logs(&["no"])).unwrap().is_some());
    assert_eq!(exec.errors().len(), 1);
    let small = Options::new().max_bytes(64).compile(statements).unwrap();
    assert!(matches!(small.exec(), Err(Error::Limit(_))));
}

#[test]
fn requests() {
    let mut exec = Options::new()
        .compile("set(log.body, otelcol.client.metadata[\"x\"][0])")
        .unwrap()
        .exec()
        .unwrap();
    exec.set_request(Some(r#"{"metadata":{"x":["acme"]}}"#))
        .unwrap();
    assert!(exec
        .run_json(&logs(&["a"]))
        .unwrap()
        .unwrap()
        .contains("acme"));
    assert!(exec.set_request(Some("[]")).is_err());
}

#[test]
fn threads_share_a_program() {
    let program = Options::new()
        .compile("set(log.body, Concat([log.body, \"!\"], \"\"))")
        .unwrap();
    std::thread::scope(|s| {
        for i in 0..8 {
            let program = &program;
            s.spawn(move || {
                let mut exec = program.exec().unwrap();
                for k in 0..200 {
                    let body = format!("{i}-{k}");
                    assert_eq!(
                        exec.run_json(&logs(&[&body])).unwrap().unwrap(),
                        logs(&[&format!("{body}!")])
                    );
                }
            });
        }
    });
}
