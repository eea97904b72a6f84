//! What Entra has issued, so that AWS can tell a genuine assertion from every other.
//!
//! It stands in for the signature: a response is genuine when its bytes are those that were issued.

use crate::log::lock;
use crate::world::Role;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;

/// What AWS would read from a genuine response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The user's name: NameID and RoleSessionName.
    pub user: String,
    pub roles: Vec<Role>,
    pub issued_at: Timestamp,
    /// `SessionNotOnOrAfter`: no session outlives it.
    pub session_not_on_or_after: Option<Timestamp>,
    pub issuer: String,
    pub audience: String,
}

#[derive(Debug, Default)]
pub(crate) struct Assertions(Mutex<HashMap<[u8; 32], Assertion>>);

impl Assertions {
    pub(crate) fn issue(&self, response_xml: &str, assertion: Assertion) {
        lock(&self.0).insert(digest(response_xml.as_bytes()), assertion);
    }

    pub(crate) fn genuine(&self, response_xml: &[u8]) -> Option<Assertion> {
        lock(&self.0).get(&digest(response_xml)).cloned()
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
