//! A kubeconfig: what is added to is read back, and adding the same again changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_kit::fuzzing::kubeconfig_edited;

fuzz_target!(|text: &str| {
    if let Some(edited) = kubeconfig_edited(text) {
        assert!(edited.contains("eks.example.org") && edited.contains("shop"));
        assert_eq!(kubeconfig_edited(&edited).as_deref(), Some(&*edited), "a second time");
    }
});
