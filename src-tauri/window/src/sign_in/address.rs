//! Which addresses the sign-in webview may visit, and which it may be believed on.

use rolecall_core::saml::identity_center::is_identity_center;
use rolecall_core::sign_in::{Acs, EntraError};
use url::{Host, Url};

/// Whether a page of this address is protected on its way here: https, or http on loopback.
pub(crate) fn is_protected(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        },
        _ => false,
    }
}

/// Whether a form posted to `url` ends the sign-in.
pub(crate) fn is_acs(url: &Url, acs: &[Acs]) -> bool {
    acs.iter().any(|acs| acs.matches(url))
}

/// Whether a frame may go to `url`. An assertion consumer service is never visited: the assertion stays here.
/// `about:srcdoc` is an inline frame's own text, as harmless as the page that wrote it.
pub(crate) fn may_visit(url: &Url, acs: &[Acs]) -> bool {
    let blank = matches!(url.as_str(), "about:blank" | "about:srcdoc");
    (blank || is_protected(url)) && !is_acs(url, acs) && !is_identity_center(url)
}

/// What is to become of a frame's wish to go to `url`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// An assertion consumer service: what goes there is captured instead.
    Posts,
    /// No IAM SAML provider, so nothing that we could use.
    IdentityCenter,
    Refused,
}

pub(crate) fn verdict(url: &Url, acs: &[Acs]) -> Verdict {
    if is_identity_center(url) {
        Verdict::IdentityCenter
    } else if is_acs(url, acs) {
        Verdict::Posts
    } else if may_visit(url, acs) {
        Verdict::Allowed
    } else {
        Verdict::Refused
    }
}

/// Host, with the port where it is not the scheme's own; what the title and failures name.
pub(crate) fn host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// The code of Entra's error that an address carries in its query or fragment, as its answers to other protocols do.
pub(crate) fn entra_error(url: &Url) -> Option<EntraError> {
    [url.query(), url.fragment()].into_iter().flatten().find_map(|part| {
        let mut pairs = url::form_urlencoded::parse(part.as_bytes());
        let (_, text) = pairs.find(|(name, _)| name == "error_description")?;
        rolecall_core::entra_error::code_in(&text).map(|code| EntraError(code.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_in_addresses() {
        for (url, expected) in [
            (
                "https://example.org/?error=access_denied&error_description=AADSTS53003%3a+Access+has+been+blocked",
                Some("AADSTS53003"),
            ),
            ("https://example.org/#error=x&error_description=AADSTS500121%3A%20x", Some("AADSTS500121")),
            ("https://example.org/?error_description=Correlation+ID+53003", None),
            ("https://example.org/?error_description=AADSTS12", None),
            ("https://example.org/?error_description=AADSTS123456789012", None),
            ("https://example.org/?q=AADSTS53003", None),
            ("https://example.org/AADSTS53003", None),
            ("about:blank", None),
        ] {
            let found = entra_error(&Url::parse(url).expect(url));
            assert_eq!(found.map(|error| error.0).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn where_the_webview_may_go() {
        let acs =
            [Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() }];
        for (url, expected) in [
            ("https://login.microsoftonline.com/x", true),
            ("https://adfs.example.org/adfs/ls", true),
            ("about:blank", true),
            ("about:srcdoc", true),
            ("http://127.0.0.1:4100/x", true),
            ("http://[::1]:4100/x", true),
            ("http://localhost/x", true),
            ("http://localhost.example.org/x", false),
            ("http://login.example.org/", false),
            ("http://127.0.0.1.example.org/", false),
            ("https://signin.aws.amazon.com/saml", false),
            ("https://signin.aws.amazon.com/console", true),
            ("https://eu-central-1.signin.aws.amazon.com/platform/saml/acs/1", false),
            ("file:///etc/passwd", false),
            ("ipc://localhost/x", false),
            ("tauri://localhost/", false),
            ("data:text/html,x", false),
            ("blob:https://example.org/1", false),
            ("javascript:alert(1)", false),
            ("mailto:a@example.org", false),
            ("about:config", false),
            ("ws://127.0.0.1/", false),
        ] {
            let parsed = Url::parse(url).expect(url);
            assert_eq!(may_visit(&parsed, &acs), expected, "{url}");
        }
    }
}
