//! Who asks for the role, and what AWS then knows of the call.

use super::Given;
use crate::trust::check::pieces::key_parts;
use crate::trust::check::policy::Policy;
use crate::trust::check::principal::{SERVICE_DOMAINS, Who};
use rolecall_core::pod::AUDIENCE;
use rolecall_core::role::{AccountId, ProviderArn};
use rolecall_core::trust::{issuer_key, partition_of, saml_audience};
use std::collections::BTreeMap;
use std::str::FromStr;

/// `--as`, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    Account(String),
    /// A role or a user.
    Identity {
        arn: String,
        account: String,
    },
    Session {
        arn: String,
        account: String,
        /// None: a federated user, who has no role.
        role: Option<String>,
    },
    Service(String),
    Saml(String),
    /// A token; without a subject, any.
    Web {
        issuer: Option<String>,
        subject: Option<String>,
    },
}

impl FromStr for Principal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if AccountId::parse(text).is_some() {
            return Ok(Self::Account(text.to_owned()));
        }
        if text.starts_with("arn:") {
            return arn(text).ok_or_else(|| {
                "that ARN is none of a role, a user, a session, an account's root, a SAML or an OIDC provider"
                    .to_owned()
            });
        }
        if let Some((subject, issuer)) =
            text.rsplit_once('@').filter(|(_, issuer)| is_host(issuer_key(issuer)))
        {
            let subject = (!subject.is_empty()).then(|| subject.to_owned());
            return Ok(Self::Web { issuer: Some(issuer_key(issuer).to_owned()), subject });
        }
        if !text.contains([':', '/', ' ']) && SERVICE_DOMAINS.iter().any(|end| text.ends_with(end)) {
            return Ok(Self::Service(text.to_owned()));
        }
        if text.contains(':') && !text.contains(char::is_whitespace) {
            return Ok(Self::Web { issuer: None, subject: Some(text.to_owned()) });
        }
        Err("write an ARN, an account, a service such as ec2.amazonaws.com, or SUBJECT@ISSUER".to_owned())
    }
}

fn arn(text: &str) -> Option<Principal> {
    if ProviderArn::parse(text).is_ok() {
        return Some(Principal::Saml(text.to_owned()));
    }
    if let Who::Oidc { issuer, .. } = Who::of("Federated", text) {
        return Some(Principal::Web { issuer, subject: None });
    }
    match Who::of("AWS", text) {
        Who::Account(account) => Some(Principal::Account(account)),
        Who::Identity { arn, account } => Some(Principal::Identity { arn, account }),
        Who::Session { arn, account } => {
            let role = arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.rsplit('/').nth(1));
            let role = role.map(str::to_owned);
            Some(Principal::Session { arn, account, role })
        }
        _ => None,
    }
}

fn is_host(issuer: &str) -> bool {
    let host = issuer.split('/').next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    name.contains('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        && port.bytes().all(|b| b.is_ascii_digit())
}

/// A call: who makes it, by which action, and the keys that conditions can ask for.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) principal: Principal,
    pub(super) action: &'static str,
    /// By key in small letters.
    context: BTreeMap<String, Vec<String>>,
    /// What was taken for granted, each a sentence.
    pub(super) assumed: Vec<String>,
    /// What a session's role may be called as well, with `*` for its path: that is not in the session's ARN.
    with_path: Option<String>,
}

/// What is known of a key at the time of the call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    Is(&'a [String]),
    /// Such a call never has it.
    Absent,
    Unknown,
}

