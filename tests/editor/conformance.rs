//! The cases by which the AWS SDKs agree on what a file says.

use rolecall_core::aws_files::document::{Dialect, Document};
use serde_json::Value;

#[test]
fn files_are_read_as_every_sdk_must_read_them() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/aws_sdk/profile-parser-tests.json");
    let cases: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
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
