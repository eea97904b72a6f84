//! The two AWS files, in both dialects: read, every profile and key looked at, and judged as `rolecall doctor` does it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::aws_files::compatibility::{identity_conflicts, incompatibilities};
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::checkup::{FileSeen, aws_files};
use rolecall_core::draft::import;
use rolecall_core::profile::{ProfileFiles, Profiles, without_secrets};
use std::path::{Path, PathBuf};

fuzz_target!(|text: &str| {
    let lines = text.lines().count() + 1;
    for dialect in [Dialect::Config, Dialect::Credentials] {
        let document = Document::parse(text, dialect);
        for flaw in document.flaws() {
            assert!((1..=lines).contains(&flaw.line), "line {} of {lines}", flaw.line);
        }
        for section in document.sections() {
            for key in section.keys() {
                let _ = key.value();
            }
        }
        for profile in document.profiles() {
            let _ = document.get(profile, "region");
        }
        let _ = document.duplicates();
        for found in incompatibilities(text, dialect) {
            assert!(found.line >= 1);
            let _ = (found.consequence(), found.rule.what(), found.rule.fix(), found.is_harmless());
        }
    }
    let _ = Profiles::parse(text, Path::new(CONFIG), None);
    both_files(text);
    let _ = import::saml2aws(text);
});

const CONFIG: &str = "/home/ada/.aws/config";
const CREDENTIALS: &str = "/home/ada/.aws/credentials";

/// The text in halves, as the two files of one person.
fn both_files(text: &str) {
    let (config, credentials) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let conflicts = identity_conflicts(credentials, Dialect::Credentials);
    let settings = without_secrets(credentials);
    for (credentials, credentials_conflicts) in [(credentials, None), (&*settings, Some(&*conflicts))] {
        let files = ProfileFiles {
            config,
            config_path: Path::new(CONFIG),
            credentials,
            credentials_path: Path::new(CREDENTIALS),
            credentials_conflicts,
        };
        let profiles = Profiles::parse_both(&files, None);
        for profile in &profiles.profiles {
            assert!(profiles.named(profile.name()).is_some(), "{}", profile.name());
        }
    }
    let seen = |path: &str, text: &str| FileSeen {
        path: PathBuf::from(path),
        text: Ok(Some(text.to_owned())),
        mode: Some(0o600),
        open_to_others: false,
    };
    assert!(!aws_files(&seen(CONFIG, config), &seen(CREDENTIALS, credentials), None).is_empty());
}
