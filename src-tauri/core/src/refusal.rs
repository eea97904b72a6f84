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
    /// A statement of this policy denies it.
    Denied(PolicyKind),
    /// A policy that sets a limit does not allow it, whatever the two halves say.
    Limited(PolicyKind),
}

/// The kinds of policies that AWS's sentence can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    IdentityBased,
    /// Of a role: its trust policy.
    ResourceBased,
    Session,
    PermissionsBoundary,
    ServiceControl,
    ResourceControl,
    VpcEndpoint,
    /// AWS does not say which.
    Unnamed,
}

impl PolicyKind {
    /// As AWS writes it, in lower case and without its plural.
    const WORDS: [(&str, Self); 7] = [
        ("identity-based polic", Self::IdentityBased),
        ("resource-based polic", Self::ResourceBased),
        ("session polic", Self::Session),
        ("permissions boundar", Self::PermissionsBoundary),
        ("service control polic", Self::ServiceControl),
        ("resource control polic", Self::ResourceControl),
        ("vpc endpoint polic", Self::VpcEndpoint),
    ];

    fn named_in(words: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| words.contains(name)).map(|(_, kind)| *kind)
    }
}

/// What AWS's sentence says: "… is not authorized to perform: ACTION on resource: ARN because no KIND allows …", or
/// "… with an explicit deny in a KIND".
struct Sentence {
    /// `sts:TagSession`.
    action: Option<String>,
    denied: bool,
    policy: Option<PolicyKind>,
}

impl Sentence {
    fn read(message: &str) -> Self {
        let lower = message.to_ascii_lowercase();
        let deny = lower.rfind("explicit deny");
        let because = lower.rfind("because no ");
        let policy = deny.or(because).and_then(|start| PolicyKind::named_in(&lower[start..]));
        Self { action: action_in(message), denied: deny.is_some(), policy }
    }
}

/// The first `service:Action` of a text.
fn action_in(message: &str) -> Option<String> {
    let words = message.split(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '(' | ')' | '['));
    let mut words = words.map(|word| word.trim_end_matches(['.', ':', ';', ']']));
    let is_action = |word: &&str| {
        let Some((service, action)) = word.split_once(':') else { return false };
        !service.is_empty()
            && service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && action.starts_with(|c: char| c.is_ascii_uppercase())
            && action.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    words.find(is_action).map(str::to_owned)
}

