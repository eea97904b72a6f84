//! A profile that signs in through Entra: aws-azure-login's keys, and ours.

use super::{ProfileName, ProfileNetwork, Section};
use crate::credential_process;
use crate::problem::Problem;
use crate::role::{ProviderArn, RoleArn};
use crate::saml::acs;
use crate::saml::identity_center::names_identity_center;
use crate::wsl::{self, Distribution};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::{Host, Url};

/// Everything that one sign-in needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntraProfile {
    pub name: ProfileName,
    /// `azure_tenant_id`: a GUID or a domain of the tenant.
    pub tenant: String,
    /// `azure_app_id_uri`: the SAML Issuer.
    pub app_id_uri: String,
    /// `azure_default_username`.
    pub username: Option<String>,
    /// `azure_default_role_arn`.
    pub default_role: Option<RoleArn>,
    /// `azure_default_duration_hours`, 1 to 12; 1 where the profile is silent.
    pub duration_hours: u8,
    /// `azure_default_remember_me`.
    pub remember_me: bool,
    pub region: Option<String>,
    /// `azure_authority_host`.
    pub authority: Authority,
    /// Whether the section itself names it.
    pub names_authority: bool,
    /// `azure_acs_url`, or the region's default.
    pub acs_url: String,
    /// `azure_provider_arn`: needed where assertions are encrypted.
    pub provider_arn: Option<ProviderArn>,
    /// `azure_domain_hint`.
    pub domain_hint: Option<String>,
    /// `azure_os_sso`; true where the profile is silent.
    pub os_sso: bool,
    /// `azure_credentials`.
    pub credentials: CredentialsKept,
    /// The `credential_process` that we wrote there, as it stands; none where there is none or another tool's.
    pub our_process: Option<String>,
    /// `rolecall_wsl`: the WSL distributions whose credentials file gets the same section.
    pub wsl: Vec<Distribution>,
    pub network: ProfileNetwork,
}

/// Where the credentials of a profile live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialsKept {
    /// In the credentials file.
    File,
    /// In the sealed vault, served by `credential_process`.
    Process,
}

/// The login host: https, or http on loopback.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Authority(Url);

/// A client's `AZURE_*` variables, by the lower-case name of the key that each overrides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct Overrides(BTreeMap<String, String>);

/// What comes from a client is filtered again: no other key gets in.
impl From<BTreeMap<String, String>> for Overrides {
    fn from(variables: BTreeMap<String, String>) -> Self {
        Self(variables.into_iter().filter(|(key, _)| OVERRIDABLE.contains(&key.as_str())).collect())
    }
}

/// A client's `AZURE_AUTHORITY_HOST` is a default only: it overrides what the service was started with, and no profile
/// that names its own.
const AUTHORITY: &str = "azure_authority_host";

/// The keys that a variable of the same name may override. The password is not among them: we never read it.
const OVERRIDABLE: [&str; 7] = [
    AUTHORITY,
    "azure_tenant_id",
    "azure_app_id_uri",
    "azure_default_username",
    "azure_default_role_arn",
    "azure_default_duration_hours",
    "azure_default_remember_me",
];

/// Of [`OVERRIDABLE`].
const OF_SIGN_ON: [&str; 3] = ["azure_tenant_id", "azure_app_id_uri", "azure_default_username"];

