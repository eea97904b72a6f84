//! The make-believe Entra: the SAML endpoint, the pages a person goes through, sessions and responses.

mod device;
mod errors;
mod flow;
mod html;
mod pages;
mod request;
mod response;
mod session;
mod steps;
mod variant;

pub use device::{PRT_COOKIE, PrtSeen};
pub(crate) use device::{Prt, watch};
pub(crate) use flow::Flows;
pub(crate) use html::escape;
pub use request::AuthnRequest;
pub(crate) use session::Sessions;
pub(crate) use steps::router;
pub use variant::{Posting, Variant};

/// The pages that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Page {
    UserName,
    Password,
    /// Tiles of the accounts that this session knows.
    PickAccount,
    /// Number matching: the number, and the make-believe phone that asks for it.
    Number,
    /// The phone said no.
    Denied,
    StaySignedIn,
    /// Posts the SAML response to the ACS by itself.
    Working,
    /// "Sorry, but we're having trouble signing you in."
    Error,
    /// Some page that has nothing to do with AWS.
    Elsewhere,
    SignedOut,
}

impl Page {
    const NAMES: [(Self, &str); 10] = [
        (Self::UserName, "user-name"),
        (Self::Password, "password"),
        (Self::PickAccount, "pick-account"),
        (Self::Number, "number"),
        (Self::Denied, "denied"),
        (Self::StaySignedIn, "stay-signed-in"),
        (Self::Working, "working"),
        (Self::Error, "error"),
        (Self::Elsewhere, "elsewhere"),
        (Self::SignedOut, "signed-out"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(page, _)| *page == self).map_or("", |(_, name)| name)
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(page, _)| *page)
    }
}
