//! The grammar of `policy.toml`: what may stand there, and what each value may be.

use super::{Policy, Tenant};
use crate::account_names::plain;
use crate::draft::{self, Draft, Field, Flaw};
use crate::expiry::{self, Warnings};
use crate::profile::{Authority, CredentialsKept, ProfileName};
use crate::role::AccountId;
use crate::settings::Renew;
use crate::update::Source;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `organisation = "Example Ltd"`.
    organisation: Option<Spanned<String>>,
    /// `login_hosts = ["login.microsoftonline.com", "login.example.org:8443"]`.
    login_hosts: Option<Spanned<Vec<Spanned<String>>>>,
    /// `sts_hosts = ["sts.eu-central-1.amazonaws.com"]`.
    sts_hosts: Option<Spanned<Vec<Spanned<String>>>>,
    /// `false` forbids it.
    remember_sign_in: Option<bool>,
    /// `credentials = "process"`.
    credentials: Option<Spanned<CredentialsKept>>,
    /// 1 to 12.
    max_duration_hours: Option<Spanned<i64>>,
    /// `warn_before = ["30m", "5m"]`; an empty list for no warnings.
    warn_before: Option<Spanned<Vec<SignedDuration>>>,
    /// `off`, `when_silent` or `always_ask`.
    renew: Option<Renew>,
    /// `renew_within = "8h"`.
    renew_within: Option<Spanned<SignedDuration>>,
    os_sign_on: Option<bool>,
    account_names: Option<bool>,
    /// `false` forbids looking for them.
    updates: Option<bool>,
    /// An address; together with `update_key`.
    update_feed: Option<Spanned<String>>,
    /// A minisign public key.
    update_key: Option<Spanned<String>>,
    /// `"111111111111" = "Production"`.
    #[serde(default)]
    accounts: BTreeMap<Spanned<String>, Spanned<String>>,
    /// `[[tenant]]`.
    #[serde(default)]
    tenant: Vec<TenantTable>,
    /// `[[profile]]`.
    #[serde(default)]
    profile: Vec<Spanned<ProfileTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantTable {
    name: Spanned<String>,
    id: Spanned<String>,
}

/// The keys of the config file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    name: String,
    azure_tenant_id: String,
    azure_app_id_uri: String,
    #[serde(default)]
    azure_default_username: String,
    #[serde(default)]
    region: String,
    azure_default_duration_hours: Option<i64>,
    #[serde(default)]
    azure_default_role_arn: String,
    #[serde(default)]
    azure_authority_host: String,
    #[serde(default)]
    azure_default_remember_me: bool,
    azure_credentials: Option<CredentialsKept>,
}

/// What is wrong, and the byte at which it stands.
struct Wrong {
    at: usize,
    what: String,
}

impl Policy {
    /// # Errors
    /// One line that names the place and what is wrong there: `line 3: unknown field …`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let said = |at: Option<usize>, what: &str| match at {
            Some(at) => {
                let line =
                    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1;
                format!("line {line}: {what}")
            }
            None => what.to_owned(),
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let what = error.message().lines().next().unwrap_or_default().trim_end_matches('.');
            said(error.span().map(|span| span.start), &crate::problem::foreign(what))
        })?;
        policy(file).map_err(|wrong| said(Some(wrong.at), &wrong.what))
    }
}

fn policy(file: File) -> Result<Policy, Wrong> {
    let mut policy = Policy {
        organisation: file.organisation.map(|name| shown(&name, "organisation")).transpose()?,
        tenants: file.tenant.into_iter().map(tenant).collect::<Result<_, _>>()?,
        offers: vec![],
        accounts: accounts(file.accounts)?,
        login_hosts: file.login_hosts.map(|listed| hosts(listed, "login_hosts")).transpose()?,
        sts_hosts: file.sts_hosts.map(|listed| hosts(listed, "sts_hosts")).transpose()?,
        remember_sign_in: file.remember_sign_in,
        credentials: file.credentials.map(credentials).transpose()?,
        max_duration_hours: file.max_duration_hours.map(hours).transpose()?,
        warn_before: file.warn_before.map(warn_before).transpose()?,
        renew: file.renew,
        renew_within: file.renew_within.map(renew_within).transpose()?,
        os_sign_on: file.os_sign_on,
        account_names: file.account_names,
        updates: file.updates,
        update: update(file.update_feed, file.update_key)?,
    };
    policy.offers = offers(file.profile, &policy)?;
    Ok(policy)
}

