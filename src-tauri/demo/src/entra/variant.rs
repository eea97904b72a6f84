//! How Entra's last page can differ from the usual one: each is something that was seen, or feared, in the field.

use std::time::Duration;

/// What the page that ends the sign-in does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variant {
    /// Posts a genuine response from an inline script.
    Usual,
    /// Posts a genuine response in another way.
    Posts(Posting),
    /// Says "Working..." for ever.
    NeverPosts,
    /// The response answers another request.
    OtherRequest,
    /// The response answers no request (`InResponseTo` is missing).
    NoRequest,
    /// The form posts to this address instead of the request's ACS.
    OtherAcs(String),
    /// The form's `SAMLResponse` is not base64.
    JunkBase64,
    /// The form's `SAMLResponse` is base64 of something that is no XML.
    JunkXml,
    /// The assertion lists no role.
    NoRoles,
    /// The response has more characters than AWS takes (100,000).
    TooLong,
    /// Issued six minutes ago.
    ExpiredOnArrival,
    /// Changed after it was issued: AWS finds the signature invalid.
    Tampered,
    /// A SAML error response: status Responder with this code inside, such as `AuthnFailed` or `NoPassive`.
    SamlError(String),
    /// An error page: code and text, `("AADSTS50105", "…")`.
    ErrorPage(String, String),
    /// A page of somebody else's, without any form.
    Elsewhere,
    /// The page never comes: the line stays open.
    Hangs,
    /// HTTP status without a page of Entra's, such as 500.
    Status(u16),
}

/// The ways in which a page can post its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    /// In `window.onload`.
    OnLoad,
    /// After a while.
    After(Duration),
    /// A form that a script appends, submits and removes at once.
    AppendAndRemove,
    /// `form.requestSubmit()`.
    RequestSubmit,
    /// Not by itself: the person presses a button.
    Button,
}
