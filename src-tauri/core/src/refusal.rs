//! When STS says AccessDenied: who asked for which role, and which half is likely missing.

use crate::role::{ProviderArn, RoleArn};
use crate::trust;
use crate::web_identity::Claims;

/// Who asked for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A person, by an assertion of this provider, posted to this address of AWS.
    Saml { provider: ProviderArn, audience: String },
    /// Another role.
    Role(RoleArn),
    /// Something that holds a token.
    Token(Claims),
    /// Credentials of which only the keys are known.
    Keys,
}

/// An AccessDenied of STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub role: RoleArn,
    pub caller: Caller,
    /// Whether an external id was sent.
    pub external_id: bool,
    /// AWS's own words.
    pub message: String,
}

/// What is likely missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The role does not trust the caller.
    Trust,
    /// The caller may not assume the role.
    Permission,
    /// One of the two, or both.
    Either,
    /// Nothing: a statement denies it.
    Denied(Denier),
}

/// Whose statement denies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denier {
    /// The role's trust policy.
    Role,
    /// A policy of the caller.
    Caller,
    /// A policy above both: an organisation's, a permissions boundary, a session's.
    Above,
}

impl Caller {
    /// For the words "AWS does not let … assume".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Saml { .. } => "you".to_owned(),
            Self::Role(role) => role.to_string(),
            Self::Token(claims) => crate::problem::foreign(&claims.subject),
            Self::Keys => "these credentials".to_owned(),
        }
    }
}

