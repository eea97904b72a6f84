//! The variables of the environment. They go before the system's settings, all together: whoever sets one has decided.

use super::{Origin, Route, Via, server};
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// Lower case goes first, as in the sign-in window, curl and botocore.
const HTTPS: [&str; 2] = ["https_proxy", "HTTPS_PROXY"];
const HTTP: [&str; 2] = ["http_proxy", "HTTP_PROXY"];
const ALL: [&str; 2] = ["all_proxy", "ALL_PROXY"];
const NO: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// A variable's name and value.
type Set = Option<(&'static str, String)>;

#[derive(Default)]
pub(super) struct Variables {
    https: Set,
    http: Set,
    all: Set,
    no: Set,
}

impl Variables {
    pub(super) fn of_process() -> Self {
        // To Windows they are one, which everybody writes in upper case.
        Self::read(cfg!(windows), |name| std::env::var(name).ok())
    }

    /// An empty variable is unset, but hides the one in the other case.
    fn read(upper_first: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |[lower, upper]: [&'static str; 2]| {
            let names = if upper_first { [upper, lower] } else { [lower, upper] };
            let (name, value) = names.into_iter().find_map(|name| Some((name, variable(name)?)))?;
            let value = value.trim().to_owned();
            (!value.is_empty()).then_some((name, value))
        };
        Self { https: set(HTTPS), http: set(HTTP), all: set(ALL), no: set(NO) }
    }

    fn name_a_proxy(&self) -> bool {
        [&self.https, &self.http, &self.all].into_iter().any(Option::is_some)
    }

    /// None where the system is to be asked.
    pub(super) fn route(&self, url: &Url) -> Option<Route> {
        if let Some((name, hosts)) = &self.no
            && is_among(url, hosts)
        {
            return Some(Route::new(Via::Direct, Origin::Variable(name)));
        }
        if !self.name_a_proxy() {
            return None;
        }
        let own = if url.scheme() == "http" { &self.http } else { &self.https };
        Some(match own.as_ref().or(self.all.as_ref()) {
            Some((name, value)) => Route::new(server::parse(value), Origin::Variable(name)),
            None => Route::new(Via::Direct, Origin::OtherVariables),
        })
    }

    /// The same for a page in the sign-in window. The engine of macOS reads no variables, and those of the other systems
    /// read `NO_PROXY` only beside a proxy.
    pub(super) fn window_route(&self, url: &Url) -> Option<Route> {
        let reads = !cfg!(target_os = "macos") && self.name_a_proxy();
        reads.then(|| self.route(url)).flatten()
    }
}

/// By the rules of the library that the HTTP client itself goes by: curl's.
fn is_among(url: &Url, hosts: &str) -> bool {
    let hosts = hosts.replace(char::is_whitespace, ",");
    let all_else = Matcher::builder().all("http://proxy.invalid").no(hosts).build();
    let uri = url.as_str().parse();
    uri.is_ok_and(|uri: http::Uri| all_else.intercept(&uri).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> Variables {
        Variables::read(false, |name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn which_variable_decides() {
        let https = "https://sts.eu-central-1.amazonaws.com/";
        for (set, url, route) in [
            (&[][..], https, None),
            (&[("HTTPS_PROXY", " ")], https, None),
            (&[("HTTPS_PROXY", "a.example:1")], https, Some("the proxy a.example:1, set by HTTPS_PROXY")),
            (
                &[("HTTPS_PROXY", "a.example:1"), ("https_proxy", "b.example:2")],
                https,
                Some("the proxy b.example:2, set by https_proxy"),
            ),
            (
                &[("ALL_PROXY", "a.example:1"), ("https_proxy", "b.example:2")],
                "http://sts.example.org/",
                Some("the proxy a.example:1, set by ALL_PROXY"),
            ),
            (
                &[("HTTP_PROXY", "a.example:1")],
                https,
                Some("no proxy, because the environment names one for another protocol only"),
            ),
            (
                &[("HTTPS_PROXY", "a.example:1"), ("NO_PROXY", "other.example .amazonaws.com")],
                https,
                Some("no proxy, as set by NO_PROXY"),
            ),
            // Without a proxy beside it, too: the host is to be reached without one.
            (&[("no_proxy", "*")], https, Some("no proxy, as set by no_proxy")),
            (&[("NO_PROXY", "other.example")], https, None),
            // Loopback is an exception only if NO_PROXY says so, as in every SDK.
            (
                &[("http_proxy", "a.example:1"), ("NO_PROXY", "localhost,10.0.0.0/8")],
                "http://127.0.0.1:4566/",
                Some("the proxy a.example:1, set by http_proxy"),
            ),
            (
                &[("http_proxy", "a.example:1"), ("NO_PROXY", "localhost, 127.0.0.0/8")],
                "http://127.0.0.1:4566/",
                Some("no proxy, as set by NO_PROXY"),
            ),
            (
                &[("ALL_PROXY", "socks5://127.0.0.1:1080")],
                https,
                Some("a proxy that cannot be used (127.0.0.1:1080 is a SOCKS proxy), set by ALL_PROXY"),
            ),
        ] {
            let url = Url::parse(url).expect(url);
            let found = variables(set).route(&url).map(|route| route.to_string());
            assert_eq!(found.as_deref(), route, "{set:?}");
        }
    }

    #[test]
    fn where_the_window_goes_another_way() {
        let url = Url::parse("https://sts.amazonaws.com/").expect("an address");
        let without = variables(&[("NO_PROXY", "sts.amazonaws.com")]);
        assert!(without.route(&url).is_some() && without.window_route(&url).is_none());
        let proxied = variables(&[("HTTPS_PROXY", "a.example:1")]);
        let own = proxied.route(&url);
        assert_eq!(proxied.window_route(&url), own.filter(|_| !cfg!(target_os = "macos")));
    }
}
