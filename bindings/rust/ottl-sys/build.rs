//! Finds libottl by pkg-config: installed, or below OTTL_PREFIX (`cmake --install build/release --prefix PREFIX`).

fn main() {
    println!("cargo:rerun-if-env-changed=OTTL_PREFIX");
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
    let found = pkg_config::Config::new()
        .atleast_version("0.1")
        .cargo_metadata(false)
        .probe("ottl");
    let library = match found {
        Ok(library) => library,
        Err(e) => panic!("libottl is not found: install it, and set OTTL_PREFIX if that is not where pkg-config looks\n{e}"),
    };
    // The static library where there is one: nothing has to be found when the program starts.
    let archive = library
        .link_paths
        .iter()
        .any(|p| p.join("libottl.a").exists());
    for path in &library.link_paths {
        println!("cargo:rustc-link-search=native={}", path.display());
        println!(
            "cargo:rerun-if-changed={}",
            path.join("libottl.a").display()
        );
    }
    println!(
        "cargo:rustc-link-lib={}ottl",
        if archive { "static=" } else { "dylib=" }
    );
    if archive {
        let private = pkg_config::Config::new()
            .statik(true)
            .cargo_metadata(false)
            .probe("ottl")
            .expect("probed before");
        for path in &private.link_paths {
            println!("cargo:rustc-link-search=native={}", path.display());
        }
        for name in private.libs.iter().filter(|n| *n != "ottl") {
            println!("cargo:rustc-link-lib=dylib={name}");
        }
    }
}
