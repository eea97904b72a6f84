//! The editor: whatever it agrees to write is read back as it was meant, and the other profiles are as they were.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::edit::{remove, set, set_owned};

const PROFILES: [&str; 4] = ["default", "work", "my work", "a"];
const KEYS: [(&str, &str); 4] = [
    ("aws_access_key_id", "ASIAEXAMPLE"),
    ("aws_secret_access_key", "a/b+c="),
    ("aws_session_token", "IQoJb3JpZ2luX2VjEXAMPLETOKEN=="),
    ("aws_expiration", "2026-11-22T18:11:04.000Z"),
];

/// Those, and what another tool left.
const OWNED: [&str; 5] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_expiration",
    "aws_security_token",
];

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let dialect = if choice & 1 == 0 { Dialect::Config } else { Dialect::Credentials };
    let profile = PROFILES[usize::from(choice >> 1) % PROFILES.len()];
    if let Ok(written) = set(text, dialect, profile, &KEYS) {
        let after = Document::parse(&written, dialect);
        for (key, value) in KEYS {
            assert_eq!(after.get(profile, key).as_deref(), Some(value), "{key}");
        }
        others_are_as_they_were(text, &written, dialect, profile);
        assert_eq!(set(&written, dialect, profile, &KEYS).as_deref(), Ok(&*written), "a second time");
    }
    for values in [&KEYS[..], &[]] {
        let Ok(written) = set_owned(text, dialect, profile, values, &OWNED) else { continue };
        let after = Document::parse(&written, dialect);
        for key in OWNED {
            let wanted = values.iter().find(|(set, _)| *set == key).map(|(_, value)| *value);
            assert_eq!(after.get(profile, key).as_deref(), wanted, "{key}");
        }
        others_are_as_they_were(text, &written, dialect, profile);
        assert_eq!(
            set_owned(&written, dialect, profile, values, &OWNED).as_deref(),
            Ok(&*written),
            "a second time"
        );
    }
    let names = KEYS.map(|(key, _)| key);
    if let Ok(written) = remove(text, dialect, profile, &names) {
        let after = Document::parse(&written, dialect);
        for key in names {
            assert_eq!(after.get(profile, key), None, "{key}");
        }
        others_are_as_they_were(text, &written, dialect, profile);
    }
});

fn others_are_as_they_were(before: &str, after: &str, dialect: Dialect, edited: &str) {
    let (before, after) = (Document::parse(before, dialect), Document::parse(after, dialect));
    for profile in before.profiles().filter(|profile| *profile != edited) {
        for section in before.sections_of(profile) {
            for key in section.keys() {
                assert_eq!(
                    before.get(profile, key.name),
                    after.get(profile, key.name),
                    "{profile} {}",
                    key.name
                );
            }
        }
    }
}
