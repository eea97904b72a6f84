//! Texts of other programs: a My Apps link, AWS's page of accounts, a web identity token.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use rolecall_core::account_names;
use rolecall_core::draft::link;
use rolecall_core::web_identity::Claims;

fuzz_target!(|text: &str| {
    let _ = link::read(text);
    let _ = account_names::read(text);
    if let Ok(claims) = Claims::read(text) {
        let _ = claims.is_over(Timestamp::MIN);
        let _ = claims.is_over(Timestamp::MAX);
    }
});
