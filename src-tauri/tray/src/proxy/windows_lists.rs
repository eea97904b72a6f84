//! The two lists of Windows' proxy settings, `ProxyServer` and `ProxyOverride`, as WinINet reads them.

use super::{Via, server};
use url::{Host, Url};

fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| c == ';' || c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty())
}

/// The proxies for this scheme in `proxy:8080`, or `http=a:80;https=b:8080;socks=c:1080`. Empty for none.
pub(super) fn servers(list: &str, scheme: &str) -> Vec<Via> {
    let (mut own, mut all, mut socks) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries(list) {
        match entry.split_once('=') {
            None => all.push(server::parse(entry)),
            Some((key, value)) if key.eq_ignore_ascii_case(scheme) => own.push(server::parse(value)),
            // For whatever has none of its own.
            Some((key, value)) if key.eq_ignore_ascii_case("socks") => {
                let value = value.split_once("://").map_or(value, |(_, value)| value);
                socks.push(server::parse(&format!("socks://{value}")));
            }
            Some(_) => {}
        }
    }
    [own, all, socks].into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether a list such as `*.example.org;10.*;https://b.example.org:8443;<local>` names the address.
pub(super) fn is_exception(list: &str, url: &Url) -> bool {
    let (Some(host), Some(parsed)) = (url.host_str(), url.host()) else { return false };
    let is_plain_name = matches!(parsed, Host::Domain(name) if !name.contains('.'));
    entries(list).any(|entry| match entry.to_ascii_lowercase().as_str() {
        "<local>" => is_plain_name,
        // `<-loopback>`: this computer never comes here.
        entry if entry.starts_with('<') => false,
        entry => names(entry, host, url),
    })
}

fn names(entry: &str, host: &str, url: &Url) -> bool {
    let (scheme, rest) = entry.split_once("://").map_or((None, entry), |(scheme, rest)| (Some(scheme), rest));
    if scheme.is_some_and(|scheme| scheme != url.scheme()) {
        return false;
    }
    let rest = rest.split('/').next().unwrap_or_default();
    // The colons of an IPv6 address are in brackets.
    let end_of_address = rest.rfind(']').map_or(0, |end| end + 1);
    let (pattern, port) = match rest.get(end_of_address..).and_then(|after| after.rfind(':')) {
        Some(colon) => rest.split_at(end_of_address + colon),
        None => (rest, ""),
    };
    if !port.is_empty()
        && port.strip_prefix(':').and_then(|port| port.parse().ok()) != url.port_or_known_default()
    {
        return false;
    }
    match pattern.strip_prefix('.') {
        // As Edge reads it.
        Some(domain) => host.strip_suffix(domain).is_some_and(|below| below.ends_with('.')),
        None => matches(pattern, host),
    }
}

/// `*` stands for anything, also for nothing.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(begin) else { return false };
    let (between, end) = rest.rsplit_once('*').map_or(("", rest), |(between, end)| (between, end));
    for part in between.split('*') {
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_by_scheme() {
        let of = |list: &str, scheme: &str| {
            let shown = servers(list, scheme).into_iter().map(|way| match way {
                Via::Direct => "direct".to_owned(),
                Via::Proxy(server) => server.to_string(),
                Via::Unusable(reason) => reason,
            });
            shown.collect::<Vec<_>>().join(", ")
        };
        let each = "http=a.example:80;https=b.example:8080;ftp=c.example:21;socks=d.example:1080";
        for (list, scheme, expected) in [
            ("", "https", ""),
            ("proxy.example.org:8080", "https", "proxy.example.org:8080"),
            ("http://proxy.example.org:8080/", "https", "proxy.example.org:8080"),
            (each, "https", "b.example:8080"),
            (each, "http", "a.example"),
            ("HTTP=a.example:81", "http", "a.example:81"),
            ("http=a.example:81", "https", ""),
            ("https=http://b.example:8080", "https", "b.example:8080"),
            ("http=a.example:81;socks=d.example:1080", "https", "d.example:1080 is a SOCKS proxy"),
            ("socks=socks5://d.example:1080", "https", "d.example:1080 is a SOCKS proxy"),
            ("a.example:81; b.example:82 ;;", "https", "a.example:81, b.example:82"),
            ("a.example:81 https=b.example:82", "https", "b.example:82"),
        ] {
            assert_eq!(of(list, scheme), expected, "{list} for {scheme}");
        }
    }

    #[test]
    fn exceptions() {
        for (list, url, named) in [
            ("", "https://a.example.org/", false),
            ("*.example.org", "https://a.example.org/", true),
            ("*.example.org", "https://example.org/", false),
            ("*.EXAMPLE.org", "https://a.example.org/", true),
            (".example.org", "https://a.example.org/", true),
            (".example.org", "https://aexample.org/", false),
            ("example.org", "https://a.example.org/", false),
            ("other.example; example.org", "https://example.org/", true),
            ("10.*", "http://10.1.2.3/", true),
            ("10.*", "http://110.1.2.3/", false),
            ("192.168.*.1", "http://192.168.7.1/", true),
            ("*", "https://sts.amazonaws.com/", true),
            ("sts.*.amazonaws.com", "https://sts.eu-central-1.amazonaws.com/", true),
            ("sts.*.amazonaws.com", "https://sts.amazonaws.com/", false),
            ("*sts*eu*com", "https://sts.eu-central-1.amazonaws.com/", true),
            ("*eu*sts*", "https://sts.eu-central-1.amazonaws.com/", false),
            ("<local>", "https://intranet/", true),
            ("<LOCAL>", "https://intranet.example.org/", false),
            ("<local>", "http://10.1.2.3/", false),
            ("<-loopback>", "https://intranet/", false),
            ("https://a.example.org", "https://a.example.org/", true),
            ("https://a.example.org", "http://a.example.org/", false),
            ("a.example.org:8443", "https://a.example.org:8443/", true),
            ("a.example.org:8443", "https://a.example.org/", false),
            ("a.example.org:443", "https://a.example.org/", true),
            ("[fd00::1]", "https://[fd00::1]/", true),
            ("[fd00::*]:443", "https://[fd00::1]/", true),
            ("[fd00::1]:80", "https://[fd00::1]/", false),
        ] {
            let url = Url::parse(url).expect(url);
            assert_eq!(is_exception(list, &url), named, "{list} {url}");
        }
    }
}