impl Refusal {
    /// By AWS's words (IAM User Guide, "Troubleshoot access denied error messages") and by who asked.
    pub fn half(&self) -> Half {
        let says = |words: &str| self.message.to_ascii_lowercase().contains(words);
        let above =
            ["service control policy", "resource control policy", "permissions boundary", "session policy"];
        let one_account =
            matches!(&self.caller, Caller::Role(caller) if caller.account() == self.role.account());
        if above.iter().any(|policy| says(policy)) {
            Half::Denied(Denier::Above)
        } else if says("explicit deny in a resource-based policy") {
            Half::Denied(Denier::Role)
        } else if says("explicit deny in an identity-based policy") {
            Half::Denied(Denier::Caller)
        } else if says("explicit deny") {
            Half::Denied(Denier::Above)
        } else if says("no identity-based policy") {
            Half::Permission
        // Within one account a role that trusts its caller by name needs no more (IAM User Guide, "Policy evaluation
        // logic").
        } else if one_account
            || !matches!(self.caller, Caller::Role(_) | Caller::Keys)
            || says("no resource-based policy")
        {
            Half::Trust
        } else {
            Half::Either
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        let who = match &self.caller {
            Caller::Saml { .. } => "your identity provider",
            Caller::Role(_) | Caller::Keys => "the role it is assumed from",
            Caller::Token(_) => "this token's issuer and subject",
        };
        match self.half() {
            Half::Denied(denier) => {
                let (what, whom) = match denier {
                    Denier::Role => ("The role's trust policy", format!("account {}", self.role.account())),
                    Denier::Caller => ("A policy of the role that asks", self.caller_account()),
                    Denier::Above => (
                        "A policy above the role (of the organisation, a permissions boundary, a session policy)",
                        "the organisation".to_owned(),
                    ),
                };
                format!("{what} denies it expressly: ask the administrator of {whom}.")
            }
            Half::Trust => {
                let action = match &self.caller {
                    Caller::Saml { .. } => "sts:AssumeRoleWithSAML",
                    Caller::Token(_) => "sts:AssumeRoleWithWebIdentity",
                    Caller::Role(_) | Caller::Keys => "sts:AssumeRole",
                };
                format!(
                    "The role's trust policy must allow {action} for {who}: ask the administrator of account {}.",
                    self.role.account()
                )
            }
            Half::Permission => format!(
                "The role that asks has no permission for sts:AssumeRole on it: ask the administrator of {}.",
                self.caller_account()
            ),
            Half::Either => format!(
                "Either the role does not trust {who}{}, or that one has no permission to assume it: both are needed.",
                if self.external_id { " with this external id" } else { "" }
            ),
        }
    }

    fn caller_account(&self) -> String {
        match &self.caller {
            Caller::Role(role) => format!("account {}", role.account()),
            _ => "its account".to_owned(),
        }
    }

    /// The policies that would mend it, each under a line that says where it belongs.
    pub fn mend(&self) -> Option<String> {
        let role = &self.role;
        let partition = role.partition();
        let trusted = match &self.caller {
            Caller::Saml { provider, audience } => trust::people(provider, audience),
            Caller::Role(caller) => {
                trust::role(caller, self.external_id.then_some("THE-EXTERNAL-ID-OF-YOUR-PROFILE"))
            }
            Caller::Token(claims) => {
                let audience = claims.audiences.first().map_or("sts.amazonaws.com", String::as_str);
                trust::web_identity(&role.account(), &partition, &claims.issuer, &claims.subject, audience)
            }
            Caller::Keys => return None,
        };
        let trust = format!(
            "Trust policy of {role}: add this statement, and keep those that are there.\n{}",
            trust::pretty_statement(&trusted)
        );
        let permission = match &self.caller {
            Caller::Role(caller) => {
                let permission = trust::pretty(&trust::may_assume(role));
                Some(format!("Permission for {caller}: attach this policy to it.\n{permission}"))
            }
            _ => None,
        };
        match self.half() {
            Half::Denied(_) => None,
            Half::Trust => Some(trust),
            Half::Permission => permission,
            Half::Either => {
                Some([Some(trust), permission].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(account: u8, name: &str) -> RoleArn {
        let account = account.to_string().repeat(12);
        RoleArn::parse(&format!("arn:aws:iam::{account}:role/{name}")).expect("a role")
    }

    fn refusal(caller: Caller, message: &str) -> Refusal {
        Refusal { role: role(2, "Deploy"), caller, external_id: false, message: message.to_owned() }
    }

    #[test]
    fn the_half_that_is_missing() {
        let caller = || Caller::Role(role(1, "Admin"));
        let denied = "User: arn:aws:sts::111111111111:assumed-role/Admin/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Deploy";
        for (caller, message, half, trusts, permits) in [
            (caller(), String::from(denied), Half::Either, true, true),
            (
                caller(),
                format!("{denied} because no identity-based policy allows the sts:AssumeRole action"),
                Half::Permission,
                false,
                true,
            ),
            (
                caller(),
                format!("{denied} because no resource-based policy allows the sts:AssumeRole action"),
                Half::Trust,
                true,
                false,
            ),
            (
                caller(),
                format!("{denied} with an explicit deny in a service control policy"),
                Half::Denied(Denier::Above),
                false,
                false,
            ),
            (
                caller(),
                format!("{denied} with an explicit deny in an identity-based policy"),
                Half::Denied(Denier::Caller),
                false,
                false,
            ),
            (Caller::Role(role(2, "Admin")), denied.into(), Half::Trust, true, false),
            (
                Caller::Token(Claims {
                    issuer: "https://oidc.example.org/id/1".into(),
                    subject: "system:serviceaccount:shop:till".into(),
                    ..Claims::default()
                }),
                "Not authorized to perform sts:AssumeRoleWithWebIdentity".into(),
                Half::Trust,
                true,
                false,
            ),
        ] {
            let refusal = refusal(caller, &message);
            assert_eq!(refusal.half(), half, "{message}");
            let mend = refusal.mend().unwrap_or_default();
            assert_eq!(
                mend.contains("Trust policy of arn:aws:iam::222222222222:role/Deploy"),
                trusts,
                "{mend}"
            );
            assert_eq!(
                mend.contains("Permission for arn:aws:iam::111111111111:role/Admin"),
                permits,
                "{mend}"
            );
            assert!(!refusal.help().is_empty());
        }
    }
}
