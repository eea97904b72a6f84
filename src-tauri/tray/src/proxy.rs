//! Which proxy a request of ours goes through, and who says so: the variables of the environment, else the system's
//! settings with their script (PAC) and their automatic detection. The script learns the host, never a path or a query.

mod server;
#[cfg_attr(target_os = "linux", path = "proxy/linux.rs")]
#[cfg_attr(target_os = "macos", path = "proxy/macos.rs")]
#[cfg_attr(windows, path = "proxy/windows.rs")]
mod system;
mod trouble;
mod variables;
#[cfg(any(windows, test))]
mod windows_lists;

pub(crate) use server::Server;

use rolecall_core::problem::{Problem, foreign};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::{Host, Url};
use variables::Variables;

/// A script may look up names before it answers. Beyond that the request itself would come too late.
const PATIENCE: Duration = Duration::from_secs(6);
/// Settings change seldom; a change of the network forgets them all.
const KEPT: Duration = Duration::from_secs(5 * 60);
/// What the system could not say may be known soon.
const KEPT_UNKNOWN: Duration = Duration::from_secs(60);

/// How a request reaches its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) via: Via,
    pub(crate) origin: Origin,
    /// What the system could not tell, as a half-sentence.
    pub(crate) unknown: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Via {
    Direct,
    Proxy(Server),
    /// Something is set that no request of ours can go through: why, as a half-sentence.
    Unusable(String),
}

/// Who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody names a proxy.
    Nobody,
    /// A variable of the environment.
    Variable(&'static str),
    /// The variables name a proxy, but not for this scheme.
    OtherVariables,
    /// The host is this computer, which no system's settings are asked about.
    ThisComputer,
    /// The system's settings; where they say it themselves, or not how.
    Settings,
    /// A script at this address.
    #[cfg_attr(
        not(any(windows, target_os = "macos", test)),
        expect(dead_code, reason = "the portal does not tell a script from settings")
    )]
    Script(String),
    /// Web Proxy Auto-Discovery.
    #[cfg_attr(not(any(windows, test)), expect(dead_code, reason = "only Windows tells it from a script"))]
    Detection,
}

const SETTINGS: &str = if cfg!(windows) {
    "in the proxy settings of Windows"
} else if cfg!(target_os = "macos") {
    "in System Settings, Network"
} else {
    "in the network settings of the desktop"
};

/// As it stands after "set".
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("by nobody"),
            Self::Variable(name) => write!(f, "by {name}"),
            Self::OtherVariables => f.write_str("by the environment"),
            Self::ThisComputer => f.write_str("for other computers only"),
            Self::Settings => f.write_str(SETTINGS),
            Self::Script(address) => write!(f, "by the proxy script {address}"),
            Self::Detection => f.write_str("by automatic detection (WPAD)"),
        }
    }
}

/// Without user name and password.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.via, &self.origin) {
            (Via::Direct, Origin::Nobody) if self.unknown.is_some() => f.write_str("no proxy"),
            (Via::Direct, Origin::Nobody) => f.write_str("no proxy, because none is set"),
            (Via::Direct, Origin::ThisComputer) => f.write_str("no proxy, because it is this computer"),
            (Via::Direct, Origin::OtherVariables) => {
                f.write_str("no proxy, because the environment names one for another protocol only")
            }
            (Via::Direct, origin) => write!(f, "no proxy, as set {origin}"),
            (Via::Proxy(server), origin) => write!(f, "the proxy {server}, set {origin}"),
            (Via::Unusable(reason), origin) => {
                write!(f, "a proxy that cannot be used ({reason}), set {origin}")
            }
        }
    }
}

impl Route {
    fn new(via: Via, origin: Origin) -> Self {
        Self { via, origin, unknown: None }
    }
}

/// What a system says about one address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    /// In the order in which they are to be tried; none for no proxy.
    ways: Vec<Via>,
    origin: Origin,
    unknown: Option<String>,
}

impl Answer {
    fn none() -> Self {
        Self { ways: Vec::new(), origin: Origin::Nobody, unknown: None }
    }

