//! Cookies as the engines of Windows and macOS take and give them.

use rolecall_core::sign_in::Cookie;

/// Whether an engine may be asked to hold it: RFC 6265's characters, and nothing that an engine might cut or refuse in
/// ways of its own.
pub(crate) fn is_sound(cookie: &Cookie) -> bool {
    let plain = |text: &str| !text.bytes().any(|byte| byte.is_ascii_control() || byte == b';');
    let name = &cookie.name;
    let token = !name.is_empty() && !name.bytes().any(|byte| byte == b'=' || byte.is_ascii_whitespace());
    let place = !cookie.domain.trim_start_matches('.').is_empty() && cookie.path.starts_with('/');
    token && place && [name, cookie.value.expose(), &cookie.domain, &cookie.path].into_iter().all(plain)
}

/// Whole seconds since 1970 of an engine's; none for a cookie that ends with the browser, which is -1 on Windows.
pub(crate) fn expiry(seconds: f64) -> Option<i64> {
    // The greatest time that a double holds to the second; far beyond what any engine keeps.
    const LAST: f64 = 9_007_199_254_740_992.0;
    (seconds.is_finite() && (0.0..LAST).contains(&seconds)).then_some(seconds as i64)
}

/// The reverse. Times before 1970 are past all the same.
pub(crate) fn seconds(expires: i64) -> f64 {
    expires.max(0) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::secret::Secret;
    use rolecall_core::sign_in::SameSite;

    #[test]
    fn what_no_engine_is_asked_to_hold() {
        let cookie = |name: &str, value: &str, domain: &str, path: &str| Cookie {
            name: name.into(),
            value: Secret::new(value),
            domain: domain.into(),
            path: path.into(),
            secure: true,
            http_only: true,
            same_site: SameSite::None,
            expires: None,
        };
        let host = "login.example.org";
        for (given, expected) in [
            (cookie("ESTSAUTH", "1.A-_=\"x\", y", host, "/"), true),
            (cookie("__Host-x", "", ".example.org", "/kmsi"), true),
            (cookie("", "x", host, "/"), false),
            (cookie("a=b", "x", host, "/"), false),
            (cookie("a b", "x", host, "/"), false),
            (cookie("a", "x;y", host, "/"), false),
            (cookie("a", "x\ny", host, "/"), false),
            (cookie("a", "x\0", host, "/"), false),
            (cookie("a", "x", ".", "/"), false),
            (cookie("a", "x", host, ""), false),
        ] {
            assert_eq!(is_sound(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn when_a_cookie_ends() {
        for (given, expected) in [
            (-1.0, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (1e300, None),
            (0.0, Some(0)),
            (1_795_000_000.75, Some(1_795_000_000)),
        ] {
            assert_eq!(expiry(given), expected, "{given}");
        }
        assert_eq!(expiry(seconds(1_795_000_000)), Some(1_795_000_000));
        assert_eq!(expiry(seconds(-5)), Some(0));
    }
}
