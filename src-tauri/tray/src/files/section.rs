//! One section of a file edited, whosever file it is; never over what could not be had again.

use super::unwritable;
use rolecall_core::aws_files::document::{Dialect, Document};
use rolecall_core::aws_files::edit::{self, EditError};
use rolecall_core::aws_files::replace::{self, Access, UpdateError, Waits, Written};
use rolecall_core::credentials::{ADDED_KEYS, Credentials, KEYS, OWNED_KEYS};
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use std::path::Path;

/// Writes the four keys into the profile's section of a credentials file, and removes what else stands there about
/// credentials: it belongs to others.
///
/// # Errors
/// As [`Disk::write`].
pub(crate) fn write_keys(
    file: &Path,
    profile: &ProfileName,
    credentials: &Credentials,
    access: Access,
) -> Result<Option<Problem>, Problem> {
    let values = credentials.file_values();
    let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.expose())).collect();
    update(file, profile, access, |text| own(text, Dialect::Credentials, profile, &values))
}

/// Removes every key about credentials from the profile's section of a credentials file.
///
/// # Errors
/// As [`Disk::write`].
pub(crate) fn remove_keys(
    file: &Path,
    profile: &ProfileName,
    access: Access,
) -> Result<Option<Problem>, Problem> {
    update(file, profile, access, |text| own(text, Dialect::Credentials, profile, &[]))
}

/// Removes what stands about other credentials in the profile's section of the config file: SDKs read both files as
/// one. A section with a long-lived key stays as it is, unless what is in it would be added to `written` keys.
///
/// # Errors
/// As [`Disk::write`].
pub(super) fn remove_from_config(
    file: &Path,
    profile: &ProfileName,
    written: bool,
) -> Result<Option<Problem>, Problem> {
    // Most have nothing of the kind, and are not to be touched, nor locked.
    let Ok(Some(text)) = replace::read(file) else { return Ok(None) };
    let dialect = Dialect::Config;
    let stale: &[&str] = match long_lived_key(&text, dialect, profile) {
        None => &OWNED_KEYS,
        Some(_) if written => &ADDED_KEYS,
        Some(_) => &[],
    };
    if !holds_any(&text, dialect, profile, stale) {
        return Ok(None);
    }
    update(file, profile, Access::AsBefore, |text| own(text, dialect, profile, &[]))
}

fn holds_any(text: &str, dialect: Dialect, profile: &ProfileName, wanted: &[&str]) -> bool {
    let document = Document::parse(text, dialect);
    let mut keys = document.sections_of(profile.as_str()).flat_map(|section| section.keys());
    keys.any(|key| wanted.iter().any(|wanted| key.name.eq_ignore_ascii_case(wanted)))
}

/// The text in whose section the keys about credentials are these and no others.
pub(super) fn own(
    text: &str,
    dialect: Dialect,
    profile: &ProfileName,
    values: &[(&str, &str)],
) -> Result<String, Refusal> {
    if let Some(key_prefix) = long_lived_key(text, dialect, profile) {
        let section = match dialect {
            Dialect::Credentials => profile.to_string(),
            Dialect::Config => format!("profile {profile}"),
        };
        return Err(Refusal::LongLivedKey { section, key_prefix });
    }
    Ok(edit::set_owned(text, dialect, profile.as_str(), values, &OWNED_KEYS)?)
}

pub(super) fn update(
    file: &Path,
    profile: &ProfileName,
    access: Access,
    edit: impl FnMut(&str) -> Result<String, Refusal>,
) -> Result<Option<Problem>, Problem> {
    let path = file.display().to_string();
    match replace::update_with_access(file, Waits::default(), access, edit) {
        Ok(written) => Ok(remark(&written, path)),
        Err(error) => Err(problem(error, path, profile)),
    }
}

/// What is to be said of a write: of several things the one that matters most.
pub(super) fn remark(written: &Written, path: String) -> Option<Problem> {
    if written.lost_foreign_write {
        return Some(Problem::ForeignWriteLost { path });
    }
    if let Some(mode) = written.narrowed_from {
        return Some(Problem::AccessNarrowed { path, mode: format!("{mode:03o}") });
    }
    written.other_name_remains.then_some(Problem::OtherNameRemains { path })
}

