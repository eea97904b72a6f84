//! Conditions that say something else than they seem to, whoever they are for.

use crate::trust::check::finding::Findings;
use crate::trust::check::near;
use crate::trust::check::operator::{self, Operator, Set, Test};
use crate::trust::check::pieces::outside;
use crate::trust::check::policy::{Condition, Effect, Statement, quoted};

const STS_KEYS: [&str; 8] = [
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "sts:TransitiveTagKeys",
    "sts:RequestContextProviders",
    "sts:AWSServiceName",
    "sts:DurationSeconds",
    "sts:RequestContext/",
];

const SAML_KEYS: [&str; 34] = [
    "saml:aud",
    "saml:cn",
    "saml:commonName",
    "saml:doc",
    "saml:eduorghomepageuri",
    "saml:eduorgidentityauthnpolicyuri",
    "saml:eduorglegalname",
    "saml:eduorgsuperioruri",
    "saml:eduorgwhitepagesuri",
    "saml:edupersonaffiliation",
    "saml:edupersonassurance",
    "saml:edupersonentitlement",
    "saml:edupersonnickname",
    "saml:edupersonorgdn",
    "saml:edupersonorgunitdn",
    "saml:edupersonprimaryaffiliation",
    "saml:edupersonprimaryorgunitdn",
    "saml:edupersonprincipalname",
    "saml:edupersonscopedaffiliation",
    "saml:edupersontargetedid",
    "saml:givenName",
    "saml:iss",
    "saml:mail",
    "saml:name",
    "saml:namequalifier",
    "saml:organizationStatus",
    "saml:primaryGroupSID",
    "saml:sub",
    "saml:sub_type",
    "saml:surname",
    "saml:uid",
    "saml:x500UniqueIdentifier",
    "saml:authnContextClassRef",
    "saml:authnInstant",
];

/// The global ones.
const AWS_KEYS: [&str; 52] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalTag/",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:RequestTag/",
    "aws:RequestedRegion",
    "aws:TagKeys",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceIdentity",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:FederatedProvider",
    "aws:SecureTransport",
    "aws:username",
    "aws:userid",
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:PrincipalServiceNamesList",
    "aws:Referer",
    "aws:RequestContext/",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag/",
    "aws:SignInSessionArn",
    "aws:SourceVpcArn",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:CloudWatchSourceArn",
    "aws:SourceInstanceArn",
];

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    for condition in &statement.conditions {
        key(statement, condition, findings);
        let Some(operator) = Operator::parse(&condition.operator) else {
            if !condition.operator.contains("${") {
                let instead = match operator::nearest(&condition.operator) {
                    Some(meant) => format!("Write \"{meant}\"."),
                    None => "Write StringEquals, or StringLike where a * stands for any text.".to_owned(),
                };
                let what = format!("{} is no condition operator.", quoted(&condition.operator));
                findings.add("trust.operator", statement.number, what, instead);
            }
            continue;
        };
        stars(statement, condition, operator, findings);
        if statement.effect == Effect::Allow {
            if_exists(statement, condition, operator, findings);
            all_values(statement, condition, operator, findings);
        }
        if condition.values.is_empty() {
            let what = format!("{} has no value, so the condition never holds.", quoted(&condition.key));
            findings.add("trust.no_value", statement.number, what, "Write the value, or take the key out.");
        }
    }
}

fn stars(statement: &Statement, condition: &Condition, operator: Operator, findings: &mut Findings) {
    if !operator.takes_stars_literally() {
        return;
    }
    // A question mark may well stand in an address.
    let subject = ["sub", "ExternalId", "PrincipalArn", "SourceArn"].contains(&condition.claim());
    let star = |value: &&String| {
        let value = outside(value);
        value.contains('*') || (subject && value.contains('?'))
    };
    if let Some(value) = condition.values.iter().find(star) {
        let like = match (operator.negated, operator.test) {
            (false, _) => "StringLike",
            (true, _) => "StringNotLike",
        };
        let never = if operator.negated { "always holds" } else { "never holds" };
        findings.add(
            "trust.wildcard_in_equals",
            statement.number,
            format!(
                "{} takes {} letter by letter, star included: it {never}.",
                condition.operator,
                quoted(value)
            ),
            format!("Write \"{like}\" in place of \"{}\".", condition.operator),
        );
    }
}