    /// No proxy, because the system could not tell: why, as a half-sentence.
    fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), ..Self::none() }
    }

    /// The first way that can be gone. One request tries one proxy: the next request asks again.
    fn route(self) -> Route {
        let Self { ways, origin, unknown } = self;
        let usable = ways.iter().position(|way| !matches!(way, Via::Unusable(_)));
        let via = ways.into_iter().nth(usable.unwrap_or_default()).unwrap_or(Via::Direct);
        Route { via, origin, unknown }
    }
}

/// The way to this address.
pub(crate) async fn route(url: &Url) -> Route {
    let route = match Variables::of_process().route(url) {
        Some(route) => route,
        None => system_route(url, true).await,
    };
    tracing::debug!("{}: {route}", foreign(url.host_str().unwrap_or_default()));
    route
}

/// The way to this address as it is just now: of our own requests, and of a page in the sign-in window.
pub(crate) async fn examine(url: &Url) -> (Route, Route) {
    let variables = Variables::of_process();
    let (own, window) = (variables.route(url), variables.window_route(url));
    match (own, window) {
        (Some(own), Some(window)) => (own, window),
        (own, window) => {
            let system = system_route(url, false).await;
            (own.unwrap_or_else(|| system.clone()), window.unwrap_or(system))
        }
    }
}

/// The network is another, or a proxy did not answer: the system is asked anew.
pub(crate) fn forget() {
    memory().0.clear();
}

async fn system_route(url: &Url, from_memory: bool) -> Route {
    if is_this_computer(url) {
        return Route::new(Via::Direct, Origin::ThisComputer);
    }
    let Some(place) = place(url) else { return Answer::none().route() };
    let known = from_memory.then(|| memory().find(place.as_str(), Instant::now())).flatten();
    if let Some(known) = known {
        return known;
    }
    let answer = tokio::time::timeout(PATIENCE, system::ask(&place)).await;
    let answer = answer.unwrap_or_else(|_| Answer::unknown("the system's answer took too long"));
    if let Some(reason) = &answer.unknown {
        tracing::warn!("the system's proxy is not known: {reason}");
    }
    let route = answer.route();
    memory().keep(place.into(), route.clone(), Instant::now());
    route
}

/// What the system said, by scheme, host and port, and until when that counts.
struct Memory(BTreeMap<String, (Instant, Route)>);

static MEMORY: Mutex<Memory> = Mutex::new(Memory(BTreeMap::new()));

fn memory() -> MutexGuard<'static, Memory> {
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    fn find(&self, place: &str, now: Instant) -> Option<Route> {
        self.0.get(place).filter(|(until, _)| now < *until).map(|(_, route)| route.clone())
    }

    fn keep(&mut self, place: String, route: Route, now: Instant) {
        let time = if route.unknown.is_some() { KEPT_UNKNOWN } else { KEPT };
        self.0.retain(|_, (until, _)| now < *until);
        self.0.insert(place, (now + time, route));
    }
}

/// All that a script needs, and may know.
fn place(url: &Url) -> Option<Url> {
    let mut place = url.clone();
    place.set_username("").ok()?;
    place.set_password(None).ok()?;
    place.set_path("/");
    place.set_query(None);
    place.set_fragment(None);
    Some(place)
}

fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    }
}

/// A script's address as people may see it.
#[cfg(any(windows, target_os = "macos", test))]
fn shown_script(address: &str) -> String {
    let shown = Url::parse(address).ok().and_then(|mut url| {
        if url.has_host() {
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
        }
        url.set_query(None);
        url.set_fragment(None);
        Some(url.to_string())
    });
    foreign(&shown.unwrap_or_else(|| "in the settings".into()))
}

impl Route {
    /// What the HTTP client is told.
    ///
    /// # Errors
    /// [`Problem::ProxyUnusable`].
    pub(crate) fn client_config(&self) -> Result<aws_smithy_http_client::proxy::ProxyConfig, Problem> {
        use aws_smithy_http_client::proxy::ProxyConfig;
        match &self.via {
            Via::Direct => Ok(ProxyConfig::disabled()),
            Via::Proxy(server) => ProxyConfig::all(server.address())
                .map_err(|_| self.unusable("its address is not one of an HTTP proxy")),
            Via::Unusable(reason) => Err(self.unusable(reason)),
        }
    }

