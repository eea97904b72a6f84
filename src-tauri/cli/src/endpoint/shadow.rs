//! What stands in `[default]`: most SDKs read it before they ask an endpoint, and would be somebody else.

use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::{locate, replace};
use std::ffi::OsString;
use std::path::PathBuf;

/// Keys that are credentials, or lead to some, or with which some SDK looks no further.
const LEADING: [&str; 12] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "credential_process",
    "credential_source",
    "login_session",
    "role_arn",
    "sso_account_id",
    "sso_region",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Those of the two files that would come first, with the variable that names another in their place.
pub(super) fn files(environment: &dyn Fn(&str) -> Option<OsString>) -> Vec<(&'static str, PathBuf)> {
    let Ok(files) = locate::locate(environment) else { return vec![] };
    let both = [
        ("AWS_CONFIG_FILE", files.config, Dialect::Config),
        ("AWS_SHARED_CREDENTIALS_FILE", files.credentials, Dialect::Credentials),
    ];
    let leading = both.into_iter().filter(|(_, path, dialect)| {
        let text = replace::read(path).ok().flatten();
        text.is_some_and(|text| has_credentials(&text, *dialect))
    });
    leading.map(|(variable, path, _)| (variable, path)).collect()
}

fn has_credentials(text: &str, dialect: Dialect) -> bool {
    let document = Document::parse(text, dialect);
    LEADING.iter().any(|key| document.get("default", key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_endpoint() {
        for (text, dialect, leading) in [
            ("", Dialect::Config, false),
            ("[default]\nregion = eu-west-1\n", Dialect::Config, false),
            ("[default]\ncredential_process = x\n", Dialect::Config, true),
            ("[default]\nrole_arn = x\n", Dialect::Config, true),
            ("[default]\nsso_account_id = x\n", Dialect::Config, true),
            ("[profile default]\nAWS_Secret_Access_Key = x\n", Dialect::Config, true),
            ("[profile work]\nrole_arn = x\n", Dialect::Config, false),
            ("[default]\naws_access_key_id = A\n", Dialect::Credentials, true),
            ("[work]\naws_access_key_id = A\n", Dialect::Credentials, false),
        ] {
            assert_eq!(has_credentials(text, dialect), leading, "{text}");
        }
    }
}