fn wrong<T>(of: &Spanned<T>, what: impl Into<String>) -> Wrong {
    Wrong { at: of.span().start, what: what.into() }
}

/// A name that people see: on one line, without what nobody sees.
fn shown(text: &Spanned<String>, key: &str) -> Result<String, Wrong> {
    plain(text.as_ref()).ok_or_else(|| wrong(text, format!("{key} is empty")))
}

fn tenant(table: TenantTable) -> Result<Tenant, Wrong> {
    let name = shown(&table.name, "the tenant's name")?;
    let id = table.id.as_ref().trim().to_owned();
    // The form's own rule.
    let draft = Draft { tenant: id.clone(), ..Draft::default() };
    if draft::check(&draft, &[], None).iter().any(|wrong| wrong.field == Field::Tenant) {
        return Err(wrong(&table.id, format!("id {}", meaning(Flaw::NotATenant))));
    }
    Ok(Tenant { name, id })
}

fn accounts(table: BTreeMap<Spanned<String>, Spanned<String>>) -> Result<BTreeMap<AccountId, String>, Wrong> {
    let account = |(number, name): (Spanned<String>, Spanned<String>)| {
        let id = AccountId::parse(number.as_ref())
            .ok_or_else(|| wrong(&number, "the number of an account is twelve digits, in quotes"))?;
        Ok((id, shown(&name, "the account's name")?))
    };
    table.into_iter().map(account).collect()
}

fn hosts(hosts: Spanned<Vec<Spanned<String>>>, key: &str) -> Result<Vec<String>, Wrong> {
    if hosts.as_ref().is_empty() {
        return Err(wrong(&hosts, format!("{key} is empty: nobody could sign in")));
    }
    let host = |host: Spanned<String>| {
        let refused = || {
            let what = format!("{key} takes names of hosts: login.example.org, or login.example.org:8443");
            wrong(&host, what)
        };
        let text = host.as_ref().trim();
        // Neither an address nor a pattern: what would be dropped or never matched is not what was meant.
        if text.contains(['/', '@', '?', '#', '*', '\\', '%']) || text.is_empty() {
            return Err(refused());
        }
        let authority = Authority::parse(text).map_err(|_| refused())?;
        host_of(authority.url()).ok_or_else(refused)
    };
    hosts.into_inner().into_iter().map(host).collect()
}

/// `host`, or `host:port` where the port is not the scheme's own.
pub(super) fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_ascii_lowercase();
    Some(url.port().map_or(host.clone(), |port| format!("{host}:{port}")))
}

fn credentials(kept: Spanned<CredentialsKept>) -> Result<CredentialsKept, Wrong> {
    match kept.as_ref() {
        CredentialsKept::Process => Ok(CredentialsKept::Process),
        CredentialsKept::File => {
            Err(wrong(&kept, "credentials can only be \"process\": profiles may keep nothing in plain text"))
        }
    }
}

fn hours(hours: Spanned<i64>) -> Result<u8, Wrong> {
    let right = u8::try_from(*hours.as_ref()).ok().filter(|hours| (1..=12).contains(hours));
    right.ok_or_else(|| wrong(&hours, "max_duration_hours must be a whole number from 1 to 12"))
}

fn warn_before(before: Spanned<Vec<SignedDuration>>) -> Result<Warnings, Wrong> {
    expiry::check_warnings(before.as_ref()).map_err(|what| wrong(&before, format!("warn_before {what}")))?;
    Ok(Warnings::new(before.into_inner()))
}

