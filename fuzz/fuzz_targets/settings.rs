//! The person's settings: read, shown, and edited with what is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::settings::{Settings, edit};

fuzz_target!(|text: &str| {
    let Ok(settings) = Settings::parse(text) else { return };
    let choices = settings.choices();
    let edited = edit(text, &choices).expect("what is read can be edited");
    let again = Settings::parse(&edited).expect("what was edited can be read");
    assert_eq!(again.choices(), choices);
});
