//! Who is meant by a principal, and what is no principal at all.

use super::pieces::{open, outside, whole};
use rolecall_core::role::AccountId;

/// One principal of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Anyone,
    /// The account: whoever its own policies allow.
    Account(String),
    /// A role or user, by ARN.
    Identity {
        arn: String,
        account: String,
    },
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    Session {
        arn: String,
        account: String,
    },
    Service(String),
    Saml {
        arn: String,
        account: String,
    },
    /// An OIDC provider of the account.
    Oidc {
        partition: Option<String>,
        account: String,
        issuer: Option<String>,
    },
    /// A web identity provider that every account has: Cognito, Google, …
    Builtin(String),
    /// It is not in the file.
    Unknown {
        kind: String,
        text: String,
    },
    /// Nothing that can be a principal there: why, and what to write instead.
    Odd {
        text: String,
        odd: Odd,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Odd {
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) instead: String,
}

/// Identity providers that need no ARN.
pub(super) const BUILTIN: [&str; 4] =
    ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];

/// What services are called below, in every partition.
pub(super) const SERVICE_DOMAINS: [&str; 11] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".amazon.com",
    ".aws.internal",
    ".amazonaws.us",
    ".amazonaws-us-gov.com",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

/// All partitions of AWS; another name is a slip.
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"];

fn is_partition(name: &str) -> bool {
    PARTITIONS.contains(&name) || open(name)
}

const FORMS: &str = "Write arn:aws:iam::ACCOUNT:role/NAME, …:user/NAME or …:root.";

impl Who {
    pub(super) fn of(kind: &str, text: &str) -> Self {
        if text == "*" {
            return Self::Anyone;
        }
        match kind {
            "AWS" => aws(text),
            "Service" => service(text),
            "Federated" => federated(text),
            _ => odd(
                text,
                "trust.principal_form",
                "CanonicalUser is for buckets, not for roles",
                "Take an ARN under AWS.",
            ),
        }
    }

    /// Whether tokens of an OIDC issuer are meant.
    pub(super) fn is_web_identity(&self) -> bool {
        matches!(self, Self::Oidc { .. } | Self::Builtin(_))
    }

    /// The account that an AWS principal belongs to.
    pub(super) fn account(&self) -> Option<&str> {
        match self {
            Self::Account(account) | Self::Identity { account, .. } | Self::Session { account, .. } => {
                Some(account)
            }
            _ => None,
        }
    }
}

fn odd(text: &str, code: &'static str, what: impl Into<String>, instead: impl Into<String>) -> Who {
    Who::Odd { text: text.to_owned(), odd: Odd { code, what: what.into(), instead: instead.into() } }
}

fn aws(text: &str) -> Who {
    let form = |what: &str, instead: &str| odd(text, "trust.principal_form", what, instead);
    if AccountId::parse(text).is_some() {
        return Who::Account(text.to_owned());
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return form("an account has twelve digits", "Write all twelve, with leading zeros, in quotes.");
    }
    if ["AROA", "AIDA"].iter().any(|prefix| text.starts_with(prefix)) && text.len() >= 16 {
        return odd(
            text,
            "trust.principal_gone",
            "AWS shows such an id when the role or user was deleted; one of the same name made anew is not it",
            "Write the ARN of the one that exists now.",
        );
    }
    let host = |text: &str| !text.contains([':', '/']) && text.contains('.');
    if host(text) && !open(text) && SERVICE_DOMAINS.iter().any(|end| text.ends_with(end)) {
        return kind(text, "a service, which belongs under Service", "Service");
    }
    let parts = arn_parts(text);
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        if text.starts_with("${") {
            return Who::Unknown { kind: "AWS".to_owned(), text: text.to_owned() };
        }
        return form("it is no ARN and no account number", FORMS);
    };
    if *arn != "arn" || !is_partition(partition) {
        return form("it is no ARN of AWS", FORMS);
    }
    if !region.is_empty() {
        return form("an ARN of IAM has no region", FORMS);
    }
    if resource.starts_with("saml-provider/") || resource.starts_with("oidc-provider/") {
        return kind(text, "an identity provider, which belongs under Federated", "Federated");
    }
    if *account != "*" && !open(account) && AccountId::parse(account).is_none() {
        return form("its account has not twelve digits", FORMS);
    }
    if outside(resource).contains(['*', '?']) || *account == "*" {
        return odd(
            text,
            "trust.principal_wildcard",
            "there is a wildcard in it, which AWS refuses or takes literally",
            "Name the account, and narrow it with a condition: \"ArnLike\": {\"aws:PrincipalArn\": \"…\"}.",
        );
    }
    let (what, name) = resource.split_once('/').unwrap_or((resource, ""));
    let (arn, account) = (text.to_owned(), (*account).to_owned());
    match (*service, what) {
        ("iam", "root") if name.is_empty() => Who::Account(account),
        ("iam", "role" | "user") if !name.is_empty() => Who::Identity { arn, account },
        ("sts", "assumed-role") if name.split('/').filter(|part| !part.is_empty()).count() == 2 => {
            Who::Session { arn, account }
        }
        ("sts", "federated-user") if !name.is_empty() => Who::Session { arn, account },
        ("sts", "assumed-role") => form(
            "a session's ARN ends in /ROLE/SESSION",
            "Write …:assumed-role/ROLE/SESSION, or the role: arn:aws:iam::ACCOUNT:role/ROLE.",
        ),
        ("iam", "assumed-role") => form(
            "sessions are ARNs of sts, not of iam",
            "Write arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.",
        ),
        ("sts", "role") => form("roles are ARNs of iam, not of sts", "Write arn:aws:iam::ACCOUNT:role/NAME."),
        ("iam", "group") => form("a group cannot be a principal", "Name its users, or the role they take."),
        ("iam", "instance-profile") => form(
            "an instance profile is no principal; the role in it is",
            "Write arn:aws:iam::ACCOUNT:role/NAME.",
        ),
        ("iam" | "sts", _) if open(resource) => {
            Who::Unknown { kind: "AWS".to_owned(), text: text.to_owned() }
        }
        _ => form("it is none of a role, a user, a session or an account", FORMS),
    }
}

