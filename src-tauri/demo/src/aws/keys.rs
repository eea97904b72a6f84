//! The temporary keys that STS has handed out, and who each of them is.

use crate::log::lock;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::Digest;
use std::collections::HashMap;
use std::sync::Mutex;
use uuid::Uuid;

/// One set of temporary keys: invented, random, good for nothing but this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    pub expiration: Timestamp,
    /// `arn:aws:sts::111111111111:assumed-role/Developer/ada@example.org`
    pub arn: String,
    pub account: String,
    /// `AROA…:ada@example.org`
    pub user_id: String,
    /// Got by AssumeRole from other temporary keys.
    pub chained: bool,
}

impl Issued {
    /// Whether these are keys of the role with this ARN.
    pub(crate) fn is_session_of(&self, role: &str) -> bool {
        let name = |arn: &str, part: usize| arn.rsplit('/').nth(part).map(str::to_owned);
        let account = role.split(':').nth(4).unwrap_or_default();
        self.account == account && name(&self.arn, 1) == name(role, 0)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<HashMap<String, Issued>>);

impl Keys {
    pub(crate) fn issue(
        &self,
        role: &crate::world::Role,
        session: &str,
        until: Timestamp,
        chained: bool,
    ) -> Issued {
        let issued = Issued {
            access_key_id: format!("ASIA{}", letters(16)),
            secret_access_key: STANDARD.encode(random(30)),
            session_token: STANDARD.encode(random(672)),
            expiration: until,
            arn: format!(
                "arn:{}:sts::{}:assumed-role/{}/{session}",
                role.partition(),
                role.account(),
                role.name()
            ),
            account: role.account().to_owned(),
            user_id: format!("{}:{session}", role_id(&role.arn)),
            chained,
        };
        lock(&self.0).insert(issued.access_key_id.clone(), issued.clone());
        issued
    }

    /// Secret keys and session tokens.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let issued = lock(&self.0);
        issued.values().flat_map(|one| [one.secret_access_key.clone(), one.session_token.clone()]).collect()
    }

    pub(crate) fn find(&self, access_key_id: &str) -> Option<Issued> {
        lock(&self.0).get(access_key_id).cloned()
    }
}

fn random(bytes: usize) -> Vec<u8> {
    std::iter::repeat_with(|| Uuid::new_v4().into_bytes()).flatten().take(bytes).collect()
}

/// Capital letters and digits, as in key ids.
fn letters(count: usize) -> String {
    random(count).into_iter().map(letter).collect()
}

fn letter(byte: u8) -> char {
    char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(byte % 32)])
}

/// The same role has the same id, as in AWS.
fn role_id(arn: &str) -> String {
    let id: String = sha2::Sha256::digest(arn).into_iter().take(17).map(letter).collect();
    format!("AROA{id}")
}
