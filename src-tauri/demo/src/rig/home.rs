//! A home folder of the demo's own, so that the user's files are never touched.

use super::{Done, Trouble};
use crate::server::Server;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Where each variable points, below the home. The runtime folder's name is short: sockets have short paths.
const FOLDERS: [(&str, &str); 12] = [
    ("HOME", ""),
    ("USERPROFILE", ""),
    ("XDG_RUNTIME_DIR", "run"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_CACHE_HOME", ".cache"),
    ("TMPDIR", "tmp"),
    ("TMP", "tmp"),
    ("TEMP", "tmp"),
    ("APPDATA", "AppData/Roaming"),
    ("LOCALAPPDATA", "AppData/Local"),
];

/// Variables of the user's that would lead out of the demo.
const REMOVED: [&str; 42] = [
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_CA_BUNDLE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "KUBECONFIG",
    "KUBERNETES_EXEC_INFO",
    "AZURE_AUTHORITY_HOST",
    "AZURE_TENANT_ID",
    "AZURE_APP_ID_URI",
    "AZURE_DEFAULT_USERNAME",
    "AZURE_DEFAULT_PASSWORD",
    "AZURE_DEFAULT_ROLE_ARN",
    "AZURE_DEFAULT_DURATION_HOURS",
    "AZURE_DEFAULT_REMEMBER_ME",
    "azure_tenant_id",
    "azure_app_id_uri",
    "azure_default_username",
    "azure_default_password",
    "azure_default_role_arn",
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// A temporary home. Its folder goes when it is dropped.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Done<Self> {
        let trouble = Trouble::at("a temporary home");
        let folder = tempfile::Builder::new().prefix("rolecall-demo-").tempdir().map_err(trouble)?;
        let home = Self { folder };
        for (_, below) in FOLDERS {
            private_folder(&home.path().join(below))?;
        }
        private_folder(&home.path().join("logs"))?;
        private_folder(&home.path().join(".aws"))?;
        Ok(home)
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn config_file(&self) -> PathBuf {
        self.path().join(".aws/config")
    }

    pub fn credentials_file(&self) -> PathBuf {
        self.path().join(".aws/credentials")
    }

    /// `$XDG_RUNTIME_DIR/rolecall/socket`.
    pub fn socket(&self) -> PathBuf {
        self.path().join("run/rolecall/socket")
    }

    /// A file in `logs`.
    pub fn log(&self, name: &str) -> PathBuf {
        self.path().join("logs").join(format!("{name}.log"))
    }

    /// Makes a command live here: folders set, the user's AWS, Azure and proxy variables removed.
    pub fn apply(&self, command: &mut Command) {
        for name in REMOVED {
            command.env_remove(name);
        }
        for (name, below) in FOLDERS {
            let folder = if below.is_empty() { self.path().to_owned() } else { self.path().join(below) };
            command.env(name, folder);
        }
    }

    /// Makes a command talk to the make-believe AWS.
    pub fn apply_aws(&self, command: &mut Command, server: &Server) {
        command
            .env("AWS_ENDPOINT_URL_STS", server.aws_url())
            .env("AWS_ENDPOINT_URL_SIGNIN", server.aws_url());
    }

    /// Writes `~/.aws/config` with the profiles `demo` (ada, nine roles) and `demo-bob` (bob, one role), and two roles
    /// that are assumed after that of `demo`: `demo-auditor`, and `demo-logs` after it.
    pub fn write_demo_profiles(&self, server: &Server) -> Done<()> {
        let mut text = String::from("# Written by rolecall-demo: everything in it is make-believe.\n");
        for (name, own) in [("demo", ""), ("demo-bob", "azure_default_username = bob@example.org\n")] {
            text += &format!("\n[profile {name}]\nregion = eu-central-1\n{}{own}", entra_keys(server));
            text += "azure_default_duration_hours = 8\n";
        }
        for (name, role, source) in [
            ("demo-auditor", "333333333333:role/Auditor", "demo"),
            ("demo-logs", "222222222222:role/LogReader", "demo-auditor"),
        ] {
            text +=
                &format!("\n[profile {name}]\nrole_arn = arn:aws:iam::{role}\nsource_profile = {source}\n");
        }
        self.write_config(&text)
    }

    pub fn write_config(&self, text: &str) -> Done<()> {
        fs::write(self.config_file(), text).map_err(Trouble::at("~/.aws/config of the temporary home"))
    }

    /// Writes `settings.toml`.
    pub fn write_settings(&self, text: &str) -> Done<()> {
        let folder = self.path().join(".config/rolecall");
        private_folder(&folder)?;
        fs::write(folder.join("settings.toml"), text).map_err(Trouble::at("settings.toml"))
    }

    /// The value of a key in the credentials file, as another INI reader sees it.
    pub fn credential(&self, profile: &str, key: &str) -> Option<String> {
        let file = ini::Ini::load_from_file_noescape(self.credentials_file()).ok()?;
        Some(file.section(Some(profile))?.get(key)?.to_owned())
    }

    /// The credentials file with its secrets masked: fit to be shown.
    pub fn masked_credentials(&self) -> Option<String> {
        Some(masked(&fs::read_to_string(self.credentials_file()).ok()?))
    }
}

/// The keys that point a profile at the server's tenant and application.
pub fn entra_keys(server: &Server) -> String {
    let options = server.options();
    format!(
        "azure_tenant_id = {}\nazure_app_id_uri = {}\nazure_authority_host = {}\n",
        options.tenant,
        options.app_id_uri.replace('#', "\\#"),
        server.entra_url()
    )
}

/// Secrets of a credentials file replaced by their first characters and their length.
fn masked(text: &str) -> String {
    let line = |line: &str| match line.split_once('=') {
        Some((key, value)) if ["aws_secret_access_key", "aws_session_token"].contains(&key.trim()) => {
            let value = value.trim();
            let start: String = value.chars().take(4).collect();
            format!("{}= {start}… ({} characters)\n", key, value.chars().count())
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn private_folder(path: &Path) -> Done<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(Trouble::at("a folder of the temporary home"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_and_nothing_else() {
        let text = "# mine\n[demo]\naws_access_key_id = ASIAX\naws_secret_access_key = wJalrXUtnFEMI\naws_session_token=IQoJ0123456789\n";
        let expected = "# mine\n[demo]\naws_access_key_id = ASIAX\naws_secret_access_key = wJal… (13 characters)\naws_session_token= IQoJ… (14 characters)\n";
        assert_eq!(masked(text), expected);
    }
}
