//! Every folder of `fixtures/aws_files`: `before`, what to do (`edit.json`), and `after`, byte for byte, or the refusal.

use crate::judges::{Edit, Judges};
use rolecall_core::aws_files::document::Dialect;
use rolecall_core::aws_files::edit::{remove, set};
use serde::Deserialize;
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    dialect: String,
    profile: String,
    #[serde(default)]
    set: Vec<(String, String)>,
    #[serde(default)]
    remove: Vec<String>,
    refused: Option<String>,
}

#[test]
fn every_case_is_edited_as_it_says() {
    let mut judges = Judges::new();
    let mut folders: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/aws_files"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 20, "the cases are there");
    for folder in folders {
        let name = folder.display();
        let case: Case = serde_json::from_slice(&fs::read(folder.join("edit.json")).unwrap()).unwrap();
        let before = fs::read_to_string(folder.join("before")).unwrap();
        let dialect = if case.dialect == "config" { Dialect::Config } else { Dialect::Credentials };
        let values: Vec<_> = case.set.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let keys: Vec<_> = case.remove.iter().map(String::as_str).collect();
        let edited = if keys.is_empty() {
            set(&before, dialect, &case.profile, &values)
        } else {
            remove(&before, dialect, &case.profile, &keys)
        };
        if let Some(refused) = case.refused {
            assert_eq!(edited.map_err(|error| error.to_string()), Err(refused), "{name}");
            continue;
        }
        let edited = edited.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(edited, fs::read_to_string(folder.join("after")).unwrap(), "{name}");
        let set = values.iter().map(|&(key, value)| (key, Some(value)));
        let changes = set.chain(keys.iter().map(|&key| (key, None))).collect();
        let edit = Edit { dialect, profile: &case.profile, changes };
        judges.judge(&before, &edited, &edit).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    }
}
