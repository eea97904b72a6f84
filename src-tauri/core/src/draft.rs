//! A profile as a person writes it in a form: checked field by field, made from a pasted link or another tool's
//! section, and turned into the keys of a section of the config file.

mod check;
pub mod import;
mod keys;
pub mod link;
mod name;
pub(crate) mod shape;

pub use check::check;
pub use keys::{also_into, keys, of_profile};
pub use name::legal as legal_name;

use serde::{Deserialize, Serialize};

/// The fields of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Draft {
    pub name: String,
    /// `azure_tenant_id`.
    pub tenant: String,
    /// `azure_app_id_uri`.
    pub app_id_uri: String,
    /// `azure_default_username`.
    pub username: String,
    pub region: String,
    /// `azure_default_duration_hours`.
    pub duration: String,
    /// `azure_default_role_arn`.
    pub default_role: String,
    /// `azure_authority_host`; empty for Microsoft's public cloud.
    pub authority: String,
    /// `azure_default_remember_me`.
    pub remember_me: bool,
    /// `azure_credentials = process`.
    pub process: bool,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Wrong {
    pub field: Field,
    pub flaw: Flaw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Link,
    Name,
    Tenant,
    AppIdUri,
    Username,
    Region,
    Duration,
    DefaultRole,
    Authority,
}

/// The window has a sentence for each, in its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Must be filled in.
    Missing,
    /// A profile of that name is in the config file.
    Taken,
    /// Blanks: some AWS tools cannot read such a name.
    Blank,
    /// A character that cannot stand in a section's header or a key's value (`[`, `]`, `#`, a quote, a control
    /// character).
    Character,
    TooLong,
    /// A name that AWS gives another meaning (`default` is allowed).
    Reserved,
    /// Neither a GUID nor a domain.
    NotATenant,
    /// Not the name of an AWS region.
    NotARegion,
    /// A whole number of hours from 1 to 12.
    NotADuration,
    NotARole,
    /// Not https (http is for loopback only), or not an address.
    NotAnAuthority,
    NotAUsername,
    /// Not an address at all.
    NotALink,
    /// An address, but none of a My Apps tile or of a sign-in.
    NotMyApps,
    /// A My Apps address without its tenant: the tile's own link has it.
    NoTenant,
    /// A sign-in for something other than AWS.
    NotAws,
    /// The application leads to IAM Identity Center, not to an IAM SAML provider.
    IdentityCenter,
    /// The administrator's policy does not allow it.
    Forbidden,
}

/// What a pasted link says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Understood {
    pub tenant: String,
    /// The SAML Issuer, where the link says it (a sign-in's own address does); else AWS's usual one.
    pub app_id_uri: String,
    /// Whether `app_id_uri` was in the link, or is only the usual one.
    pub certain: bool,
    /// What the tile is called, where the link says it.
    pub tile: Option<String>,
    /// The application's GUID, where the link says it.
    pub application: Option<String>,
    pub authority: String,
    pub username: Option<String>,
}

/// Something that another tool's files hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Imported {
    /// `saml2aws`, `Leapp`.
    pub tool: String,
    /// What it is called there.
    pub name: String,
    /// An administrator's policy offers it: `tool` is the organisation.
    pub offered: bool,
    pub meaning: Meaning,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Meaning {
    /// A sign-in through Entra: the form filled in as far as it says, perhaps not all.
    Entra { draft: Draft },
    /// A sign-in through something else, named as that tool names it.
    OtherProvider { provider: String },
    /// Its file cannot be read by others (Leapp's is encrypted).
    Locked,
}
