//! The cases by which the AWS SDKs agree on what a file says.

use rolecall_core::aws_files::document::{Dialect, Document};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

#[test]
fn files_are_read_as_every_sdk_must_read_them() {
    let cases: Value = serde_json::from_slice(&std::fs::read(cases_of_the_sdk()).unwrap()).unwrap();
    let mut compared = 0;
    for case in cases["tests"].as_array().unwrap() {
        let name = &case["name"];
        // Files that the SDKs refuse are read as far as they go; `flaws` says what is wrong with them.
        let Some(profiles) = case["output"]["config"]["profiles"].as_object() else { continue };
        let text = |file: &str| case["input"][file].as_str().unwrap_or("");
        let config = Document::parse(text("configFile"), Dialect::Config);
        let credentials = Document::parse(text("credentialsFile"), Dialect::Credentials);
        for (profile, keys) in profiles {
            let known = [&config, &credentials]
                .iter()
                .any(|document| document.profiles().any(|name| name == profile));
            assert!(known, "{name}: {profile}");
            for (key, value) in keys.as_object().unwrap() {
                let read = credentials.get(profile, key).or_else(|| config.get(profile, key));
                assert_eq!(read.as_deref(), value.as_str(), "{name}: {key} of {profile}");
                compared += 1;
            }
        }
        assert_eq!((config.flaws(), credentials.flaws()), (&[][..], &[][..]), "{name}");
    }
    assert!(compared > 40, "only {compared} values");
}

/// The cases ship with the SDK's own parser.
fn cases_of_the_sdk() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == "aws-runtime").expect("aws-runtime");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("test-data").join("profile-parser-tests.json")
}
