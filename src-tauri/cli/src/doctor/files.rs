//! The AWS files, where the resident process cannot be asked about them or reads others than this client's tools.

use super::system;
use crate::environment;
use rolecall_core::aws_files::{locate, replace};
use rolecall_core::checkup::{self, FileSeen, Finding};
use rolecall_core::client_environment::{self, OtherFile};
use rolecall_core::problem::Problem;
use std::path::{Path, PathBuf};

/// The files that this process's environment names.
pub(super) fn seen_from_here() -> Vec<Finding> {
    let Ok(files) = locate::locate(&environment::raw) else { return vec![] };
    let authority = environment::variable("AZURE_AUTHORITY_HOST");
    checkup::aws_files(&seen(files.config), &seen(files.credentials), authority.as_deref())
}

/// Which of two home folders counts depends on the tool.
pub(super) fn two_homes() -> Option<Finding> {
    let [home, profile] = locate::two_homes(&environment::raw)?;
    let used = locate::aws_home(&environment::raw)?;
    Some(checkup::two_homes(&home, &profile, &used))
}

/// Tools that are run from here do not see what the resident process writes.
pub(super) fn read_elsewhere(config: &str, credentials: &str) -> Vec<Finding> {
    let environment = rolecall_client::environment();
    let differ = client_environment::check_files(&environment, Path::new(config), Path::new(credentials));
    let Err(problem) = differ else { return vec![] };
    let help = problem.help();
    let Problem::OtherFiles { files } = problem else { return vec![] };
    let broken = |file: OtherFile| {
        let OtherFile { what, client, service, .. } = file;
        let said = format!(
            "Tools run from here read {client}, Rolecall reads {service}: it refuses requests from here."
        );
        Finding::broken(what, said, help.clone())
    };
    // A path that is not Unicode comes as it is shown.
    let others = files.into_iter().filter(|file| file.client != file.service);
    others.map(broken).collect()
}

fn seen(path: PathBuf) -> FileSeen {
    let text = replace::read(&path).map_err(|error| Problem::FileUnreadable {
        path: error.path.display().to_string(),
        reason: error.problem.to_string(),
    });
    let mode = std::fs::metadata(&path).ok().and_then(|metadata| system::mode(&metadata));
    let open_to_others = replace::is_open_to_others(&path);
    FileSeen { path, text, mode, open_to_others }
}
