//! What a Chromium engine is told on its command line, and what it says about loads that went wrong.

use super::proxy::Proxies;
use rolecall_core::sign_in::Acs;
use std::net::IpAddr;
use url::{Host, Url};

/// No update, report or suggestion of its own, no reputation service, no pop-up over selected text.
const ALWAYS: [&str; 8] = [
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-features=msWebOOUI,msPdfOOUI,msSmartScreenProtection",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
];

/// The engine's arguments. They can be read by every process of the user: never a password, so that a proxy which wants
/// one asks for it.
pub(crate) fn arguments(proxies: Option<&Proxies>) -> String {
    let mut arguments: Vec<String> = ALWAYS.map(str::to_owned).to_vec();
    arguments.extend(proxies.map(proxy_arguments).unwrap_or_default());
    arguments.join(" ")
}

fn proxy_arguments(proxies: &Proxies) -> Vec<String> {
    if proxies.bypass.iter().any(|host| host == "*") {
        return vec!["--no-proxy-server".to_owned()];
    }
    let servers: Vec<String> = [("https", &proxies.https), ("http", &proxies.http)]
        .into_iter()
        .filter_map(|(scheme, own)| {
            let server = server(own.as_ref().or(proxies.all.as_ref())?)?;
            Some(format!("{scheme}={server}"))
        })
        .collect();
    if servers.is_empty() {
        return Vec::new();
    }
    // Loopback is an exception to Chromium unless this takes it away.
    let mut bypass = vec!["<-loopback>".to_owned()];
    bypass.extend(proxies.bypass.iter().flat_map(|host| exceptions(host)));
    vec![format!("--proxy-server={}", servers.join(";")), format!("--proxy-bypass-list={}", bypass.join(";"))]
}

/// `http://user:secret@proxy.example.org:8080/` as Chromium wants it: `http://proxy.example.org:8080`. None for what is
/// no address of a proxy.
fn server(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let (scheme, usual) = match url.scheme() {
        "http" => ("http", 80),
        "https" => ("https", 443),
        "socks4" | "socks4a" => ("socks4", 1080),
        "socks" | "socks5" | "socks5h" => ("socks5", 1080),
        _ => return None,
    };
    // Parsed anew where the scheme is none of the web's: its host would be any text.
    let host = Host::parse(url.host_str()?).ok()?;
    Some(format!("{scheme}://{host}:{}", url.port().unwrap_or(usual)))
}

/// `example.org` stands for the host and what is below it; addresses and networks for themselves.
fn exceptions(host: &str) -> Vec<String> {
    let name = host.trim_start_matches("*.").trim_start_matches('.');
    let plain = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:/[]".contains(&byte))
    };
    if !plain(name) {
        return Vec::new();
    }
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) => vec![format!("[{address}]")],
        Ok(IpAddr::V4(address)) => vec![address.to_string()],
        Err(_) if name.contains('/') || name.contains('[') => vec![name.to_owned()],
        Err(_) => vec![name.to_owned(), format!("*.{name}")],
    }
}

/// Patterns that cover the addresses of these ACS, and perhaps others: whoever uses them looks again.
pub(crate) fn filters(acs: &[Acs]) -> Vec<String> {
    acs.iter().map(|Acs { scheme, host, path }| format!("{scheme}://{host}{path}*")).collect()
}

/// A key and what is held with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys {
    /// Windows' number of it (VK_…).
    pub(crate) key: u32,
    pub(crate) control: bool,
    pub(crate) alt: bool,
}

/// Whether a key that is more than a letter reaches the engine: what moves in a page, edits or zooms it does; what a
/// browser does with a page does not.
pub(crate) fn may_pass(Keys { key, control, alt }: Keys) -> bool {
    const LEFT: u32 = 0x25;
    const RIGHT: u32 = 0x27;
    const F1: u32 = 0x70;
    /// With Shift it is the menu of the right mouse button.
    const F10: u32 = 0x79;
    const F24: u32 = 0x87;
    // Back, forward, reload, search, home: the keys of a keyboard that has them.
    const BROWSER: std::ops::RangeInclusive<u32> = 0xa6..=0xac;
    // Backspace, Enter, Escape, paging, arrows, Insert, Delete, 0, A C V X Y Z, and plus, minus and 0 where they are.
    const WITH_CONTROL: [u32; 26] = [
        0x08, 0x0d, 0x10, 0x11, 0x1b, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x2d, 0x2e, 0x30, 0x41,
        0x43, 0x56, 0x58, 0x59, 0x5a, 0x60, 0x6b, 0x6d, 0xbb,
    ];
    const MINUS: u32 = 0xbd;
    match (control, alt) {
        _ if BROWSER.contains(&key) => false,
        // What AltGr writes.
        (true, true) => true,
        (true, false) => WITH_CONTROL.contains(&key) || key == MINUS,
        // Alt+F4 closes the window.
        (false, true) => key != LEFT && key != RIGHT,
        (false, false) => !(F1..=F24).contains(&key) || key == F10,
    }
}

/// Whether an item of the engine's context menu edits a field.
pub(crate) fn is_editing(name: &str) -> bool {
    matches!(name, "undo" | "redo" | "cut" | "copy" | "paste" | "pasteAndMatchStyle" | "selectAll" | "emoji")
}

/// Why a load of the top frame did not end well.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LoadEnd {
    /// It was stopped by us, or given up by the page for another.
    Stopped,
    Certificate,
    Failed(&'static str),
}

