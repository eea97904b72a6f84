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

/// Every key of a profile's section that says something about its credentials, in either file: what an SDK reads, and
/// what other tools note beside it. A write leaves none of them that it did not set, a sign-out none at all: with the
/// keys of one session, the token or the account of another is worse than none (SDKs do without all but the first
/// three).
pub const OWNED_KEYS: [&str; 16] = [
    KEYS[0],
    KEYS[1],
    KEYS[2],
    KEYS[3],
    // The token's old name. botocore reads it before aws_session_token; saml2aws writes both.
    "aws_security_token",
    // For account-based endpoints.
    "aws_account_id",
    // JavaScript SDK.
    "aws_credential_scope",
    // saml2aws, gimme-aws-creds, and tools that took the name from them.
    "x_principal_arn",
    "x_security_token_expires",
    // Other names of the end.
    "aws_session_expiration",
    "aws_credential_expiration",
    "aws_session_token_expiration",
    // aws-mfa.
    "expiration",
    "assumed_role",
    "assumed_role_arn",
    // awsume.
    "source_expiration",
];

/// Of [`OWNED_KEYS`], those that SDKs add to the keys of another place: both files are read as one profile.
pub const ADDED_KEYS: [&str; 3] = ["aws_security_token", "aws_account_id", "aws_credential_scope"];

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
