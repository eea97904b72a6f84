//! Icon, manifest and version of a Windows program, for the build scripts that include this file. Nothing for other
//! systems.

use std::path::{Path, PathBuf};

/// Links them into the package's programs.
///
/// # Errors
/// The resource compiler is not there, or does not take what is written for it.
pub(crate) fn embed(description: &str) -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var("CARGO_CFG_TARGET_OS")? != "windows" {
        return Ok(());
    }
    // From `src-tauri/PROGRAM`, where build scripts run.
    let root = std::env::current_dir()?.join("../..");
    let (icon, manifest) = (root.join("icons/rolecall.ico"), root.join("scripts/windows/program.manifest"));
    for path in [&icon, &manifest] {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let script = PathBuf::from(std::env::var("OUT_DIR")?).join("program.rc");
    std::fs::write(&script, text(&icon, &manifest, description)?)?;
    embed_resource::compile(&script, embed_resource::NONE).manifest_required()?;
    Ok(())
}

/// The names are Microsoft's: 32512 is IDI_APPLICATION, 24 is RT_MANIFEST, 1 the manifest of a program.
fn text(icon: &Path, manifest: &Path, description: &str) -> Result<String, std::env::VarError> {
    let version = std::env::var("CARGO_PKG_VERSION")?;
    let program = std::env::var("CARGO_PKG_NAME")?;
    let numbers: Vec<&str> = version.split(['.', '-', '+']).take(3).collect();
    let numbers = numbers.join(",");
    let quoted = |path: &Path| path.to_string_lossy().replace('\\', "\\\\");
    let (icon, manifest) = (quoted(icon), quoted(manifest));
    Ok(format!(
        r#"#pragma code_page(65001)
32512 ICON "{icon}"
1 24 "{manifest}"
1 VERSIONINFO
FILEVERSION {numbers},0
PRODUCTVERSION {numbers},0
FILEOS 0x40004
FILETYPE 0x1
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904b0"
    BEGIN
      VALUE "CompanyName", "Rolecall"
      VALUE "FileDescription", "{description}"
      VALUE "FileVersion", "{version}"
      VALUE "InternalName", "{program}"
      VALUE "LegalCopyright", "Apache License 2.0"
      VALUE "OriginalFilename", "{program}.exe"
      VALUE "ProductName", "Rolecall"
      VALUE "ProductVersion", "{version}"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x0409, 0x04b0
  END
END
"#
    ))
}