/// By the number of a `COREWEBVIEW2_WEB_ERROR_STATUS`.
pub(crate) fn load_end(status: i32) -> LoadEnd {
    use LoadEnd::{Certificate, Failed, Stopped};
    match status {
        1 | 2 | 4 | 5 => Certificate,
        3 => Failed("the client certificate is not accepted"),
        6 => Failed("the server cannot be reached"),
        7 => Failed("the server took too long"),
        8 => Failed("the server's answer is not HTTP"),
        // CONNECTION_ABORTED is what Chromium's ERR_ABORTED becomes, too: stops, downloads, answers without content.
        9 | 14 => Stopped,
        10 => Failed("the connection was reset"),
        11 => Failed("there is no network connection"),
        12 => Failed("the connection was refused"),
        13 => Failed("the host name is not known"),
        15 => Failed("it redirects in a circle, or to nowhere"),
        17 => Failed("name or password is not accepted"),
        18 => Failed("the proxy does not accept name or password"),
        _ => Failed("the engine does not say why"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_as_arguments() {
        let of = |https: &str, http: &str, all: &str, bypass: &[&str]| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            proxy_arguments(&Proxies {
                https: some(https),
                http: some(http),
                all: some(all),
                bypass: bypass.iter().map(|host| (*host).to_owned()).collect(),
            })
            .join(" ")
        };
        for (given, expected) in [
            (
                of("http://proxy.example.org:8080", "", "", &[]),
                "--proxy-server=https=http://proxy.example.org:8080 --proxy-bypass-list=<-loopback>",
            ),
            (
                of("http://proxy.example.org", "https://other.example.org/", "socks5h://127.0.0.1", &[]),
                "--proxy-server=https=http://proxy.example.org:80;http=https://other.example.org:443 \
                 --proxy-bypass-list=<-loopback>",
            ),
            (
                of(
                    "",
                    "",
                    "socks5h://127.0.0.1",
                    &["localhost", ".example.org", "10.0.0.0/8", "::1", "10.1.2.3"],
                ),
                "--proxy-server=https=socks5://127.0.0.1:1080;http=socks5://127.0.0.1:1080 \
                 --proxy-bypass-list=<-loopback>;localhost;*.localhost;example.org;*.example.org;10.0.0.0/8;[::1];\
                 10.1.2.3",
            ),
            (of("http://proxy.example.org:8080", "", "", &["*"]), "--no-proxy-server"),
            // No secret, no second argument, no proxy that is none.
            (
                of(
                    "http://ada:secret@proxy.example.org:8080",
                    "",
                    "",
                    &["a --remote-debugging-port=1", "x;y", ""],
                ),
                "--proxy-server=https=http://proxy.example.org:8080 --proxy-bypass-list=<-loopback>",
            ),
            (of("socks5://a b --x:1", "ftp://proxy.example.org", "nonsense", &[]), ""),
        ] {
            assert_eq!(given, expected);
        }
        assert!(!arguments(None).contains("proxy"));
        assert!(arguments(None).contains("msSmartScreenProtection"));
    }

    #[test]
    fn editing_and_zoom_pass_and_a_browsers_keys_do_not() {
        let (plain, control, alt) = ((false, false), (true, false), (false, true));
        for (key, (control, alt), passes) in [
            // Zoom: on the main block, on the number block, back to 100 %.
            (0xbb, control, true),
            (0xbd, control, true),
            (0x30, control, true),
            (0x6b, control, true),
            (0x6d, control, true),
            (0x60, control, true),
            // Paste; a word to the left; AltGr+Q.
            (u32::from(b'V'), control, true),
            (0x25, control, true),
            (u32::from(b'Q'), (true, true), true),
            // Enter, Tab, Alt+F4.
            (0x0d, plain, true),
            (0x79, plain, true),
            (0x09, plain, true),
            (0x73, alt, true),
            // Reload, print, find, save, source, developer tools, new window, carets, help, back.
            (0x74, plain, false),
            (u32::from(b'R'), control, false),
            (u32::from(b'P'), control, false),
            (u32::from(b'F'), control, false),
            (u32::from(b'S'), control, false),
            (u32::from(b'U'), control, false),
            (u32::from(b'I'), control, false),
            (u32::from(b'N'), control, false),
            (0x7b, plain, false),
            (0x76, plain, false),
            (0x70, plain, false),
            (0x25, alt, false),
            (0xa6, plain, false),
        ] {
            assert_eq!(may_pass(Keys { key, control, alt }), passes, "{key:#x} {control} {alt}");
        }
        assert!(is_editing("paste") && !is_editing("saveAs") && !is_editing("inspectElement"));
    }

    #[test]
    fn filters_cover_what_is_accepted() {
        let acs = |host: &str| Acs { scheme: "https".into(), host: host.into(), path: "/saml".into() };
        assert_eq!(
            filters(&[acs("signin.aws.amazon.com"), acs("*.signin.aws.amazon.com")]),
            ["https://signin.aws.amazon.com/saml*", "https://*.signin.aws.amazon.com/saml*"]
        );
    }

    #[test]
    fn certificates_and_stops_are_told_from_failures() {
        let ends: Vec<LoadEnd> = (0..=18).map(load_end).collect();
        let which = |wanted: LoadEnd| (0..=18).filter(|status| ends[*status] == wanted).collect::<Vec<_>>();
        assert_eq!(which(LoadEnd::Certificate), [1, 2, 4, 5]);
        assert_eq!(which(LoadEnd::Stopped), [9, 14]);
        assert_eq!(load_end(-1), load_end(0));
    }
}