fn renew_within(within: Spanned<SignedDuration>) -> Result<SignedDuration, Wrong> {
    let right = within.as_ref().is_positive() && *within.as_ref() <= SignedDuration::from_hours(12);
    if right {
        Ok(*within.as_ref())
    } else {
        Err(wrong(&within, "renew_within must be more than nothing, and 12h at most"))
    }
}

/// One without the other would be trust in nobody, or a key for nothing.
fn update(feed: Option<Spanned<String>>, key: Option<Spanned<String>>) -> Result<Option<Source>, Wrong> {
    match (feed, key) {
        (None, None) => Ok(None),
        (Some(feed), None) => Err(wrong(&feed, "update_feed needs update_key beside it")),
        (None, Some(key)) => Err(wrong(&key, "update_key needs update_feed beside it")),
        (Some(feed), Some(key)) => {
            // Which of the two it is, its words say.
            let at = if crate::update::Key::parse(key.as_ref()).is_ok() { &feed } else { &key };
            Source::parse(feed.as_ref(), key.as_ref()).map(Some).map_err(|reason| wrong(at, reason))
        }
    }
}

fn offers(tables: Vec<Spanned<ProfileTable>>, policy: &Policy) -> Result<Vec<Draft>, Wrong> {
    let mut offers: Vec<Draft> = vec![];
    for table in tables {
        let at = table.span().start;
        let draft = draft(table.into_inner());
        let refused =
            |what: String| Wrong { at, what: format!("profile '{}': {what}", draft.name.escape_debug()) };
        let names: Vec<_> = offers.iter().map(|offer| ProfileName::new(offer.name.as_str())).collect();
        if let Some(flaw) = draft::check(&draft, &names, None).first() {
            return Err(refused(format!("{} {}", key(flaw.field), meaning(flaw.flaw))));
        }
        let login = Authority::parse(&draft.authority).ok().filter(|_| !draft.authority.trim().is_empty());
        if login.is_some_and(|login| !policy.allows_host(login.url())) {
            return Err(refused("azure_authority_host is not one of login_hosts".to_owned()));
        }
        offers.push(draft);
    }
    Ok(offers)
}

fn draft(table: ProfileTable) -> Draft {
    Draft {
        name: table.name,
        tenant: table.azure_tenant_id,
        app_id_uri: table.azure_app_id_uri,
        username: table.azure_default_username,
        region: table.region,
        duration: table.azure_default_duration_hours.map(|hours| hours.to_string()).unwrap_or_default(),
        default_role: table.azure_default_role_arn,
        authority: table.azure_authority_host,
        remember_me: table.azure_default_remember_me,
        process: table.azure_credentials == Some(CredentialsKept::Process),
    }
}

/// The key that a field of the form stands for.
fn key(field: Field) -> &'static str {
    match field {
        Field::Link => "link",
        Field::Name => "name",
        Field::Tenant => "azure_tenant_id",
        Field::AppIdUri => "azure_app_id_uri",
        Field::Username => "azure_default_username",
        Field::Region => "region",
        Field::Duration => "azure_default_duration_hours",
        Field::DefaultRole => "azure_default_role_arn",
        Field::Authority => "azure_authority_host",
    }
}

fn meaning(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Missing => "is empty",
        Flaw::Taken => "is another profile's already",
        Flaw::Blank => "must not hold blanks",
        Flaw::Character => "holds a character that not every AWS tool reads alike",
        Flaw::TooLong => "is too long",
        Flaw::Reserved => "has a meaning of its own to AWS's tools",
        Flaw::NotATenant => "is neither a GUID nor a domain of the tenant",
        Flaw::NotARegion => "is not the name of an AWS region",
        Flaw::NotADuration => "must be a whole number from 1 to 12",
        Flaw::NotARole => "is not the ARN of an IAM role",
        Flaw::NotAnAuthority => "must be https (http is for loopback only)",
        Flaw::NotAUsername => "is not a user name",
        Flaw::IdentityCenter => "leads to IAM Identity Center, not to an IAM SAML provider",
        Flaw::NotALink | Flaw::NotMyApps | Flaw::NoTenant | Flaw::NotAws | Flaw::Forbidden => {
            "is not allowed"
        }
    }
}
