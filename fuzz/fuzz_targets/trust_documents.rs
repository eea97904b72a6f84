//! Trust policies in JSON, HCL, YAML and what holds them: whatever is judged, a statement that lets everybody in is
//! never found right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_kit::fuzzing::trust_check;
use serde_json::{Value, json};

fuzz_target!(|text: &str| {
    if let Some((words, _)) = trust_check(text, &["--json"]) {
        serde_json::from_str::<Value>(&words).expect("--json is JSON");
    }
    let _ = trust_check(text, &["--as", "arn:aws:iam::111111111111:role/Admin", "--account", "111111111111"]);
    let Ok(mut policy) = serde_json::from_str::<Value>(text) else { return };
    let Some(Value::Array(statements)) = policy.get_mut("Statement") else { return };
    statements.push(json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}));
    let verdict = trust_check(&policy.to_string(), &[]);
    assert!(verdict.is_none_or(|(_, right)| !right), "everybody may assume it: {policy}");
});
