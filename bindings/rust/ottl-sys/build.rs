//! Finds libottl by pkg-config: installed, or below OTTL_PREFIX (`cmake --install build/release --prefix PREFIX`).

use std::path::Path;
use std::process::Command;

/// Words that pkg-config gives of libottl.
fn pkg_config(options: &[&str]) -> Vec<String> {
    let program = std::env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    match Command::new(program).args(options).arg("ottl >= 0.1").output() {
        Ok(out) if out.status.success() => String::from_utf8_lossy(&out.stdout)
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        Ok(out) => panic!(
            "libottl is not found: install it, and set OTTL_PREFIX if that is not where pkg-config looks\n{}",
            String::from_utf8_lossy(&out.stderr)
        ),
        Err(e) => panic!("pkg-config cannot be run: {e}"),
    }
}

fn main() {
    for name in ["OTTL_PREFIX", "PKG_CONFIG", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    if let Ok(prefix) = std::env::var("OTTL_PREFIX") {
        let folders = [
            "lib",
            "lib64",
            "lib/x86_64-linux-gnu",
            "lib/aarch64-linux-gnu",
        ];
        let mut paths: Vec<String> = folders
            .iter()
            .map(|f| format!("{prefix}/{f}/pkgconfig"))
            .collect();
        paths.extend(std::env::var("PKG_CONFIG_PATH").ok());
        std::env::set_var("PKG_CONFIG_PATH", paths.join(":"));
    }
    let folder = pkg_config(&["--variable=libdir"]).join(" ");
    // The static library where there is one: nothing has to be found when the program starts.
    let archive = Path::new(&folder).join("libottl.a");
    println!("cargo:rerun-if-changed={}", archive.display());
    println!("cargo:rustc-link-search=native={folder}");
    if !archive.exists() {
        println!("cargo:rustc-link-lib=dylib=ottl");
        return;
    }
    println!("cargo:rustc-link-lib=static=ottl");
    for word in pkg_config(&["--static", "--libs"]) {
        match (word.strip_prefix("-L"), word.strip_prefix("-l")) {
            (Some(path), _) => println!("cargo:rustc-link-search=native={path}"),
            (_, Some("ottl")) => {}
            (_, Some(name)) => println!("cargo:rustc-link-lib=dylib={name}"),
            _ if word == "-pthread" => println!("cargo:rustc-link-lib=dylib=pthread"),
            _ => {}
        }
    }
}
