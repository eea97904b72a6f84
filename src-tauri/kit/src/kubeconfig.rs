//! `eks-kubeconfig`: a cluster of EKS in the kubeconfig, with tokens from `rolecall eks-token`.

mod authority;
mod edit;
mod entry;
pub(crate) mod files;
mod lock;
mod text;

use crate::problem::files as problem;
use crate::say;
use edit::Edited;
use entry::Entry;
use lock::Lock;
use rolecall_core::aws_files::replace::{self, UpdateError, Waits};
use rolecall_core::problem::{Report, foreign};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// The profile whose role is signed on; else AWS_PROFILE of the moment, else the last used one
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
    /// The file; else the first of KUBECONFIG, else ~/.kube/config
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// Make it the current context
    #[arg(long = "use")]
    current: bool,
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Report> {
    let entry = Entry::new(&arguments)?;
    let path = match &arguments.kubeconfig {
        Some(path) => path.clone(),
        None => files::paths(&|name| std::env::var_os(name)).into_iter().next().ok_or_else(no_home)?,
    };
    let _lock = Lock::take(&path)?;
    let rewritten = Cell::new(false);
    let written = replace::update(&path, Waits::default(), |text| {
        let Edited { text, whole } =
            edit::edit(text, &entry, arguments.current).map_err(|why| refused(&path, &why))?;
        rewritten.set(whole);
        Ok(text)
    });
    let written = written.map_err(|error| match error {
        UpdateError::Edit(report) => report,
        UpdateError::File(error) => not_written(&path, &error.to_string()),
    })?;
    say(&path, &entry.name, written.changed, rewritten.get(), arguments.current);
    Ok(ExitCode::SUCCESS)
}

fn say(path: &Path, name: &str, changed: bool, rewritten: bool, current: bool) {
    let path = path.display();
    if !changed {
        say::words(&format!("{path} says all of it already."));
    } else {
        say::words(&format!("{path} is written: the context {name}."));
        if rewritten {
            say::words(
                "note: That file is written in a way that nothing can be added to, so it was written anew, as kubectl \
                 does: everything it says is there, its comments are not.",
            );
        }
    }
    let context = if current { String::new() } else { format!("--context {} ", say::quoted(name)) };
    say::words(&format!("To try it: kubectl {context}auth whoami"));
}

fn no_home() -> Report {
    problem(
        "kube.no_kubeconfig",
        "There is no home folder for a kubeconfig: HOME is not set.",
        "Name the file with --kubeconfig.",
    )
}

fn refused(path: &Path, why: &str) -> Report {
    problem(
        "kube.not_edited",
        &format!("{} was left as it is: {}.", path.display(), foreign(why)),
        "Correct that file; `kubectl config view` must be able to read it, too. Or write another with --kubeconfig.",
    )
}

fn not_written(path: &Path, why: &str) -> Report {
    problem(
        "kube.not_written",
        &format!("{} could not be written: {why}. It is as it was.", path.display()),
        "Check who may write it and its folder, and that there is space.",
    )
}
