//! One proxy, as variables, settings and scripts write it.

use super::Via;
use rolecall_core::problem::foreign;
use rolecall_core::secret::Secret;
use std::fmt;
use url::{Host, Url};

/// An HTTP proxy. Its address may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    address: Secret,
    shown: String,
}

impl Server {
    pub(super) fn address(&self) -> &str {
        self.address.expose()
    }
}

/// Host and port.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// `http://proxy.example.org:8080`, `proxy.example.org:8080`, `socks5://…`, `direct://`.
pub(super) fn parse(text: &str) -> Via {
    let text = text.trim();
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    let not_one = || Via::Unusable("its address is not that of a proxy".into());
    let Ok(mut url) = url else { return not_one() };
    if url.scheme() == "direct" {
        return Via::Direct;
    }
    // Parsed anew where the scheme is none of the web's: its host would be any text.
    let Some(host) = url.host_str().and_then(|host| Host::parse(host).ok()) else { return not_one() };
    let shown = url.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}"));
    let shown = foreign(&shown);
    match url.scheme() {
        "http" | "https" => {
            url.set_path("");
            url.set_query(None);
            url.set_fragment(None);
            Via::Proxy(Server { address: Secret::new(url.as_str()), shown })
        }
        // The SDK's HTTP client speaks HTTP to every proxy.
        scheme if scheme.starts_with("socks") => Via::Unusable(format!("{shown} is a SOCKS proxy")),
        scheme => Via::Unusable(format!("{shown} is a proxy of an unknown kind, {}", foreign(scheme))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_as_they_are_written() {
        let of = |text: &str| match parse(text) {
            Via::Direct => "direct".to_owned(),
            Via::Proxy(server) => format!("{server} = {}", server.address()),
            Via::Unusable(reason) => reason,
        };
        for (text, meant) in [
            ("http://proxy.example.org:8080", "proxy.example.org:8080 = http://proxy.example.org:8080/"),
            (" proxy.example.org:8080 ", "proxy.example.org:8080 = http://proxy.example.org:8080/"),
            ("proxy", "proxy = http://proxy/"),
            ("HTTPS://Proxy.example.org/path?x#y", "proxy.example.org = https://proxy.example.org/"),
            ("http://ada:p%40ss@10.0.0.1:3128", "10.0.0.1:3128 = http://ada:p%40ss@10.0.0.1:3128/"),
            ("[fd00::1]:8080", "[fd00::1]:8080 = http://[fd00::1]:8080/"),
            ("direct://", "direct"),
            ("socks5://127.0.0.1:1080", "127.0.0.1:1080 is a SOCKS proxy"),
            ("socks4a://ada:planted@proxy.example.org", "proxy.example.org is a SOCKS proxy"),
            ("ftp://proxy.example.org", "proxy.example.org is a proxy of an unknown kind, ftp"),
            ("quic://proxy.example.org:443", "proxy.example.org:443 is a proxy of an unknown kind, quic"),
            ("http://", "its address is not that of a proxy"),
            ("two words", "its address is not that of a proxy"),
            ("socks5://a b --x:1", "its address is not that of a proxy"),
            ("", "its address is not that of a proxy"),
        ] {
            assert_eq!(of(text), meant, "{text}");
        }
        assert!(!format!("{:?}", parse("http://ada:planted@proxy.example.org")).contains("planted"));
    }
}