/// `…IfExists` lets pass who has no such key.
fn if_exists(statement: &Statement, condition: &Condition, operator: Operator, findings: &mut Findings) {
    let matters = ["sub", "aud", "ExternalId", "amr", "app_id"]
        .iter()
        .any(|claim| condition.claim().eq_ignore_ascii_case(claim));
    if operator.if_exists && matters && !operator.negated {
        findings.add(
            "trust.if_exists",
            statement.number,
            format!("{} also lets in who has no {} at all.", condition.operator, quoted(&condition.key)),
            format!("Write \"{}\".", &condition.operator[..condition.operator.len() - "IfExists".len()]),
        );
    }
}

/// `ForAllValues:` holds for who has no value at all.
fn all_values(statement: &Statement, condition: &Condition, operator: Operator, findings: &mut Findings) {
    let present = |other: &Condition| {
        other.is(&condition.key)
            && Operator::parse(&other.operator).is_some_and(|operator| {
                operator.test == Test::Null && other.values.iter().all(|value| value == "false")
            })
    };
    // What the caller may tag a session with is rightly limited so: no tag is no harm.
    let limits = ["aws:TagKeys", "sts:TransitiveTagKeys", "sts:RequestContextProviders"]
        .iter()
        .any(|key| condition.is(key));
    if operator.set == Some(Set::All)
        && !limits
        && !operator.negated
        && !statement.conditions.iter().any(present)
    {
        findings.add(
            "trust.for_all_values",
            statement.number,
            format!("{} holds too where there is no {}.", condition.operator, quoted(&condition.key)),
            format!("Write ForAnyValue:, or add \"Null\": {{\"{}\": \"false\"}}.", condition.key),
        );
    }
}

fn key(statement: &Statement, condition: &Condition, findings: &mut Findings) {
    let key = condition.key.as_str();
    if key.contains("${") {
        return;
    }
    let lower = key.to_ascii_lowercase();
    let number = statement.number;
    let unknown = |known: &[&'static str]| {
        let known_key = |known: &&str| {
            let known = known.to_ascii_lowercase();
            lower == known || (known.ends_with('/') && lower.starts_with(&known))
        };
        (!known.iter().any(known_key)).then(|| near::nearest(key.split('/').next().unwrap_or(key), known))
    };
    let (wrong, meant) = match lower.split_once(':') {
        // AWS adds to these now and then: only what is nearly one of them is spoken of.
        Some(("sts", _)) => {
            let meant = unknown(&STS_KEYS).flatten();
            (meant.is_some(), meant)
        }
        Some(("saml", _)) => (unknown(&SAML_KEYS).is_some(), unknown(&SAML_KEYS).flatten()),
        Some(("aws", _)) => {
            let first = lower.split('/').next().unwrap_or_default();
            let near =
                |meant: &&str| near::distance(first, meant.to_ascii_lowercase().trim_end_matches('/')) <= 2;
            if let Some(meant) = unknown(&AWS_KEYS).flatten().filter(near) {
                let key = quoted(key);
                findings
                    .note(format!("Statement {number}: {key} is not known here; perhaps {meant} is meant."));
            }
            (false, None)
        }
        Some(_) => (false, None),
        None => {
            let meant = [("externalid", "sts:ExternalId"), ("principalorgid", "aws:PrincipalOrgID")];
            (true, meant.iter().find(|(short, _)| *short == lower).map(|(_, key)| *key))
        }
    };
    if wrong {
        let instead = match meant {
            Some(meant) => format!("Write \"{meant}\"."),
            None if ["sub", "aud"].contains(&lower.as_str()) => {
                format!("Put the issuer before it: \"ISSUER:{lower}\", as the provider's ARN names it.")
            }
            None => "Look its name up among AWS's condition keys.".to_owned(),
        };
        let what = format!("AWS has no condition key {}, so the condition never holds.", quoted(key));
        findings.add("trust.condition_key", number, what, instead);
    }
}
