//! What the vault keeps: credentials of one profile, or the remembered cookies of one sign-on.

use rolecall_core::credentials::Credentials;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::sign_in::Cookie;
use serde::{Deserialize, Serialize};

/// What a sealed file is about. Not secret: it stands in the file, and is bound to what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    Credentials(ProfileName),
    Cookies(Jar),
}

/// Whose cookies: two sign-ins with one jar at a time would overwrite each other's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Jar {
    /// The login host's address.
    pub authority: String,
    /// Lower case, as the user.
    pub tenant: String,
    pub user: Option<String>,
}

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Credentials(Held),
    Cookies(Vec<Cookie>),
}

/// Credentials, and the role that they are for; none where another tool wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub role: Option<RoleArn>,
    pub credentials: Credentials,
    /// By whose sign-on they were obtained, where that is known: a profile of the same name may be another one by now.
    #[serde(default)]
    pub of: Option<SignOnId>,
}

/// Who signed in where, for which application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOnId(pub String);

/// A label with what belongs to it.
pub type Sealed = (Label, Content);

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Credentials(profile) => write!(f, "profile {profile}"),
            Self::Cookies(jar) => write!(f, "the sign-in to tenant {}", jar.tenant),
        }
    }
}