/// AWS's own words as they are shown: one line, whole as far as anybody would read them. An encoded message, of which
/// nobody reads a word, is shortened.
pub fn words_of_aws(message: &str) -> String {
    const ENCODED: &str = "Encoded authorization failure message:";
    const MOST: usize = 1_200;
    let clean: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shown = match clean.split_once(ENCODED) {
        Some((before, encoded)) => {
            let encoded = encoded.trim();
            let start: String = encoded.chars().take(24).collect();
            let rest = if start.len() < encoded.len() { "…" } else { "" };
            format!("{before}{ENCODED} {start}{rest}")
        }
        None => clean,
    };
    shown.trim().chars().take(MOST).collect()
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
        let sentence = Sentence::read(&self.message);
        let one_account =
            matches!(&self.caller, Caller::Role(caller) if caller.account() == self.role.account());
        match (sentence.denied, sentence.policy) {
            (true, policy) => Half::Denied(policy.unwrap_or(PolicyKind::Unnamed)),
            (false, Some(PolicyKind::IdentityBased)) => Half::Permission,
            (false, Some(PolicyKind::ResourceBased)) => Half::Trust,
            (false, Some(limit)) => Half::Limited(limit),
            // Within one account a role that trusts its caller by name needs no more (IAM User Guide, "Policy
            // evaluation logic").
            (false, None) if one_account || !matches!(self.caller, Caller::Role(_) | Caller::Keys) => {
                Half::Trust
            }
            (false, None) => Half::Either,
        }
    }

    /// What AWS did not allow, where it is not the assuming itself: `sts:TagSession`.
    fn further_action(&self) -> Option<String> {
        Sentence::read(&self.message).action.filter(|action| !action.starts_with("sts:AssumeRole"))
    }

    fn assuming_action(&self) -> &'static str {
        match &self.caller {
            Caller::Saml { .. } => "sts:AssumeRoleWithSAML",
            Caller::Token(_) => "sts:AssumeRoleWithWebIdentity",
            Caller::Role(_) | Caller::Keys => "sts:AssumeRole",
        }
    }

    /// AWS's own words, as a sentence of ours; nothing where it said nothing.
    pub(crate) fn quoted(&self) -> String {
        let words = words_of_aws(&self.message);
        if words.is_empty() { words } else { format!(" AWS says: \"{words}\"") }
    }

    /// What to do.
    pub fn help(&self) -> String {
        let advice = self.advice();
        if self.message.contains("Encoded authorization failure message") {
            format!(
                "{advice} An administrator can read the encoded message with `aws sts decode-authorization-message`."
            )
        } else {
            advice
        }
    }

    fn advice(&self) -> String {
        let who = match &self.caller {
            Caller::Saml { .. } => "your identity provider",
            Caller::Role(_) | Caller::Keys => "the role it is assumed from",
            Caller::Token(_) => "this token's issuer and subject",
        };
        let further = self.further_action();
        let action = further.as_deref().unwrap_or(self.assuming_action());
        let role_account = format!("account {}", self.role.account());
        match self.half() {
            Half::Denied(policy) | Half::Limited(policy) => self.above(policy, action),
            Half::Trust => match further {
                Some(action) => format!(
                    "The role's trust policy must also allow {action} for {who}{}: ask the administrator of {role_account}.",
                    self.why_further(&action)
                ),
                None => format!(
                    "The role's trust policy must allow {action} for {who}: ask the administrator of {role_account}."
                ),
            },
            Half::Permission => format!(
                "The role that asks has no permission for {action} on it: ask the administrator of {}.",
                self.caller_account()
            ),
            Half::Either => match further {
                Some(action) => format!(
                    "Both the role's trust policy and a policy of {who} must allow {action}{}.",
                    self.why_further(&action)
                ),
                None => format!(
                    "Either the role does not trust {who}{}, or that one has no permission to assume it: both are needed.",
                    if self.external_id { " with this external id" } else { "" }
                ),
            },
        }
    }

    /// Why a sign-in needs more than the right to assume the role.
    fn why_further(&self, action: &str) -> &'static str {
        match (&self.caller, action) {
            (Caller::Saml { .. }, "sts:TagSession") => ", because Entra sends session tags (PrincipalTag)",
            (Caller::Token(_), "sts:TagSession") => ", because the token carries session tags",
            (Caller::Role(_) | Caller::Keys, "sts:TagSession") => ", because the session passes its tags on",
            (Caller::Saml { .. }, "sts:SetSourceIdentity") => ", because Entra sends a SourceIdentity",
            (_, "sts:SetSourceIdentity") => ", because the session has a source identity",
            _ => "",
        }
    }

    /// Policies that none of our JSON can help against: who can change them.
    fn above(&self, policy: PolicyKind, action: &str) -> String {
        let denies = matches!(self.half(), Half::Denied(_));
        let verb = if denies { "explicitly denies" } else { "does not allow" };
        let role_account = format!("the administrator of account {}", self.role.account());
        let (what, whom) = match policy {
            PolicyKind::IdentityBased => (
                "A policy of the role that asks",
                format!("ask the administrator of {}", self.caller_account()),
            ),
            PolicyKind::ResourceBased => ("The role's trust policy", format!("ask {role_account}")),
            PolicyKind::Session => (
                "The session policy of the credentials that ask",
                "get credentials without it, or ask whoever set it".to_owned(),
            ),
            PolicyKind::PermissionsBoundary => (
                "The permissions boundary of the role that asks",
                format!("ask the administrator of {}", self.caller_account()),
            ),
            PolicyKind::ServiceControl => (
                "A service control policy (SCP)",
                "only an administrator of the AWS organization can change it".to_owned(),
            ),
            PolicyKind::ResourceControl => (
                "A resource control policy (RCP)",
                format!(
                    "only an administrator of the AWS organization of account {} can change it",
                    self.role.account()
                ),
            ),
            PolicyKind::VpcEndpoint => (
                "The policy of the VPC endpoint on the way to STS",
                "ask whoever manages that network, or reach STS another way".to_owned(),
            ),
            PolicyKind::Unnamed => ("A policy", format!("ask {role_account} which one")),
        };
        format!("{what} {verb} {action}: {whom}.")
    }

    fn caller_account(&self) -> String {
        match &self.caller {
            Caller::Role(role) => format!("account {}", role.account()),
            _ => "its account".to_owned(),
        }
    }

    /// The policies that would mend it, each under a line that says where it belongs. None where no policy of these two
    /// can help.
    pub fn mend(&self) -> Option<String> {
        let half = self.half();
        if matches!(half, Half::Denied(_) | Half::Limited(_)) {
            return None;
        }
        let role = &self.role;
        let partition = role.partition();
        let further = self.further_action();
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
        let trusted = match &further {
            Some(action) => trust::same_principal(&trusted, action),
            None => trusted,
        };
        let trust = format!(
            "Trust policy of {role}: add this statement, and keep those that are there.\n{}",
            trust::pretty_statement(&trusted)
        );
        let permission = match &self.caller {
            Caller::Role(caller) => {
                let permission = trust::pretty(&match &further {
                    Some(action) => trust::permission(action, role),
                    None => trust::may_assume(role),
                });
                Some(format!("Permission for {caller}: attach this policy to it.\n{permission}"))
            }
            _ => None,
        };
        match half {
            Half::Trust => Some(trust),
            Half::Permission => permission,
            Half::Either => {
                Some([Some(trust), permission].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
            }
            Half::Denied(_) | Half::Limited(_) => None,
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
                Half::Denied(PolicyKind::ServiceControl),
                false,
                false,
            ),
            (
                caller(),
                format!("{denied} with an explicit deny in an identity-based policy"),
                Half::Denied(PolicyKind::IdentityBased),
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

    #[test]
    fn every_sentence_of_aws_gets_the_advice_that_can_help() {
        use PolicyKind::*;
        let saml = || Caller::Saml {
            provider: ProviderArn::parse("arn:aws:iam::222222222222:saml-provider/Entra")
                .expect("a provider"),
            audience: "https://signin.aws.amazon.com/saml".into(),
        };
        let caller = || Caller::Role(role(1, "Admin"));
        let on = "on resource: arn:aws:iam::222222222222:role/Deploy";
        let user = "User: arn:aws:sts::111111111111:assumed-role/Admin/ada is not authorized to perform:";
        // Who asks, the action, the end of the sentence; what is found, what the advice says, the action in the JSON.
        type Row<'a> = (Caller, &'a str, &'a str, Half, &'a str, Option<&'a str>);
        let rows: &[Row<'_>] = &[
            // Entra sends tags, and the trust policy allows only the assuming.
            (
                saml(),
                "sts:TagSession",
                "",
                Half::Trust,
                "also allow sts:TagSession for your identity provider, because Entra sends session tags",
                Some("sts:TagSession"),
            ),
            (
                saml(),
                "sts:TagSession",
                "because no resource-based policy allows the sts:TagSession action",
                Half::Trust,
                "account 222222222222",
                Some("sts:TagSession"),
            ),
            (
                saml(),
                "sts:SetSourceIdentity",
                "",
                Half::Trust,
                "because Entra sends a SourceIdentity",
                Some("sts:SetSourceIdentity"),
            ),
            (
                saml(),
                "sts:AssumeRoleWithSAML",
                "",
                Half::Trust,
                "must allow sts:AssumeRoleWithSAML",
                Some("sts:AssumeRoleWithSAML"),
            ),
            // A role of another account.
            (
                caller(),
                "sts:TagSession",
                "because no identity-based policy allows the sts:TagSession action",
                Half::Permission,
                "account 111111111111",
                Some("sts:TagSession"),
            ),
            (caller(), "sts:SetSourceIdentity", "", Half::Either, "Both", Some("sts:SetSourceIdentity")),
            // Limits that no statement of ours lifts.
            (
                caller(),
                "sts:AssumeRole",
                "because no session policy allows the sts:AssumeRole action",
                Half::Limited(Session),
                "without it",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "because no VPC endpoint policy allows the sts:AssumeRole action",
                Half::Limited(VpcEndpoint),
                "VPC endpoint",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "because no permissions boundary allows the sts:AssumeRole action",
                Half::Limited(PermissionsBoundary),
                "permissions boundary",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "because no service control policy allows the sts:AssumeRole action",
                Half::Limited(ServiceControl),
                "only an administrator of the AWS organization",
                None,
            ),
            (
                saml(),
                "sts:AssumeRoleWithSAML",
                "because no resource control policy allows the sts:AssumeRoleWithSAML action",
                Half::Limited(ResourceControl),
                "RCP",
                None,
            ),
            // Denials.
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in an identity-based policy",
                Half::Denied(IdentityBased),
                "account 111111111111",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in an identity-based policy: arn:aws:iam::111111111111:policy/NoSessionPolicy",
                Half::Denied(IdentityBased),
                "account 111111111111",
                None,
            ),
            (
                saml(),
                "sts:TagSession",
                "with an explicit deny in a resource-based policy",
                Half::Denied(ResourceBased),
                "trust policy explicitly denies sts:TagSession",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in a session policy",
                Half::Denied(Session),
                "session policy",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in a service control policy",
                Half::Denied(ServiceControl),
                "SCP",
                None,
            ),
            (
                saml(),
                "sts:AssumeRoleWithSAML",
                "with an explicit deny in a resource control policy",
                Half::Denied(ResourceControl),
                "RCP",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in a permissions boundary",
                Half::Denied(PermissionsBoundary),
                "permissions boundary",
                None,
            ),
            (
                caller(),
                "sts:AssumeRole",
                "with an explicit deny in a VPC endpoint policy",
                Half::Denied(VpcEndpoint),
                "on the way to STS",
                None,
            ),
            (caller(), "sts:AssumeRole", "with an explicit deny", Half::Denied(Unnamed), "which one", None),
        ];
        for (caller, action, end, half, advice, json) in rows {
            let message = format!("{user} {action} {on} {end}");
            let refusal = refusal(caller.clone(), message.trim());
            assert_eq!(refusal.half(), *half, "{message}");
            assert!(refusal.help().contains(advice), "{message}: {}", refusal.help());
            let policy = refusal.mend();
            assert_eq!(policy.is_some(), json.is_some(), "{message}");
            if let (Some(policy), Some(action)) = (&policy, json) {
                assert!(policy.contains(&format!("\"{action}\"")), "{policy}");
                let alone = !action.starts_with("sts:AssumeRole");
                assert!(!(alone && policy.contains("\"sts:AssumeRole")), "exactly that statement: {policy}");
            }
            let said = crate::problem::Problem::AwsAccessDenied { refusal: Box::new(refusal) }.to_string();
            assert!(said.contains(message.trim()), "AWS's own words: {said}");
        }
    }

    #[test]
    fn sentences_of_other_partitions_of_other_forms_and_endless_ones() {
        let china = Refusal {
            role: RoleArn::parse("arn:aws-cn:iam::222222222222:role/Deploy").expect("a role"),
            ..refusal(
                Caller::Role(RoleArn::parse("arn:aws-cn:iam::111111111111:role/Admin").expect("a role")),
                "User: arn:aws-cn:sts::111111111111:assumed-role/Admin/ada is not authorized to perform: sts:TagSession on resource: arn:aws-cn:iam::222222222222:role/Deploy because no identity-based policy allows the sts:TagSession action",
            )
        };
        assert_eq!(china.half(), Half::Permission);
        assert!(china.mend().expect("JSON").contains("arn:aws-cn:iam::222222222222:role/Deploy"));
        // The end of the sentence counts, however long its beginning.
        let long = format!(
            "User: arn:aws:sts::111111111111:assumed-role/{}/ada is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Deploy with an explicit deny in a service control policy",
            "x".repeat(400)
        );
        let denied = refusal(Caller::Role(role(1, "Admin")), &long);
        assert_eq!(denied.half(), Half::Denied(PolicyKind::ServiceControl));
        assert!(denied.quoted().ends_with("service control policy\""), "{}", denied.quoted());
        let blob = "A1b2".repeat(300);
        let encoded = refusal(
            Caller::Keys,
            &format!(
                "You are not authorized to perform this operation.\nEncoded authorization failure message: {blob}"
            ),
        );
        assert_eq!(encoded.half(), Half::Either);
        assert!(encoded.help().contains("decode-authorization-message"));
        assert!(encoded.quoted().contains("A1b2A1b2A1b2A1b2A1b2A1b2…") && !encoded.quoted().contains('\n'));
        // Another language, nonsense, nothing.
        for message in ["Zugriff verweigert", "\u{0}\u{1b}[31m", ""] {
            let unknown = refusal(Caller::Role(role(1, "Admin")), message);
            assert_eq!(unknown.half(), Half::Either, "{message:?}");
            assert!(!unknown.quoted().contains('\u{1b}'));
        }
    }

    #[test]
    fn actions_in_sentences() {
        for (message, action) in [
            ("not authorized to perform: sts:TagSession on resource", Some("sts:TagSession")),
            ("Not authorized to perform sts:AssumeRoleWithSAML", Some("sts:AssumeRoleWithSAML")),
            ("to perform sts:AssumeRole.", Some("sts:AssumeRole")),
            ("User: arn:aws:sts::111111111111:assumed-role/A/x", None),
            ("see https://example.org/x at 10:30", None),
        ] {
            assert_eq!(action_in(message).as_deref(), action, "{message}");
        }
    }
}
