//! By chance: whatever is edited, three foreign parsers read the new values and nothing else new.

use crate::generate::{PROFILES, file, values};
use crate::judges::{Edit, Judges, NAMES, Verdict, all_keys};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rolecall_core::aws_files::document::Document;
use rolecall_core::aws_files::edit::{EditError, remove, set};
use std::cell::RefCell;

const CASES: u32 = 2_000;

#[test]
fn three_parsers_agree_with_every_edit() {
    let judges = RefCell::new(Judges::new());
    let edited = RefCell::new(0u32);
    let agreed = RefCell::new([0u32; 3]);
    let strategy = (file(), 0..PROFILES.len(), values(), prop::bool::weighted(0.2));
    let outcome = runner().run(&strategy, |((dialect, before), profile, values, removes)| {
        let profile = PROFILES[profile];
        let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let keys: Vec<_> = values.iter().map(|(key, _)| *key).collect();
        let after = if removes {
            remove(&before, dialect, profile, &keys)
        } else {
            set(&before, dialect, profile, &values)
        };
        let after = match after {
            Ok(after) => after,
            Err(EditError::DuplicateSection { .. } | EditError::DuplicateKey { .. }) => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(format!("{error}"))),
        };
        let changes = values.iter().map(|&(key, value)| (key, (!removes).then_some(value))).collect();
        let verdicts = judges
            .borrow_mut()
            .judge(&before, &after, &Edit { dialect, profile, changes })
            .map_err(|wrong| TestCaseError::fail(format!("{wrong}\nbefore: {before:?}\nafter: {after:?}")))?;
        *edited.borrow_mut() += 1;
        for (count, verdict) in std::iter::zip(agreed.borrow_mut().iter_mut(), verdicts) {
            *count += u32::from(verdict == Verdict::Agrees);
        }
        Ok(())
    });
    outcome.unwrap();
    let edited = edited.into_inner();
    assert!(edited > CASES * 9 / 10, "only {edited} of {CASES} files were edited");
    for (name, agreed) in std::iter::zip(NAMES, agreed.into_inner()) {
        println!("{name} could judge {agreed} of {edited} edits");
        assert!(agreed > edited * 3 / 5, "too few for a judgement");
    }
}

#[test]
fn profiles_are_read_as_the_sdk_reads_them() {
    let judges = Judges::new();
    let compared = RefCell::new(0);
    let outcome = runner().run(&file(), |(dialect, text)| {
        let Some(sdk) = judges.aws_runtime(&text, dialect, &all_keys(&text, "")) else { return Ok(()) };
        let document = Document::parse(&text, dialect);
        for (profile, keys) in sdk.iter().filter(|(name, _)| !name.starts_with("sso-session ")) {
            for (key, value) in keys {
                let ours = document.get(profile, key);
                prop_assert_eq!(
                    ours.as_deref(),
                    Some(value.as_str()),
                    "{} of {} in {:?}",
                    key,
                    profile,
                    text
                );
                *compared.borrow_mut() += 1;
            }
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(compared.into_inner() > CASES, "too few values to compare");
}

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::with_cases(CASES)
    })
}