fn problem(error: UpdateError<Refusal>, path: String, profile: &ProfileName) -> Problem {
    match error {
        UpdateError::File(error) => unwritable(&error),
        UpdateError::Edit(Refusal::Edit(error)) => Problem::EditRefused { path, reason: error.to_string() },
        UpdateError::Edit(Refusal::LongLivedKey { section, key_prefix }) => {
            Problem::LongLivedKey { path, section, key_prefix }
        }
        UpdateError::Edit(Refusal::Taken) => {
            Problem::ProfileTaken { path, name: profile.as_str().to_owned() }
        }
        UpdateError::Edit(Refusal::ForeignProcess) => {
            let section = format!("profile {profile}");
            Problem::ForeignCredentialProcess { path, section }
        }
    }
}

/// Why a section is left as it is.
#[derive(Debug)]
pub(super) enum Refusal {
    Edit(EditError),
    LongLivedKey { section: String, key_prefix: String },
    ForeignProcess,
    Taken,
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

/// The start of a long-lived key (`AKIA…`) that stands in the section, be it the only one of that name or not: AWS shows
/// its secret once, so it is the one thing in that file that cannot be had again.
fn long_lived_key(text: &str, dialect: Dialect, profile: &ProfileName) -> Option<String> {
    let document = Document::parse(text, dialect);
    let mut ids = document
        .sections_of(profile.as_str())
        .flat_map(|section| section.keys())
        .filter(|key| key.name.eq_ignore_ascii_case(KEYS[0]))
        .map(|key| key.value());
    let id = ids.find(|id| id.trim_start().starts_with("AKIA"))?;
    Some(id.trim_start().chars().take(8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::secret::Secret;
    use std::path::PathBuf;

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "ASIANEW".into(),
            secret_access_key: Secret::new("new-secret"),
            session_token: Secret::new("new-token"),
            expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
        }
    }

    const NEW: &str = "aws_access_key_id = ASIANEW\naws_secret_access_key = new-secret\n\
        aws_session_token = new-token\naws_expiration = 2026-11-22T18:11:04.000Z\n";

    /// As saml2aws leaves it, and worse.
    const SAML2AWS: &str = "# mine\n[work]\nregion = eu-west-1\naws_access_key_id     = ASIAOLD\n\
        aws_secret_access_key = old\naws_session_token     = old\naws_security_token    = old\n\
        AWS_Account_Id = 999999999999\nx_principal_arn = arn:aws:sts::999999999999:assumed-role/Old/me\n\
        x_security_token_expires = 2020-01-01T00:00:00Z\naws_credential_scope = old\noutput = json\n\
        [other]\naws_security_token = theirs\n";

    fn work() -> ProfileName {
        ProfileName::new("work")
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    /// What is there when it has been written, or the code of the problem.
    fn after_write(text: &str) -> Result<String, &'static str> {
        let (_folder, path) = file(text);
        write_keys(&path, &work(), &credentials(), Access::AsBefore).map_err(|problem| problem.code())?;
        Ok(std::fs::read_to_string(&path).expect("text"))
    }

    #[test]
    fn a_write_leaves_nothing_of_another_session() {
        let written = after_write(SAML2AWS).expect("written");
        assert!(!written.contains("old") && !written.contains("999999999999") && !written.contains("2020-"));
        let document = Document::parse(&written, Dialect::Credentials);
        assert_eq!(document.get("work", "aws_session_token").as_deref(), Some("new-token"));
        assert_eq!(document.get("work", "region").as_deref(), Some("eu-west-1"));
        assert!(written.starts_with("# mine\n[work]\nregion = eu-west-1\n"), "{written}");
        assert!(
            written.contains("output = json\n")
                && written.ends_with("[other]\naws_security_token = theirs\n")
        );
        // One of a kind, even where it was there twice.
        let twice =
            "[work]\naws_session_token = old\naws_access_key_id = ASIAOLD\nAWS_SESSION_TOKEN = older\n";
        let written = after_write(twice).expect("written");
        assert_eq!(written.to_lowercase().matches("aws_session_token").count(), 1, "{written}");
        assert_eq!(after_write("").as_deref(), Ok(&*format!("[work]\n{NEW}")));
    }

    #[test]
    fn a_sign_out_removes_all_of_them() {
        let (_folder, path) = file(SAML2AWS);
        remove_keys(&path, &work(), Access::AsBefore).expect("removed");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(
            text,
            "# mine\n[work]\nregion = eu-west-1\noutput = json\n[other]\naws_security_token = theirs\n"
        );
    }

    #[test]
    fn a_long_lived_key_is_never_written_over_wherever_it_is_in_the_section() {
        for text in [
            "[work]\naws_access_key_id = AKIAOWN\naws_secret_access_key = own\n",
            "[work]\nAWS_ACCESS_KEY_ID=AKIAOWN\n",
            "[work]\naws_access_key_id = AKIAOWN\naws_access_key_id = ASIAOLD\n",
            "[work]\naws_access_key_id = ASIAOLD\nAWS_Access_Key_Id = AKIAOWN\n",
        ] {
            let (_folder, path) = file(text);
            assert_eq!(after_write(text), Err("file.long_lived_key"), "{text}");
            let removed = remove_keys(&path, &work(), Access::OwnerOnly).map_err(|problem| problem.code());
            assert_eq!(removed, Err("file.long_lived_key"), "{text}");
            assert_eq!(std::fs::read_to_string(&path).expect("text"), text);
        }
    }

    #[test]
    fn the_config_file_adds_nothing_to_them() {
        let entra = "[profile work]\nazure_tenant_id = t\n";
        for (before, written, expected) in [
            (format!("{entra}region = x\n"), true, Ok(format!("{entra}region = x\n"))),
            (format!("{entra}aws_account_id = 9\nAWS_SECURITY_TOKEN = o\n"), true, Ok(entra.to_owned())),
            (format!("{entra}aws_account_id = 9\n"), false, Ok(entra.to_owned())),
            (
                format!(
                    "{entra}aws_access_key_id = ASIAOLD\nx_security_token_expires = o\n[profile b]\naws_account_id = 9\n"
                ),
                true,
                Ok(format!("{entra}[profile b]\naws_account_id = 9\n")),
            ),
            // Theirs for long: not touched, and not added to.
            (
                format!("{entra}aws_access_key_id = AKIAOWN\n"),
                true,
                Ok(format!("{entra}aws_access_key_id = AKIAOWN\n")),
            ),
            (
                format!("{entra}aws_access_key_id = AKIAOWN\naws_account_id = 9\n"),
                true,
                Err("file.long_lived_key"),
            ),
            (
                format!("{entra}aws_access_key_id = AKIAOWN\naws_account_id = 9\n"),
                false,
                Ok(format!("{entra}aws_access_key_id = AKIAOWN\naws_account_id = 9\n")),
            ),
        ] {
            let (_folder, path) = file(&before);
            let done = remove_from_config(&path, &work(), written).map_err(|problem| problem.code());
            let text = std::fs::read_to_string(&path).expect("text");
            assert!(done.is_ok() || text == before);
            assert_eq!(done.map(|_| text), expected, "{before}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_a_write_did_to_the_file_is_said_once() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, path) = file("");
        let write = || write_keys(&path, &work(), &credentials(), Access::OwnerOnly).expect("written");
        let code = |problem: Option<Problem>| problem.map(|problem| problem.code());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("its mode");
        assert_eq!(code(write()), Some("file.access_narrowed"));
        std::fs::hard_link(&path, folder.path().join("other")).expect("linked");
        std::fs::write(&path, "").expect("written");
        assert_eq!(code(write()), Some("file.other_name_remains"));
        std::fs::write(&path, "").expect("written");
        assert_eq!(code(write()), None);
    }
}
