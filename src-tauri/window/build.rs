use tauri_build::{AppManifest, Attributes};

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
    if let Err(error) = tauri_build::try_build(Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