    fn unusable(&self, reason: &str) -> Problem {
        Problem::ProxyUnusable { set: self.origin.to_string(), reason: reason.to_owned() }
    }
}

/// Without a proxy, and with one.
#[cfg(test)]
pub(crate) fn examples() -> (Route, Route) {
    let proxy = server::parse("http://proxy.example.org:8080");
    (Route::new(Via::Direct, Origin::Nobody), Route::new(proxy, Origin::Variable("HTTPS_PROXY")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn the_first_way_that_can_be_gone_is_gone() {
        let route = |ways: &[&str]| {
            let ways = ways.iter().map(|way| server::parse(way)).collect();
            Answer { ways, origin: Origin::Settings, unknown: None }.route()
        };
        let shown = |ways: &[&str]| match route(ways).via {
            Via::Direct => "direct".to_owned(),
            Via::Proxy(server) => server.to_string(),
            Via::Unusable(reason) => reason,
        };
        assert_eq!(shown(&[]), "direct");
        assert_eq!(shown(&["http://a.example.org:1", "http://b.example.org:2"]), "a.example.org:1");
        assert_eq!(shown(&["socks5://a.example.org:1", "http://b.example.org:2"]), "b.example.org:2");
        assert_eq!(shown(&["socks5://a.example.org:1", "direct://"]), "direct");
        assert_eq!(shown(&["socks5://a.example.org:1"]), "a.example.org:1 is a SOCKS proxy");
    }

    #[test]
    fn a_route_in_words_without_secrets() {
        let proxied =
            |origin| Route::new(server::parse("http://ada:planted@proxy.example.org:8080/x"), origin);
        for (route, words) in [
            (
                proxied(Origin::Variable("HTTPS_PROXY")),
                "the proxy proxy.example.org:8080, set by HTTPS_PROXY",
            ),
            (
                proxied(Origin::Script(shown_script(
                    "http://ada:planted@wpad.example.org/proxy.pac?planted",
                ))),
                "the proxy proxy.example.org:8080, set by the proxy script http://wpad.example.org/proxy.pac",
            ),
            (
                proxied(Origin::Detection),
                "the proxy proxy.example.org:8080, set by automatic detection (WPAD)",
            ),
            (Route::new(Via::Direct, Origin::Nobody), "no proxy, because none is set"),
            (Route::new(Via::Direct, Origin::Variable("NO_PROXY")), "no proxy, as set by NO_PROXY"),
        ] {
            assert_eq!(route.to_string(), words);
            assert!(!format!("{route:?}").contains("planted"), "{route:?}");
        }
    }

    #[test]
    fn a_script_learns_the_host_only() {
        let asked = place(&url("https://ada:planted@signin.example.org:8443/federation?Session=planted#x"));
        assert_eq!(asked.as_ref().map(Url::as_str), Some("https://signin.example.org:8443/"));
    }

    #[tokio::test]
    async fn no_system_is_asked_about_this_computer() {
        for text in
            ["http://localhost:4566/", "http://127.0.0.2:4/", "http://[::1]:1/", "https://a.localhost/"]
        {
            let route = system_route(&url(text), false).await;
            assert_eq!((route.via, route.origin), (Via::Direct, Origin::ThisComputer), "{text}");
        }
    }

    #[test]
    fn what_the_system_said_is_kept_for_minutes_and_what_it_could_not_say_for_one() {
        let (direct, said) = examples();
        let unknown = Route { unknown: Some("it took too long".into()), ..direct };
        let (mut memory, now) = (Memory(BTreeMap::new()), Instant::now());
        memory.keep("https://a.example.org/".into(), said.clone(), now);
        memory.keep("https://b.example.org/".into(), unknown.clone(), now);
        let mut found = |seconds| {
            let then = now + Duration::from_secs(seconds);
            memory.keep("https://c.example.org/".into(), said.clone(), then);
            ["a", "b"].map(|host| memory.find(&format!("https://{host}.example.org/"), then))
        };
        assert_eq!(found(59), [Some(said.clone()), Some(unknown)]);
        assert_eq!(found(61), [Some(said.clone()), None]);
        assert_eq!(found(299), [Some(said.clone()), None]);
        assert_eq!(found(301), [None, None]);
    }
}
