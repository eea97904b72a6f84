//! The keys that STS hands out, and the four lines that AWS tools read.

use crate::secret::Secret;
use jiff::Timestamp;

/// Temporary credentials of one assumed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id: public, and what tells one session from another.
    pub access_key_id: String,
    pub secret_access_key: Secret,
    pub session_token: Secret,
    /// When they stop working.
    pub expiration: Timestamp,
}

/// The keys that we write into a section of the credentials file, in the order in which we write them.
pub const KEYS: [&str; 4] =
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_expiration"];

impl Credentials {
    /// The values for [`KEYS`]; the expiration as aws-azure-login writes it, `2026-11-22T18:11:04.000Z`.
    pub fn file_values(&self) -> [(&'static str, Secret); 4] {
        [
            (KEYS[0], Secret::new(self.access_key_id.clone())),
            (KEYS[1], self.secret_access_key.clone()),
            (KEYS[2], self.session_token.clone()),
            (KEYS[3], Secret::new(format!("{:.3}", self.expiration))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiration_is_written_with_milliseconds_and_z() {
        let credentials = Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t"),
            expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
        };
        assert_eq!(credentials.file_values()[3].1.expose(), "2026-11-22T18:11:04.000Z");
    }
}
