//! The kubeconfig: its files merged as kubectl merges them, and the contexts that it names.

use super::place::Place;
use crate::kubeconfig::accepted::{self, NotAccepted};
use crate::kubeconfig::files::paths;
use crate::problem::{files, listed};
use kube::config::{Kubeconfig, KubeconfigError};
use rolecall_core::problem::{Problem, Report, foreign};
use std::ffi::OsString;
use std::path::Path;

pub(super) struct Contexts {
    pub(super) kubeconfig: Kubeconfig,
}

impl Contexts {
    pub(super) fn read(environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, Report> {
        let paths = paths(environment);
        // kubectl passes over what is missing, as long as something is there.
        let there: Vec<_> = paths.iter().filter(|path| path.exists()).collect();
        if there.is_empty() {
            return Err(missing(&paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>()));
        }
        let mut merged = Kubeconfig::default();
        for path in there {
            // What is not UTF-8 is read below, or not at all.
            if let Ok(text) = std::fs::read_to_string(path) {
                accepted::check(&text).map_err(|why| not_accepted(path, &why))?;
            }
            let read = Kubeconfig::read_from(path).map_err(|error| unreadable(path, &error))?;
            merged = merged.merge(read).map_err(|error| unreadable(path, &error))?;
        }
        Ok(Self { kubeconfig: merged })
    }

    /// In the files' order.
    pub(super) fn names(&self) -> Vec<String> {
        self.kubeconfig.contexts.iter().map(|context| context.name.clone()).collect()
    }

    /// The current one, where the kubeconfig names one.
    pub(super) fn current(&self) -> Result<Option<Place>, Report> {
        let current = self.kubeconfig.current_context.as_deref().filter(|name| !name.is_empty());
        let Some(name) = current else { return Ok(None) };
        self.has(name)?;
        Ok(Some(Place { context: name.to_owned(), namespace: None, service_account: None }))
    }

    pub(super) fn has(&self, name: &str) -> Result<(), Report> {
        if self.kubeconfig.contexts.iter().any(|context| context.name == name) {
            return Ok(());
        }
        Err(self.unknown(name))
    }

    /// There is none of that name; those that are, the nearest first.
    pub(super) fn unknown(&self, name: &str) -> Report {
        let mut names = self.names();
        let heads = [Some(name), name.rsplit_once('/').map(|(head, _)| head), name.rsplitn(3, '/').nth(2)];
        let distance = |context: &String| {
            let from = |head: &str| strsim::damerau_levenshtein(head, context);
            heads.iter().flatten().map(|head| from(head)).min()
        };
        names.sort_by_cached_key(distance);
        let help = if names.is_empty() {
            "It has none at all: write one with `rolecall eks-kubeconfig`.".to_owned()
        } else {
            format!("It has {}; CONTEXT/NAMESPACE/SERVICEACCOUNT names a service account.", listed(&names))
        };
        files("kube.no_context", &format!("The kubeconfig has no context '{}'.", foreign(name)), &help)
    }

    /// The namespace that kubectl would take.
    pub(super) fn namespace(&self, name: &str) -> String {
        let context = self.kubeconfig.contexts.iter().find(|context| context.name == name);
        let namespace = context.and_then(|context| context.context.as_ref()?.namespace.clone());
        namespace.unwrap_or_else(|| "default".to_owned())
    }
}

fn missing(paths: &[String]) -> Report {
    let what = match paths {
        [] => "There is no home folder to look for a kubeconfig in: HOME is not set.".to_owned(),
        paths => format!("There is no kubeconfig at {}.", paths.join(", ")),
    };
    files("kube.no_kubeconfig", &what, "Write one with `rolecall eks-kubeconfig`, or set KUBECONFIG.")
}

fn not_accepted(path: &Path, why: &NotAccepted) -> Report {
    let line = why.line.map_or(String::new(), |line| format!(", line {line}"));
    let what = format!("{}{line}: this is not how a kubeconfig is written: {}.", path.display(), why.why);
    files("kube.unreadable", &what, CORRECT)
}

const CORRECT: &str = "Correct that file; `kubectl config view` must be able to read it, too.";

/// Never with a piece of its text: tokens and keys stand in it.
fn unreadable(path: &Path, error: &KubeconfigError) -> Report {
    let path = path.display();
    let what = match error {
        KubeconfigError::ReadConfig(error, _) => {
            return Problem::FileUnreadable { path: path.to_string(), reason: error.to_string() }.report();
        }
        KubeconfigError::Parse(error) => match error.location() {
            Some(place) => format!("{path}, line {}: this is not how a kubeconfig is written.", place.line()),
            None => format!("{path} is not written as a kubeconfig is."),
        },
        error => format!("{path} is not used: {error}."),
    };
    files("kube.unreadable", &what, CORRECT)
}
