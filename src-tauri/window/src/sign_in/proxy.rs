//! The proxies that the environment names, as curl and the AWS SDKs read them.

/// Proxy addresses with their scheme, and the hosts that are reached without one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Proxies {
    pub(crate) https: Option<String>,
    pub(crate) http: Option<String>,
    /// For whatever has none of its own.
    pub(crate) all: Option<String>,
    /// Host names (with their sub-domains), addresses and networks; `*` for every host.
    pub(crate) bypass: Vec<String>,
}

impl Proxies {
    /// None where no proxy is named. Lower case wins, as everywhere. Loopback is no exception unless `NO_PROXY` says so.
    pub(crate) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let read = |name: &str| {
            [name.to_owned(), name.to_uppercase()]
                .iter()
                .find_map(|name| variable(name))
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let address = |name| read(name).map(with_scheme);
        let bypass = read("no_proxy").unwrap_or_default();
        let proxies = Self {
            https: address("https_proxy"),
            http: address("http_proxy"),
            all: address("all_proxy"),
            bypass: bypass.split([',', ' ']).filter(|host| !host.is_empty()).map(str::to_owned).collect(),
        };
        let any = proxies.https.is_some() || proxies.http.is_some() || proxies.all.is_some();
        any.then_some(proxies)
    }
}

/// `proxy.example.org:8080` means an HTTP proxy.
fn with_scheme(address: String) -> String {
    if address.contains("://") { address } else { format!("http://{address}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_of_the_environment() {
        let proxies = |variables: &[(&str, &str)]| {
            Proxies::from_environment(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(proxies(&[]), None);
        assert_eq!(proxies(&[("NO_PROXY", "*"), ("https_proxy", " ")]), None);
        assert_eq!(
            proxies(&[
                ("HTTPS_PROXY", "proxy.example.org:8080"),
                ("http_proxy", "http://lower.example.org"),
                ("HTTP_PROXY", "http://upper.example.org"),
                ("all_proxy", "socks5://127.0.0.1:1080"),
                ("no_proxy", "localhost, .example.org,10.0.0.0/8"),
            ]),
            Some(Proxies {
                https: Some("http://proxy.example.org:8080".into()),
                http: Some("http://lower.example.org".into()),
                all: Some("socks5://127.0.0.1:1080".into()),
                bypass: ["localhost", ".example.org", "10.0.0.0/8"].map(String::from).to_vec(),
            })
        );
    }
}
