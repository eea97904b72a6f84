//! What the process takes from its environment: read once, at start.

use rolecall_client::child_environment::{AWS_FILES, Purpose, is_allowed};
use rolecall_core::aws_files::locate::{self, AwsFiles};
use rolecall_core::client_environment::{ClientEnvironment, NetworkSettings};
use rolecall_core::folders::Folders;
use rolecall_core::problem::Problem;
use std::ffi::OsString;
use std::path::PathBuf;

/// The public environment of DESIGN "Contracts"; the proxy variables are read by those who connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub folders: Folders,
    pub aws_files: AwsFiles,
    /// Where programs keep their configuration: `XDG_CONFIG_HOME`, or `~/.config`.
    pub config_home: PathBuf,
    /// Where other tools keep their files.
    pub home: Option<PathBuf>,
    /// `AZURE_AUTHORITY_HOST`: a default only.
    pub authority_default: Option<String>,
    /// Endpoints, root certificates, and what else says how AWS is reached.
    pub network: Result<NetworkSettings, Problem>,
    /// `AWS_ENDPOINT_URL_SIGNIN`: console federation.
    pub sign_in_url: Option<String>,
}

/// Takes everything else out of this process's own environment. To be called before there are other threads.
pub fn keep_what_is_allowed() {
    for (name, _) in std::env::vars_os() {
        let file = AWS_FILES.iter().any(|file| name == *file);
        if !file && !is_allowed(Purpose::Service, &name) {
            #[expect(unsafe_code, reason = "the environment is changed")]
            // SAFETY: `main` calls this first; nobody else reads the environment meanwhile.
            unsafe {
                std::env::remove_var(&name);
            }
        }
    }
}

/// Neither our folders nor `~/.aws` can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} is not set: log in as a user with a home folder, or set it", if cfg!(windows) { "USERPROFILE" } else { "HOME" })]
pub struct NoHome;

/// Relative paths are relative to the folder that the process is started in.
fn absolute(files: AwsFiles) -> AwsFiles {
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    AwsFiles { config: absolute(files.config), credentials: absolute(files.credentials) }
}

impl Environment {
    /// # Errors
    /// [`NoHome`].
    pub fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, NoHome> {
        let text = |name: &str| variable(name)?.into_string().ok().filter(|value| !value.is_empty());
        let folders = Folders::find(variable).ok_or(NoHome)?;
        let ignores = text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let ignores = ignores.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        Ok(Self {
            config_home: folders.config.parent().unwrap_or(&folders.config).to_owned(),
            folders,
            home: variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from),
            aws_files: absolute(locate::locate(variable).map_err(|_| NoHome)?),
            authority_default: text("AZURE_AUTHORITY_HOST"),
            // The region is each client's own.
            network: ClientEnvironment::read(variable)
                .network()
                .map(|network| NetworkSettings { region: None, ..network }),
            // As every other configured address.
            sign_in_url: text("AWS_ENDPOINT_URL_SIGNIN").filter(|_| !ignores),
        })
    }
}
