//! One value of a policy against one value of a call.

use crate::trust::check::operator::{Order, Test, arn_like, arns_meet, like, meet};
use crate::trust::check::pieces::{open, opened};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::cmp::Ordering;
use std::net::IpAddr;

/// Whether a value fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    No,
    /// That depends on a part that is not known.
    Open,
    /// One of the two is not what the operator compares.
    Odd,
    /// That depends on the path of the caller's role.
    Path,
}

impl From<bool> for Fit {
    fn from(fits: bool) -> Self {
        if fits { Self::Yes } else { Self::No }
    }
}

pub(super) fn fits(test: Test, wanted: &str, is: &str) -> Fit {
    if open(wanted) {
        let opened = opened(wanted);
        // `${*}` and its like are signs, not parts that are left open.
        if !opened.contains('*') && !open(&opened) {
            return (opened == is).into();
        }
        return if like(&opened, is) { Fit::Open } else { Fit::No };
    }
    let compared = match test {
        Test::Equals | Test::Binary => Some(wanted == is),
        Test::EqualsIgnoreCase => Some(wanted.to_lowercase() == is.to_lowercase()),
        Test::Like => Some(like(wanted, is)),
        Test::Arn => Some(arn_like(wanted, is)),
        Test::Bool | Test::Null => Some(wanted.eq_ignore_ascii_case(is)),
        Test::Ip => in_network(wanted, is),
        Test::Numeric(order) => {
            let number = |text: &str| text.trim().parse::<f64>().ok();
            number(is)
                .zip(number(wanted))
                .and_then(|(is, wanted)| is.partial_cmp(&wanted))
                .map(|found| ordered(order, found))
        }
        Test::Date(order) => {
            moment(is).zip(moment(wanted)).map(|(is, wanted)| ordered(order, is.cmp(&wanted)))
        }
    };
    compared.map_or(Fit::Odd, Fit::from)
}

/// The same for the ARN of a role whose path is not known: `arn` is without one, and `pattern` has `*` in its place.
pub(super) fn fits_with_path(test: Test, wanted: &str, arn: &str, pattern: &str) -> Fit {
    let plain = fits(test, wanted, arn);
    let could = match test {
        Test::Equals => like(pattern, &opened(wanted)) || (open(wanted) && meet(pattern, &opened(wanted))),
        Test::EqualsIgnoreCase => meet(&pattern.to_lowercase(), &opened(wanted).to_lowercase()),
        Test::Arn => arns_meet(&opened(wanted), pattern),
        _ => meet(&opened(wanted), pattern),
    };
    // No path that anybody has, and a long one: what fits both, fits any.
    let must = ["\u{1}", "\u{1}/\u{2}/\u{1}\u{2}"]
        .iter()
        .all(|path| fits(test, wanted, &pattern.replace('*', path)) == Fit::Yes);
    match plain {
        Fit::Yes if !must => Fit::Path,
        Fit::No if could => Fit::Path,
        plain => plain,
    }
}

/// A day, a moment or seconds since 1970, as AWS takes them.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let of_clock = || {
        let time = text.parse::<DateTime>().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let of_seconds = || Timestamp::from_second(text.parse().ok()?).ok();
    text.parse::<Timestamp>().ok().or_else(of_seconds).or_else(of_clock)
}

fn ordered(order: Order, found: Ordering) -> bool {
    match order {
        Order::Equal => found.is_eq(),
        Order::Less => found.is_lt(),
        Order::LessOrEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterOrEqual => found.is_ge(),
    }
}

/// `203.0.113.0/24` has `203.0.113.7`; none where one of them is no address.
fn in_network(network: &str, address: &str) -> Option<bool> {
    let (base, bits) = network.split_once('/').map_or((network, None), |(base, bits)| (base, Some(bits)));
    let bytes = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let (base, address) = (bytes(base.trim().parse().ok()?), bytes(address.trim().parse().ok()?));
    let whole = base.len() * 8;
    let bits = bits.map_or(Some(whole), |bits| bits.parse().ok()).filter(|bits| *bits <= whole)?;
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    Some(base.len() == address.len() && (0..bits).all(|at| bit(&base, at) == bit(&address, at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_aws_does() {
        let less = Test::Numeric(Order::Less);
        let since = Test::Date(Order::GreaterOrEqual);
        for (test, wanted, is, fit) in [
            (Test::Equals, "a*", "a*", Fit::Yes),
            (Test::Equals, "a*", "ab", Fit::No),
            (Test::Equals, "A", "a", Fit::No),
            (Test::EqualsIgnoreCase, "Ä", "ä", Fit::Yes),
            (Test::Like, "repo:*/x:?", "repo:a/b/x:y", Fit::Yes),
            (Test::Like, "a?c", "ac", Fit::No),
            (Test::Arn, "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", Fit::Yes),
            (Test::Arn, "arn:*", "arn:aws:iam::1:role/a", Fit::No),
            (Test::Bool, "true", "True", Fit::Yes),
            (Test::Ip, "203.0.113.0/24", "203.0.113.7", Fit::Yes),
            (Test::Ip, "203.0.113.0/24", "203.0.114.7", Fit::No),
            (Test::Ip, "2001:db8::/32", "2001:db8:1::1", Fit::Yes),
            (Test::Ip, "203.0.113.0/99", "203.0.113.7", Fit::Odd),
            (Test::Ip, "203.0.113.0/24", "2001:db8::1", Fit::No),
            (less, "3600", "900", Fit::Yes),
            (less, "x", "900", Fit::Odd),
            (since, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", Fit::Yes),
            (since, "2026-01-01", "2025-12-31T23:59:59Z", Fit::No),
            (since, "2026-01-01", "2026-01-01T00:00Z", Fit::Yes),
            (since, "1767225600", "2026-01-01", Fit::Yes),
            (since, "1767225601", "2026-01-01T00:00:00", Fit::No),
            (since, "soon", "2026-01-01", Fit::Odd),
            (Test::Like, "home/${aws:username}/*", "home/ada/x", Fit::Open),
            (Test::Like, "home/${aws:username}/*", "away", Fit::No),
            (Test::Equals, "a${*}", "a*", Fit::Open),
        ] {
            assert_eq!(fits(test, wanted, is), fit, "{test:?} {wanted} {is}");
        }
    }

    #[test]
    fn the_path_of_a_role_may_decide() {
        let (arn, pattern) = ("arn:aws:iam::1:role/Hub", "arn:aws:iam::1:role/*/Hub");
        for (test, wanted, fit) in [
            (Test::Arn, "arn:aws:iam::1:role/team/*", Fit::Path),
            (Test::Arn, "arn:aws:iam::1:role/Hub", Fit::Path),
            (Test::Arn, "arn:aws:iam::1:role/*", Fit::Yes),
            (Test::Arn, "arn:aws:iam::1:role/?ub", Fit::Path),
            (Test::Arn, "arn:aws:iam::2:role/team/*", Fit::No),
            (Test::Like, "*Hub", Fit::Yes),
            (Test::Like, "*:role/*/H*", Fit::Path),
            (Test::Like, "*:user/ada", Fit::No),
            (Test::Equals, "arn:aws:iam::1:role/team/Hub", Fit::Path),
            (Test::Equals, "arn:aws:iam::1:role/team/Other", Fit::No),
        ] {
            assert_eq!(fits_with_path(test, wanted, arn, pattern), fit, "{test:?} {wanted}");
        }
    }
}
