//! An organization's profiles: what is accepted can be compared and written, and is then the same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::offer::read;
use std::path::Path;

fuzz_target!(|input: (&str, &str)| {
    let (text, config) = input;
    let Ok(offer) = read(text, "https://example.org/offer", None) else { return };
    let changes = offer.changes(config);
    let _ = offer.digest(&changes);
    if let Ok(written) = offer.apply(config, Path::new("/home/ada/.aws/config")) {
        assert!(offer.changes(&written).is_empty(), "what was taken over differs no more");
    }
});
