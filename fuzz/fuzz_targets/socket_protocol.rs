//! One line of the socket in each direction: what is understood is said again in the same way.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::message::{Answer, Ask};
use rolecall_core::sign_in::{Outcome, ToWindow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

fuzz_target!(|line: &[u8]| {
    same_again::<Ask>(line);
    same_again::<Answer>(line);
    same_again::<ToWindow>(line);
    same_again::<Outcome>(line);
});

fn same_again<T: DeserializeOwned + Serialize + PartialEq + Debug>(line: &[u8]) {
    let Ok(message) = serde_json::from_slice::<T>(line) else { return };
    let said = serde_json::to_vec(&message).expect("what was read can be written");
    assert!(!said.contains(&b'\n'), "one message a line");
    let again = serde_json::from_slice::<T>(&said).expect("what was written can be read");
    assert!(again == message, "the same message");
}