fn service(text: &str) -> Who {
    let name = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._".contains(&b));
    if open(text) {
        return Who::Unknown { kind: "Service".to_owned(), text: text.to_owned() };
    }
    if text.starts_with("arn:") {
        return kind(text, "an ARN, which belongs under AWS or Federated", "AWS");
    }
    if text == "ec2.amazon.com" || !name || !SERVICE_DOMAINS.iter().any(|end| text.ends_with(end)) {
        let first = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
        return odd(
            text,
            "trust.service_form",
            "no service of AWS is called so",
            format!("Write \"{first}.amazonaws.com\"."),
        );
    }
    Who::Service(text.to_owned())
}

fn federated(text: &str) -> Who {
    let form = |what: &str, instead: String| odd(text, "trust.federated_form", what, instead);
    if BUILTIN.contains(&text) {
        return Who::Builtin(text.to_owned());
    }
    let parts = arn_parts(text);
    let [arn, partition, service, region, account, resource] = parts.as_slice() else {
        let lower = text.to_ascii_lowercase();
        if open(text) && !outside(text).contains("://") {
            let account = "${the role's account}".to_owned();
            return match () {
                () if lower.contains("saml") => Who::Saml { arn: text.to_owned(), account },
                () if lower.contains("oidc") || lower.contains("openid") => {
                    Who::Oidc { partition: None, account, issuer: None }
                }
                () => Who::Unknown { kind: "Federated".to_owned(), text: text.to_owned() },
            };
        }
        let host = rolecall_core::trust::issuer_key(text);
        return form(
            "it names the provider by its address, not by its ARN",
            format!("Write \"arn:aws:iam::ACCOUNT:oidc-provider/{host}\"."),
        );
    };
    if resource.starts_with("role/") || resource.starts_with("user/") || *resource == "root" {
        return kind(text, "a role, a user or an account, which belongs under AWS", "AWS");
    }
    let right = *arn == "arn"
        && is_partition(partition)
        && *service == "iam"
        && region.is_empty()
        && (open(account) || AccountId::parse(account).is_some());
    let forms = || {
        "Write arn:aws:iam::ACCOUNT:oidc-provider/ISSUER or arn:aws:iam::ACCOUNT:saml-provider/NAME."
            .to_owned()
    };
    if !right {
        return form("it is no ARN of an identity provider", forms());
    }
    let account = (*account).to_owned();
    let partition = (!open(partition)).then(|| (*partition).to_owned());
    match resource.split_once('/') {
        Some(("saml-provider", name)) if !name.is_empty() => Who::Saml { arn: text.to_owned(), account },
        Some(("oidc-provider", issuer)) if outside(issuer).contains("://") => form(
            "an OIDC provider's ARN has the issuer without https://",
            format!("Write \"…:oidc-provider/{}\".", rolecall_core::trust::issuer_key(issuer)),
        ),
        Some(("oidc-provider", issuer)) if !issuer.is_empty() => {
            let known = whole(issuer).is_none();
            Who::Oidc { partition, account, issuer: known.then(|| issuer.to_owned()) }
        }
        _ if open(resource) => Who::Unknown { kind: "Federated".to_owned(), text: text.to_owned() },
        _ => form("it is no ARN of an identity provider", forms()),
    }
}

fn kind(text: &str, what: &str, belongs: &str) -> Who {
    odd(
        text,
        "trust.principal_kind",
        format!("it is {what}"),
        format!("Write \"Principal\": {{\"{belongs}\": \"{text}\"}}."),
    )
}

/// The six parts of an ARN; colons within `${…}` do not part it.
pub(super) fn arn_parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (vec![], 0, 0_usize);
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && (bytes[at - 1] == b'$' || depth > 0) => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && parts.len() < 5 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