impl Caller {
    /// # Errors
    /// A sentence: whose token it is cannot be told.
    pub(super) fn of(principal: &Principal, given: &Given, policy: &Policy) -> Result<Self, String> {
        let mut caller = Self {
            principal: principal.clone(),
            action: "sts:AssumeRole",
            context: BTreeMap::new(),
            assumed: vec![],
            with_path: None,
        };
        match principal {
            Principal::Account(account) => {
                caller.set("aws:PrincipalAccount", account);
            }
            Principal::Identity { arn, account } => {
                caller.set("aws:PrincipalAccount", account);
                caller.set("aws:PrincipalArn", arn);
                let user = arn.contains(":user/");
                caller.set("aws:PrincipalType", if user { "User" } else { "AssumedRole" });
                if user {
                    caller.set("aws:username", arn.rsplit('/').next().unwrap_or_default());
                }
            }
            Principal::Session { arn, account, role } => {
                caller.set("aws:PrincipalAccount", account);
                if let Some(role) = role {
                    let partition = partition_of(arn);
                    let arn =
                        |path: &str| format!("arn:{}:iam::{account}:role/{path}{role}", partition.as_str());
                    caller.set("aws:PrincipalArn", &arn(""));
                    caller.set("aws:PrincipalType", "AssumedRole");
                    caller.with_path = Some(arn("*/"));
                } else {
                    caller.set("aws:PrincipalArn", arn);
                    caller.set("aws:PrincipalType", "FederatedUser");
                }
            }
            Principal::Service(name) => {
                caller.set("aws:PrincipalServiceName", name);
                caller.set("aws:PrincipalIsAWSService", "true");
            }
            Principal::Saml(arn) => {
                caller.action = "sts:AssumeRoleWithSAML";
                caller.set("aws:FederatedProvider", arn);
                let audience = given.audience.clone().unwrap_or_else(|| saml_audience(&partition_of(arn)));
                if given.audience.is_none() {
                    caller
                        .assumed
                        .push(format!("This takes the sign-in address to be {audience} (--audience)."));
                }
                caller.set("SAML:aud", &audience);
            }
            Principal::Web { issuer, subject } => {
                let issuer = given.issuer.clone().or(issuer.clone()).or_else(|| only_issuer(policy));
                let Some(issuer) = issuer.map(|issuer| as_in(policy, &issuer)) else {
                    return Err(
                        "Not known: whose token is it? Write SUBJECT@ISSUER, or add --issuer.".to_owned()
                    );
                };
                caller.action = "sts:AssumeRoleWithWebIdentity";
                let audience = given.audience.as_deref().unwrap_or(AUDIENCE);
                if given.audience.is_none() {
                    caller
                        .assumed
                        .push(format!("This takes the token's audience to be {audience} (--audience)."));
                }
                caller.set(&format!("{issuer}:aud"), audience);
                if issuer == "accounts.google.com" {
                    // The audience as the token has it; `aud` is the client that asked, where the token names one.
                    caller.set(&format!("{issuer}:oaud"), audience);
                }
                if let Some(subject) = subject {
                    caller.set(&format!("{issuer}:sub"), subject);
                }
                caller.principal = Principal::Web { issuer: Some(issuer), subject: subject.clone() };
            }
        }
        if let Some(id) = &given.external_id {
            caller.set("sts:ExternalId", id);
        }
        // What is said by hand counts more; one key said twice has two values.
        if given.context.iter().any(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalArn")) {
            caller.with_path = None;
        }
        let mut said: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in &given.context {
            said.entry(key.to_ascii_lowercase()).or_default().push(value.clone());
        }
        caller.context.extend(said);
        Ok(caller)
    }

    fn set(&mut self, key: &str, value: &str) {
        self.context.insert(key.to_ascii_lowercase(), vec![value.to_owned()]);
    }

    /// The account of a role, a user or a session.
    pub(super) fn account(&self) -> Option<&str> {
        match &self.principal {
            Principal::Account(account)
            | Principal::Identity { account, .. }
            | Principal::Session { account, .. } => Some(account),
            _ => None,
        }
    }

    /// The other pattern of what a key may be.
    pub(super) fn with_path(&self, key: &str) -> Option<&str> {
        self.with_path.as_deref().filter(|_| key.eq_ignore_ascii_case("aws:PrincipalArn"))
    }

    pub(super) fn key(&self, key: &str) -> Key<'_> {
        let key = key.to_ascii_lowercase();
        if let Some(values) = self.context.get(&key) {
            return Key::Is(values);
        }
        let prefix = key_parts(&key).0;
        let aws = self.account().is_some();
        let absent = match &self.principal {
            Principal::Web { issuer, .. } => {
                let own = issuer.as_ref().is_some_and(|issuer| issuer.eq_ignore_ascii_case(prefix));
                (prefix.contains(['.', '/']) && !own) || prefix == "saml" || key == "sts:externalid"
            }
            Principal::Saml(_) => prefix.contains(['.', '/']) || key == "sts:externalid",
            _ => prefix == "saml" || prefix.contains(['.', '/']),
        };
        let of_services = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];
        let named = !matches!(self.principal, Principal::Account(_));
        let others = (aws && of_services.contains(&key.as_str())) || (named && key == "aws:username");
        if absent || others { Key::Absent } else { Key::Unknown }
    }
}

fn issuers(policy: &Policy) -> Vec<&String> {
    let who = policy.statements.iter().flat_map(|statement| &statement.who);
    let issuers = who.filter_map(|who| match who {
        Who::Oidc { issuer: Some(issuer), .. } | Who::Builtin(issuer) => Some(issuer),
        _ => None,
    });
    issuers.collect()
}

/// The issuer as the policy spells it: a slash at its end is easily lost.
fn as_in(policy: &Policy, issuer: &str) -> String {
    let bare = issuer_key(issuer).trim_end_matches('/');
    let same = issuers(policy).into_iter().find(|known| known.trim_end_matches('/') == bare);
    same.map_or(bare, String::as_str).to_owned()
}

/// The one issuer that the policy speaks of.
fn only_issuer(policy: &Policy) -> Option<String> {
    let mut issuers = issuers(policy);
    issuers.sort();
    issuers.dedup();
    match issuers.as_slice() {
        [only] => Some((*only).clone()),
        _ => None,
    }
}
