//! `eks-kubeconfig`: a cluster of EKS in the kubeconfig, with tokens from `rolecall eks-token`.

pub(crate) mod accepted;
mod authority;
mod edit;
mod entry;
pub(crate) mod files;
mod lock;
mod plain;
mod plan;
mod text;

use crate::problem::files as problem;
use crate::say;
use edit::{Edited, Refused};
use entry::Entry;
use lock::Lock;
use rolecall_core::aws_files::replace::{self, UpdateError, Waits};
use rolecall_core::problem::{Report, foreign};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

const AGAIN: Duration = Duration::from_millis(100);

/// Everything else in the kubeconfig stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The cluster's name, as EKS has it
    #[arg(long, value_name = "NAME")]
    cluster: String,
    /// Its API server: https://…; aws eks describe-cluster shows it
    #[arg(long, value_name = "URL")]
    endpoint: String,
    /// Its certificate authority: a file, or the base64 text that EKS shows
    #[arg(long, value_name = "FILE|BASE64")]
    certificate_authority: Option<String>,
    /// The profile whose role is signed on; else, at each use, AWS_DEFAULT_PROFILE, AWS_PROFILE, or the last used one
    #[arg(long)]
    profile: Option<String>,
    /// The region of STS; else the profile's
    #[arg(long)]
    region: Option<String>,
    /// What the context, its cluster and its user are called; else as the cluster
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// The context's namespace
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// The file; else that of KUBECONFIG which has the entry or exists, else ~/.kube/config
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// Make it the current context
    #[arg(long = "use")]
    current: bool,
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Report> {
    let entry = Entry::new(&arguments)?;
    let paths = match &arguments.kubeconfig {
        Some(path) => vec![path.clone()],
        None => files::paths(&|name| std::env::var_os(name)),
    };
    let usual = paths.first().ok_or_else(no_home)?;
    let plan = || plan::plan(&paths, &entry, arguments.current);
    // Perhaps half of what kubectl is writing: then it is whole in a moment.
    let plan = plan().or_else(|_| {
        std::thread::sleep(AGAIN);
        plan()
    })?;
    let locks: Result<Vec<Lock>, Report> = plan.iter().map(|(path, _)| Lock::take(path)).collect();
    let locks = locks?;
    let mut written = vec![];
    for (path, part) in &plan {
        let mut rewritten = false;
        let update = replace::update(path, Waits::default(), |text| {
            let Edited { text, whole } = edit::edit(text, part).map_err(|why| refused(path, why))?;
            rewritten = whole;
            Ok(text)
        });
        let update = update.map_err(|error| match error {
            UpdateError::Edit(report) => report,
            UpdateError::File(error) => not_written(path, &error.to_string()),
        })?;
        if update.changed {
            written.push((path.as_path(), rewritten));
        }
    }
    drop(locks);
    if written.is_empty() {
        let path = plan.first().map_or(usual, |(path, _)| path);
        say::words(&format!("{} says all of it already.", path.display()));
    }
    written.iter().for_each(|(path, rewritten)| say_written(path, &entry.name, *rewritten));
    let context =
        if arguments.current { String::new() } else { format!("--context {} ", say::quoted(&entry.name)) };
    say::words(&format!("To try it: kubectl {context}auth whoami"));
    Ok(ExitCode::SUCCESS)
}

/// For the fuzz target: the text with one more cluster; `None` where it is left as it is.
#[cfg(fuzzing)]
pub(crate) fn edited(text: &str) -> Option<String> {
    let cluster = serde_json::json!({"name": "shop", "cluster": {"server": "https://eks.example.org"}});
    let lists = vec![("clusters", &cluster)];
    let part = edit::Part { name: "shop", lists, ours: false, current: true };
    edit::edit(text, &part).ok().map(|edited| edited.text)
}

fn say_written(path: &Path, name: &str, rewritten: bool) {
    say::words(&format!("{} is written: the context {name}.", path.display()));
    if rewritten {
        say::words(
            "note: That file is written in a way that nothing can be added to, so it was written anew, as kubectl \
             does: everything it says is there.",
        );
    }
}

fn no_home() -> Report {
    problem(
        "kube.no_kubeconfig",
        "There is no home folder for a kubeconfig: HOME is not set.",
        "Name the file with --kubeconfig.",
    )
}

fn refused(path: &Path, Refused { why, help }: Refused) -> Report {
    problem("kube.not_edited", &format!("{} was left as it is: {}.", path.display(), foreign(&why)), help)
}

fn not_written(path: &Path, why: &str) -> Report {
    problem(
        "kube.not_written",
        &format!("{} could not be written: {why}. It is as it was.", path.display()),
        "Check who may write it and its folder, and that there is space.",
    )
}
