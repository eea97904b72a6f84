//! The two AWS files, in both dialects: read, every profile and key looked at.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::draft::import;
use rolecall_core::profile::Profiles;
use std::path::Path;

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
    }
    let _ = Profiles::parse(text, Path::new("/home/ada/.aws/config"), None);
    let _ = import::saml2aws(text);
});
