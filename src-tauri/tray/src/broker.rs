//! The operating system's own sign-on: on an Intune-enrolled Linux the identity broker gives a cookie that tells Entra
//! about the person and the compliant device. Elsewhere the web engine does it by itself.

#[cfg(any(target_os = "linux", test))]
mod messages;
#[cfg_attr(target_os = "linux", path = "broker/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "broker/elsewhere.rs")]
mod system;

use rolecall_core::profile::Authority;
use rolecall_core::sign_in::Cookie;
use url::{Host, Url};

/// For which sign-in a cookie is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The user principal name; without one the broker's only account will do, if it is of the tenant.
    pub username: Option<String>,
    /// The tenant's id (a GUID): the broker's accounts name theirs so.
    pub tenant: String,
    /// The page that the sign-in opens first.
    pub url: Url,
}

/// The cookie to put into the jar before the page is loaded; None where there is no broker, it has no such account, or
/// it does not give one within five seconds. `bus` is the session bus's address, None for the usual one.
///
/// It is worth a sign-in: nobody but the login host may get it, and it is not to be kept. Asks nobody unless
/// [`is_login_host`].
pub(crate) async fn cookie(ask: &Ask, bus: Option<&str>) -> Option<Cookie> {
    if !is_login_host(&ask.url) {
        return None;
    }
    system::cookie(ask, bus).await
}

/// Whether a broker could be asked on this session bus; none is started for it. `None` where systems have no broker that
/// Rolecall asks.
pub(crate) async fn is_there(bus: Option<&str>) -> Option<bool> {
    system::is_there(bus).await
}

/// Whether a cookie is such a one: the jar does not keep it.
pub(crate) fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-ms-") && name.contains("credential")
}

/// Whether the page is on one of Entra's login hosts over https, or on this computer.
fn is_login_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain("localhost")) => true,
        Some(Host::Domain(host)) => {
            url.scheme() == "https" && url.port().is_none() && Authority::HOSTS.contains(&host)
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// For this host only, for as long as the browser runs.
#[cfg(any(target_os = "linux", test))]
fn for_host_of(url: &Url, name: String, value: rolecall_core::secret::Secret) -> Option<Cookie> {
    use rolecall_core::sign_in::SameSite;
    let secure = url.scheme() == "https";
    Some(Cookie {
        name,
        value,
        domain: url.host_str()?.to_owned(),
        path: "/".to_owned(),
        secure,
        http_only: true,
        // Without Secure engines refuse None.
        same_site: if secure { SameSite::None } else { SameSite::Lax },
        expires: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::secret::Secret;
    use rolecall_core::sign_in::SameSite;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn only_login_hosts_may_get_it() {
        for (text, expected) in [
            ("https://login.microsoftonline.com/tenant/saml2?SAMLRequest=x", true),
            ("https://LOGIN.microsoftonline.com/", true),
            ("https://login.microsoftonline.us/", true),
            ("https://login.partner.microsoftonline.cn/", true),
            ("http://127.0.0.1:4100/", true),
            ("http://[::1]:4100/", true),
            ("http://localhost:4100/", true),
            ("http://login.microsoftonline.com/", false),
            ("https://login.microsoftonline.com:8443/", false),
            ("https://login.microsoftonline.com./", false),
            ("https://login.microsoftonline.com.example.org/", false),
            ("https://x.login.microsoftonline.com/", false),
            ("https://login.microsoftonline.com@example.org/", false),
            ("https://signin.aws.amazon.com/saml", false),
            ("https://localhost.example.org/", false),
            ("https://10.0.0.1/", false),
            ("about:blank", false),
        ] {
            assert_eq!(is_login_host(&url(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_cookie_is_for_the_host_alone() {
        let made = |text: &str| for_host_of(&url(text), "x-ms-a".into(), Secret::new("v")).expect(text);
        let entra = made("https://login.microsoftonline.com/t/saml2");
        assert_eq!((entra.domain.as_str(), entra.path.as_str()), ("login.microsoftonline.com", "/"));
        assert!(entra.secure && entra.http_only && entra.expires.is_none());
        assert_eq!(entra.same_site, SameSite::None);
        let demo = made("http://127.0.0.1:4100/t/saml2");
        assert_eq!((demo.domain.as_str(), demo.secure, demo.same_site), ("127.0.0.1", false, SameSite::Lax));
    }
}
