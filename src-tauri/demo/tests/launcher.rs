//! The launcher with programs that fail: it says so, leaves nothing behind, and never touches the user's files.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

/// Every file below a folder with its content.
fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(content(&path));
        } else {
            all.insert(path.display().to_string(), fs::read(&path).expect("a file"));
        }
    }
    all
}

fn demo(home: &Path, programs: &Path, temporary: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rolecall-demo"))
        .args(["--headless", "--programs"])
        .arg(programs)
        .arg("--screenshots")
        .arg(temporary.join("pictures"))
        .env("HOME", home)
        .env("AWS_CONFIG_FILE", home.join("elsewhere"))
        .env("AWS_SHARED_CREDENTIALS_FILE", home.join("elsewhere-too"))
        .env("https_proxy", "http://proxy.example.org:3128")
        .env("TMPDIR", temporary)
        .output()
        .expect("the demo runs")
}

#[test]
fn a_tray_that_ends_at_once_is_told_and_nothing_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let [home, programs, temporary] = ["home", "programs", "tmp"].map(|name| folder.path().join(name));
    fs::create_dir_all(home.join(".aws")).expect("a home");
    fs::create_dir_all(&programs).expect("a folder");
    fs::create_dir_all(&temporary).expect("a folder");
    fs::write(home.join(".aws/config"), "[profile mine]\nregion = eu-west-1\n").expect("a file");
    fs::write(home.join(".aws/credentials"), "[mine]\naws_access_key_id = AKIAEXAMPLE\n").expect("a file");
    // Would write into the user's files, if the demo let it know where they are.
    let tray = r#"#!/bin/sh
echo broken >> "${AWS_CONFIG_FILE:-$HOME/.aws/config}"
echo broken >> "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"
echo "the proxy is [$https_proxy]"
exit 3
"#;
    for name in ["rolecall-tray", "rolecall-window", "rolecall"] {
        fs::write(programs.join(name), tray).expect("a program");
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755)).expect("a program");
    }
    let before = content(&home);
    let output = demo(&home, &programs, &temporary);
    assert_eq!(content(&home), before);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the tray ended with exit status: 3 before its icon appeared"), "{said}");
    assert!(said.contains("the proxy is []"), "{said}");
    let left: Vec<_> = fs::read_dir(&temporary).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn missing_programs_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = demo(folder.path(), folder.path(), folder.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("rolecall-window is not in") && said.contains("cargo build --release"), "{said}");
}
