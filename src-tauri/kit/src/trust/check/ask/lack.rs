//! What an answer depends on, and how somebody who asks can say it.

use super::caller::{Caller, Principal};
use rolecall_core::trust::partition_of;

/// Something that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lack {
    /// A clause: "sts:ExternalId is 42".
    pub(super) what: String,
    pub(super) remedy: Remedy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    ExternalId,
    /// What the new session will be called.
    SessionName,
    Context,
    /// The caller's session, which a role's ARN does not name.
    Session,
    /// The path of the caller's role, which a session's ARN does not have.
    Path,
    /// It is not in the file.
    File,
    /// The policy asks for something that cannot be compared.
    Value,
}

impl Lack {
    pub(super) fn new(what: impl Into<String>, remedy: Remedy) -> Self {
        Self { what: what.into(), remedy }
    }

    /// A condition key of the call that nobody said.
    pub(super) fn of_key(key: &str, what: impl Into<String>) -> Self {
        let remedy = match key.to_ascii_lowercase().as_str() {
            "sts:externalid" => Remedy::ExternalId,
            "sts:rolesessionname" => Remedy::SessionName,
            _ => Remedy::Context,
        };
        Self::new(what, remedy)
    }
}

/// All of them in one clause.
pub(super) fn clause(lacks: &[Lack]) -> String {
    let mut parts: Vec<&str> = vec![];
    for lack in lacks {
        if !parts.contains(&lack.what.as_str()) {
            parts.push(&lack.what);
        }
    }
    parts.join(", and ")
}

/// How to say what is not known, a sentence for each way.
pub(super) fn advice(lacks: &[Lack], caller: &Caller, terraform: bool) -> Vec<String> {
    let mut said: Vec<String> = vec![];
    for lack in lacks {
        let sentence = sentence(lack.remedy, caller, terraform);
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}

fn sentence(remedy: Remedy, caller: &Caller, terraform: bool) -> String {
    match (remedy, &caller.principal) {
        (Remedy::ExternalId, _) => "Say it with --external-id.".to_owned(),
        (Remedy::SessionName, _) => {
            "Say what the session will be called with --context sts:RoleSessionName=NAME.".to_owned()
        }
        (Remedy::Session, Principal::Identity { arn, account }) => {
            let (partition, role) = (partition_of(arn), arn.rsplit('/').next().unwrap_or_default());
            let partition = partition.as_str();
            format!("Ask with the session's ARN: arn:{partition}:sts::{account}:assumed-role/{role}/SESSION.")
        }
        (Remedy::Path, Principal::Session { arn, account, role: Some(role) }) => {
            let partition = partition_of(arn);
            let partition = partition.as_str();
            format!(
                "A session's ARN is without the path of its role: ask with the role's own, \
                 arn:{partition}:iam::{account}:role/PATH/{role}."
            )
        }
        (Remedy::Session | Remedy::Path | Remedy::Context, _) => {
            "Say what it is with --context KEY=VALUE.".to_owned()
        }
        (Remedy::File, _) if terraform => {
            "What Terraform only knows when it runs cannot be answered here.".to_owned()
        }
        (Remedy::File, _) => "What is put in for ${…} later cannot be answered here.".to_owned(),
        (Remedy::Value, _) => "What AWS makes of that value is not known here.".to_owned(),
    }
}
