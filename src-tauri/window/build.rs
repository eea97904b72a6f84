use tauri_build::{AppManifest, Attributes, WindowsAttributes};

/// The Windows manifest of every program of ours. Icon and version come from `tauri.conf.json`.
const PROGRAM: &str = include_str!("../../scripts/windows/program.manifest");

fn main() {
    println!("cargo::rerun-if-changed=sign-in.conf.json");
    println!("cargo::rerun-if-changed=../../ui/dist");
    if !std::path::Path::new("../../ui/dist/index.html").exists() {
        println!(
            "cargo::error=ui/dist is not there: build by `make`, or run `npm ci && npm run build` in ui/ first"
        );
        return;
    }
    let manifest = AppManifest::new().commands(&["ask"]);
    let windows = WindowsAttributes::new().app_manifest(PROGRAM);
    let attributes = Attributes::new().app_manifest(manifest).windows_attributes(windows);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
