//! A SAML response as a page hands it over: base64 of any XML.
#![no_main]

use base64::Engine as _;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use rolecall_core::saml::response::{Expected, Roles, read};
use rolecall_core::secret::Secret;

fuzz_target!(|xml: &[u8]| {
    let expected = Expected {
        request_id: "id1",
        acs: "https://signin.aws.amazon.com/saml",
        page: "https://login.example.org",
    };
    let now = Timestamp::UNIX_EPOCH;
    let encoded = Secret::new(base64::engine::general_purpose::STANDARD.encode(xml));
    if let Ok(assertion) = read(&encoded, expected, now) {
        assert!(assertion.redeem_by > now);
        if let Roles::Listed(roles) = &assertion.roles {
            assert!(!roles.is_empty(), "an assertion without a role is an error");
        }
    }
    // And as it came, without the encoding.
    let _ = read(&Secret::new(String::from_utf8_lossy(xml).into_owned()), expected, now);
});
