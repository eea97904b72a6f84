//! A signed feed: any text under any signature, and any text under a good one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::update::{Feed, Key, Source};

fuzz_target!(|input: (&str, &str, &str)| {
    let (key, text, signature) = input;
    let _ = Key::parse(key);
    let Ok(source) = Source::parse("https://updates.example.org/latest.json", key) else { return };
    let _ = Feed::read(&source, text, signature);
});
