//! Functions that the compiler made twice are linked once: about a tenth of the program. On Windows the program gets
//! its icon, manifest and version.

#[path = "../../scripts/windows/resource.rs"]
mod resource;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The toolchain's own linker on this system (rust-lld) knows how.
    if std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
    if let Err(error) = resource::embed("Rolecall") {
        println!("cargo::error={error}");
    }
}
