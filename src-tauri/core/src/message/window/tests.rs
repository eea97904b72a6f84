//! The types that the window's own language sees.

use super::{Ask, Told};
use std::path::Path;
use ts_rs::{Config, TS};

/// `ROLECALL_TYPES=write` (`make types`) writes what this test compares.
#[test]
fn the_windows_types_are_those_of_this_module() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config::new().with_out_dir(folder.path());
    Ask::export_all(&config).expect("exported");
    Told::export_all(&config).expect("exported");
    let mut types: Vec<_> = std::fs::read_dir(folder.path())
        .expect("files")
        .map(|entry| std::fs::read_to_string(entry.expect("a file").path()).expect("text"))
        .map(|text| {
            let kept = |line: &&str| !line.starts_with("import ") && !line.starts_with("// This file");
            text.lines().filter(kept).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
        })
        .collect();
    types.sort();
    let generated = format!(
        "// Generated from src-tauri/core/src/message/window.rs by `make types`. Do not edit.\n\n{}\n",
        types.join("\n\n")
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/wire.ts");
    if std::env::var_os("ROLECALL_TYPES").is_some_and(|value| value == "write") {
        std::fs::write(&path, &generated).expect("written");
    }
    let there = std::fs::read_to_string(&path).expect("ui/src/lib/wire.ts").replace("\r\n", "\n");
    assert!(there == generated, "ui/src/lib/wire.ts is not what `make types` writes");
}
