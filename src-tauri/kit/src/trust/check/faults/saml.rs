//! People who sign in with SAML: `SAML:aud` says at which address.

use crate::trust::check::finding::Findings;
use crate::trust::check::pieces::open;
use crate::trust::check::policy::{Effect, Statement, quoted};
use crate::trust::check::principal::Who;
use rolecall_core::saml::acs;
use rolecall_core::trust::{partition_of, saml_audience};

pub(super) fn judge(statement: &Statement, findings: &mut Findings) {
    let provider = statement.who.iter().find_map(|who| match who {
        Who::Saml { arn, .. } => Some(arn.as_str()),
        _ => None,
    });
    let (Some(provider), Effect::Allow) = (provider, statement.effect) else { return };
    let partition = provider.split(':').nth(1).filter(|name| provider.starts_with("arn:") && !open(name));
    let right = saml_audience(&partition_of(provider));
    let audiences: Vec<_> = statement
        .conditions
        .iter()
        .filter(|condition| condition.is("SAML:aud") && condition.requires())
        .collect();
    if audiences.is_empty() && !statement.conditions_open() {
        let shown = match partition {
            Some(name) if name.starts_with("aws-iso") => "https://SIGN-IN-HOST/saml",
            _ => right.as_str(),
        };
        findings.add(
            "trust.saml_aud_missing",
            statement.number,
            "SAML:aud is missing, so an assertion made for another service would do.",
            format!("Add \"StringEquals\": {{\"SAML:aud\": \"{shown}\"}}."),
        );
    }
    // Where people of the isolated partitions sign in is not public.
    if partition.is_some_and(|name| name.starts_with("aws-iso")) {
        return;
    }
    for value in audiences.iter().flat_map(|condition| &condition.values).filter(|value| !open(value)) {
        let domain = partition_of(provider).sign_in_domain();
        let plain = value.replace('*', "x");
        let wrong = !acs::is_accepted(&plain)
            || value.ends_with('/')
            || value.contains('#')
            || value.contains(".mcas.ms")
            || (partition.is_some() && !value.contains(domain));
        if wrong {
            findings.add(
                "trust.saml_aud_wrong",
                statement.number,
                format!("{} is not the address to which people sign in with this provider.", quoted(value)),
                format!("Write \"SAML:aud\": \"{right}\"."),
            );
        }
    }
}
