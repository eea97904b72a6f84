//! What the resident process and the sign-in window say to each other: one request in, one outcome out.
//!
//! Both are one JSON object on one line: the request on the window's standard input, the outcome on the pipe that
//! its standard output was when it started. Either holds secrets; neither channel is ever shared or logged.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Lines longer than this are junk: an assertion has at most 100,000 characters, a jar some hundred cookies of 4 kB.
pub const LINE_LIMIT: usize = 4 * 1024 * 1024;

/// How long a person may take on the sign-in page.
pub const PERSON_TIME: Duration = Duration::from_secs(10 * 60);
/// A background sign-in asks nobody and needs no time for it.
pub const BACKGROUND_TIME: Duration = Duration::from_secs(60);

/// What the parent writes to the window process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToWindow {
    /// The first line, exactly once.
    Request(Request),
    /// Instead of a request: opens the engine on an empty page, hidden, with everything else as in a sign-in, and says
    /// whether it works ([`Outcome::EngineWorks`]).
    Test {
        /// How long it may take, in milliseconds.
        timeout_ms: u64,
    },
    /// Show the window now, if it is not shown yet: a person waits for it, and has [`PERSON_TIME`] from now on.
    Show,
}

/// Which page to open, and what ends the sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The page to open: https, or http on loopback.
    pub url: String,
    /// The profile's name, for the window's title.
    pub profile: String,
    pub mode: Mode,
    /// A form posted to one of these ends the sign-in.
    pub acs: Vec<Acs>,
    /// The cookie jar of this sign-on as it last stood.
    pub cookies: Vec<Cookie>,
    /// How long the whole sign-in may take, in milliseconds.
    pub timeout_ms: u64,
    /// Whether the operating system's own account may sign on. Windows only: on Linux the parent asks the broker, and
    /// on macOS an administrator decides.
    #[serde(default = "usual_os_sso")]
    pub os_sso: bool,
}

const fn usual_os_sso() -> bool {
    true
}

/// Whether the window may show itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Somebody asked for it: starts hidden, shows itself when the page needs a person.
    Interactive,
    /// Nobody asked: never shown; a page that needs a person ends it with [`Outcome::NeedsPerson`].
    Background,
}

/// An assertion consumer service: a form action on `host` whose path is `path` or lies below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acs {
    /// `https`, or `http` on loopback.
    pub scheme: String,
    /// Host, with the port where it is not the scheme's own: `signin.aws.amazon.com`, `127.0.0.1:4100`. A leading
    /// `*.` stands for exactly one label (`*.signin.aws.amazon.com`: the regional sign-in hosts).
    pub host: String,
    /// `/saml`: matches `/saml` itself and whatever lies below `/saml/`.
    pub path: String,
}

/// One cookie, as the web engine's own cookie manager knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookie {
    pub name: String,
    pub value: Secret,
    /// With its leading dot where the cookie is for sub-domains, too.
    pub domain: String,
    pub path: String,
    pub secure: bool,
    pub http_only: bool,
    pub same_site: SameSite,
    /// Seconds since 1970; none for a cookie that ends with the browser.
    pub expires: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameSite {
    None,
    Lax,
    Strict,
}

/// How a sign-in ended. Exactly one is written; a process that ends without one has crashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outcome {
    /// A page wanted to post `saml_response` to `acs`. Nothing was sent there.
    Captured {
        /// The form field's value: base64 of the SAML response.
        saml_response: Secret,
        /// The form's action, absolute.
        acs: String,
        /// The origin of the page that held the form (`https://login.microsoftonline.com`).
        page: String,
        /// The whole jar as it now stands.
        cookies: Vec<Cookie>,
        /// Whether the window was shown.
        #[serde(default)]
        shown: bool,
        /// Whether a person pressed a key or a pointer's button in it.
        #[serde(default)]
        person_acted: bool,
    },
    /// Only in [`Mode::Background`]: the page asks for something.
    NeedsPerson {
        error: Option<EntraError>,
    },
    /// The person closed the window, or the parent closed our standard input.
    Cancelled {
        /// What Entra's page said when it was closed, where it showed an error.
        error: Option<EntraError>,
    },
    Failed {
        reason: Failure,
        detail: Option<String>,
    },
    /// The answer to [`ToWindow::Test`].
    EngineWorks {
        /// Name and version: `WebKitGTK 2.50.6`.
        engine: String,
    },
}

/// An error that Entra's page showed: its code only, because the page's text is the page's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntraError(pub String);

/// Why the window could not do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The request was not one.
    BadRequest,
    /// No display to show a window on.
    NoDisplay,
    /// The system has no web engine (Windows: no WebView2 runtime).
    NoRuntime,
    /// The web engine did not start, or crashed: `detail` has its own words, if it said any.
    Engine,
    /// The page could not be loaded: `detail` names host and reason.
    Unreachable,
    /// The page's certificate is not trusted: `detail` names the host.
    Certificate,
    /// The page would have posted to IAM Identity Center: `detail` names the host.
    IdentityCenter,
    /// Nothing was captured within the request's time.
    Timeout,
}

impl Acs {
    /// Whether a form that posts to `url` posts to this ACS.
    pub fn matches(&self, url: &url::Url) -> bool {
        let host = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => return false,
        };
        let host_matches = match self.host.strip_prefix("*.") {
            Some(domain) => host
                .strip_suffix(domain)
                .and_then(|rest| rest.strip_suffix('.'))
                .is_some_and(|label| !label.is_empty() && !label.contains('.')),
            None => host == self.host,
        };
        let path = url.path();
        let path_matches = path == self.path
            || path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        url.scheme() == self.scheme && host_matches && path_matches && url.username().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acs_matching() {
        let global =
            Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() };
        let regional = Acs { host: "*.signin.aws.amazon.com".into(), ..global.clone() };
        for (acs, url, expected) in [
            (&global, "https://signin.aws.amazon.com/saml", true),
            (&global, "https://signin.aws.amazon.com/saml?x=1", true),
            (&global, "https://signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE", true),
            (&global, "https://signin.aws.amazon.com/saml2", false),
            (&global, "http://signin.aws.amazon.com/saml", false),
            (&global, "https://signin.aws.amazon.com:8443/saml", false),
            (&global, "https://signin.aws.amazon.com.evil.example.org/saml", false),
            (&global, "https://signin.aws.amazon.com@evil.example.org/saml", false),
            (&global, "https://evil@signin.aws.amazon.com/saml", false),
            (&global, "https://signin.aws.amazon.com.mcas.ms/saml", false),
            (&regional, "https://eu-central-1.signin.aws.amazon.com/saml", true),
            (&regional, "https://signin.aws.amazon.com/saml", false),
            (&regional, "https://a.b.signin.aws.amazon.com/saml", false),
            (&regional, "https://.signin.aws.amazon.com/saml", false),
        ] {
            let parsed = url::Url::parse(url).expect(url);
            assert_eq!(acs.matches(&parsed), expected, "{url}");
        }
    }
}