impl Overrides {
    /// Picks them from an environment; both `AZURE_TENANT_ID` and `azure_tenant_id` count, the second first.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let found = OVERRIDABLE.iter().filter_map(|key| {
            let value = lookup(key).or_else(|| lookup(&key.to_ascii_uppercase()))?;
            (!value.trim().is_empty()).then(|| ((*key).to_owned(), value))
        });
        Self(found.collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that say who signs in where.
    pub fn of_sign_on(&self) -> Self {
        let about = |key: &str| OF_SIGN_ON.contains(&key);
        Self(self.0.iter().filter(|(key, _)| about(key)).map(|(k, v)| (k.clone(), v.clone())).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

impl Authority {
    /// Microsoft's public cloud: the login host whatever the AWS region.
    pub const PUBLIC: &str = "https://login.microsoftonline.com";

    /// Entra's login hosts: worldwide, US government, China ("National clouds").
    pub const HOSTS: [&str; 3] =
        ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

    /// # Errors
    /// A half-sentence that says what is wrong with the address.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&text).map_err(|_| "is not an address".to_owned())?;
        if !is_private_address(&url) {
            return Err("must be https (http is for loopback only)".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a user name or password".to_owned());
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    pub fn url(&self) -> &Url {
        &self.0
    }
}

/// https, or http on loopback: what any address of a sign-in must be.
pub fn is_private_address(url: &Url) -> bool {
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(address))) => address.is_loopback(),
        ("http", Some(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

impl EntraProfile {
    pub(super) fn read(
        section: &Section<'_>,
        overrides: &Overrides,
        authority_default: Option<&str>,
    ) -> Result<Self, Problem> {
        let reader = Reader { section, overrides };
        let region = reader.parsed("region", region)?;
        let tenant = reader.required("azure_tenant_id", tenant)?;
        let app_id_uri = reader.required("azure_app_id_uri", app_id_uri)?;
        reader.refuse_identity_center("azure_app_id_uri")?;
        reader.refuse_identity_center("azure_acs_url")?;
        let named = reader.of_the_section(AUTHORITY, Authority::parse)?;
        let authority_default = overrides.0.get(AUTHORITY).map(|text| text.trim()).or(authority_default);
        let names_authority = named.is_some();
        let authority = match (named, authority_default) {
            (Some(authority), _) => authority,
            (None, default) => Authority::parse(default.unwrap_or(Authority::PUBLIC)).map_err(|reason| {
                Problem::VariableInvalid { variable: "AZURE_AUTHORITY_HOST".into(), reason }
            })?,
        };
        let acs_url = reader.parsed("azure_acs_url", acs_url)?;
        let credentials = reader.parsed("azure_credentials", kept)?.unwrap_or(CredentialsKept::File);
        let process = section.get(credential_process::KEY);
        let our_process = process.filter(|line| credential_process::is_ours(line)).map(str::to_owned);
        if credentials == CredentialsKept::Process && process.is_some() && our_process.is_none() {
            let (path, section) = section.place_of(credential_process::KEY);
            return Err(Problem::ForeignCredentialProcess { path, section });
        }
        Ok(Self {
            name: section.name.clone(),
            tenant,
            app_id_uri,
            username: reader.parsed("azure_default_username", one_line)?,
            default_role: reader.parsed("azure_default_role_arn", |text| {
                RoleArn::parse(text).map_err(|_| "is not the ARN of an IAM role".to_owned())
            })?,
            duration_hours: reader.parsed("azure_default_duration_hours", duration)?.unwrap_or(1),
            remember_me: reader.parsed("azure_default_remember_me", boolean)?.unwrap_or(false),
            authority,
            names_authority,
            acs_url: acs_url.unwrap_or_else(|| acs::default_url(region.as_deref())),
            region,
            provider_arn: reader.parsed("azure_provider_arn", |text| {
                ProviderArn::parse(text).map_err(|_| "is not the ARN of a SAML identity provider".to_owned())
            })?,
            domain_hint: reader.parsed("azure_domain_hint", one_line)?,
            os_sso: reader.parsed("azure_os_sso", boolean)?.unwrap_or(true),
            credentials,
            our_process,
            wsl: reader.parsed(wsl::KEY, Distribution::parse_list)?.unwrap_or_default(),
            network: ProfileNetwork::read(section)?,
        })
    }
}

/// One key after the other, with problems that name file, section and key, or the variable.
struct Reader<'a> {
    section: &'a Section<'a>,
    overrides: &'a Overrides,
}

impl Reader<'_> {
    fn required<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, Problem> {
        self.parsed(key, parse)?.ok_or_else(|| Problem::KeyMissing {
            path: self.section.path.clone(),
            section: self.section.header.clone(),
            key: key.to_owned(),
        })
    }

    fn refuse_identity_center(&self, key: &str) -> Result<(), Problem> {
        let (value, place) = match self.overrides.0.get(key) {
            Some(value) => (Some(value.as_str()), key.to_ascii_uppercase()),
            None => {
                let place = format!("{}, section [{}]: {key}", self.section.path, self.section.header);
                (self.section.get(key), place)
            }
        };
        match value {
            Some(value) if names_identity_center(value) => Err(Problem::IdentityCenterApplication { place }),
            _ => Ok(()),
        }
    }

    fn parsed<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Problem> {
        if let Some(value) = self.overrides.0.get(key) {
            return parse(value.trim())
                .map(Some)
                .map_err(|reason| Problem::VariableInvalid { variable: key.to_ascii_uppercase(), reason });
        }
        self.of_the_section(key, parse)
    }

    fn of_the_section<T>(
        &self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.section.get(key) else { return Ok(None) };
        // aws-azure-login's INI library writes `\#` and `\;`, because it takes a bare one as a comment.
        let value = value.replace("\\#", "#").replace("\\;", ";");
        parse(&value).map(Some).map_err(|reason| self.section.invalid(key, &reason))
    }
}

fn tenant(text: &str) -> Result<String, String> {
    let characters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let domain = text.contains('.') && text.split('.').all(|label| !label.is_empty());
    if characters && (domain || is_guid(text)) {
        Ok(text.to_owned())
    } else {
        Err("is neither a GUID (like 0f8fad5b-d9cb-469f-a165-70867728950e) nor a domain of the tenant"
            .to_owned())
    }
}

fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn app_id_uri(text: &str) -> Result<String, String> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("must not hold blanks".to_owned());
    }
    Ok(text.to_owned())
}

fn one_line(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) { Err("must be one line".to_owned()) } else { Ok(text.to_owned()) }
}

fn region(text: &str) -> Result<String, String> {
    let right =
        text.len() <= 40 && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if right { Ok(text.to_owned()) } else { Err("is not the name of an AWS region".to_owned()) }
}

/// `8`, and `1.5` as aws-azure-login reads it: truncated.
fn duration(text: &str) -> Result<u8, String> {
    let refused = || Err("must be a number of hours from 1 to 12".to_owned());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return refused();
    }
    match whole.parse() {
        Ok(hours @ 1..=12) => Ok(hours),
        _ => refused(),
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

fn kept(text: &str) -> Result<CredentialsKept, String> {
    match text {
        "file" => Ok(CredentialsKept::File),
        "process" => Ok(CredentialsKept::Process),
        _ => Err("must be file or process".to_owned()),
    }
}

fn acs_url(text: &str) -> Result<String, String> {
    if acs::is_accepted(text) {
        Ok(text.to_owned())
    } else {
        Err("must be the address of an AWS sign-in host, https://…/saml".to_owned())
    }
}
