//! The keys that STS hands out, and the four lines that AWS tools read.

use crate::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Temporary credentials of one assumed role. Serialised only into private channels and sealed files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

    /// What a `credential_process` prints (AWS SDKs and Tools Reference Guide, "Process credential provider").
    pub fn process_json(&self) -> Secret {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Output<'a> {
            version: u8,
            access_key_id: &'a str,
            secret_access_key: &'a Secret,
            session_token: &'a Secret,
            expiration: String,
        }
        let output = Output {
            version: 1,
            access_key_id: &self.access_key_id,
            secret_access_key: &self.secret_access_key,
            session_token: &self.session_token,
            expiration: format!("{:.0}", self.expiration),
        };
        Secret::new(serde_json::to_string_pretty(&output).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t"),
            expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn expiration_is_written_with_milliseconds_and_z() {
        assert_eq!(credentials().file_values()[3].1.expose(), "2026-11-22T18:11:04.000Z");
    }

    #[test]
    fn a_process_prints_the_shape_that_aws_documents() {
        let json = credentials().process_json();
        let value: serde_json::Value = serde_json::from_str(json.expose()).expect("JSON");
        let expected = serde_json::json!({
            "Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "s", "SessionToken": "t",
            "Expiration": "2026-11-22T18:11:04Z",
        });
        assert_eq!(value, expected);
    }
}
