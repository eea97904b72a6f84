//! The loader asks the runtime's file for its version (`\StringFileInfo\040904b0\ProductVersion`): without one there is no
//! runtime.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=version.rc");
    if std::env::var("CARGO_CFG_WINDOWS").is_ok() {
        embed_resource::compile("version.rc", embed_resource::NONE).manifest_required()?;
    }
    Ok(())
}
