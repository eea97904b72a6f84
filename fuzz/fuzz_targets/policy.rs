//! An administrator's policy: a file, and what is refused names a line that is there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::policy::Policy;

fuzz_target!(|text: &str| {
    match Policy::parse(text) {
        Ok(policy) => _ = format!("{policy:?}"),
        Err(reason) => assert!(!reason.contains('\n') && !reason.is_empty(), "one line: {reason:?}"),
    }
});
