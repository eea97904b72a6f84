//! One value of a policy against one value of a call.

use crate::trust::check::operator::{Order, Test, arn_like, like, opened};
use crate::trust::check::principal::open;
use jiff::Timestamp;
use std::cmp::Ordering;
use std::net::IpAddr;

/// Whether it fits; none where that depends on a part that is not known.
pub(super) fn fits(test: Test, wanted: &str, is: &str) -> Option<bool> {
    if open(wanted) {
        let opened = opened(wanted);
        // `${*}` and its like are signs, not parts that are left open.
        if !opened.contains('*') && !opened.contains("${") {
            return Some(opened == is);
        }
        return if like(&opened, is) { None } else { Some(false) };
    }
    Some(match test {
        Test::Equals | Test::Binary => wanted == is,
        Test::EqualsIgnoreCase => wanted.to_lowercase() == is.to_lowercase(),
        Test::Like => like(wanted, is),
        Test::Arn => arn_like(wanted, is),
        Test::Bool | Test::Null => wanted.eq_ignore_ascii_case(is),
        Test::Ip => in_network(wanted, is),
        Test::Numeric(order) => match (wanted.parse::<f64>(), is.parse::<f64>()) {
            (Ok(wanted), Ok(is)) => is.partial_cmp(&wanted).is_some_and(|found| ordered(order, found)),
            _ => false,
        },
        Test::Date(order) => match (wanted.parse::<Timestamp>(), is.parse::<Timestamp>()) {
            (Ok(wanted), Ok(is)) => ordered(order, is.cmp(&wanted)),
            _ => false,
        },
    })
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

/// `203.0.113.0/24` has `203.0.113.7`.
fn in_network(network: &str, address: &str) -> bool {
    let (base, bits) = network.split_once('/').map_or((network, None), |(base, bits)| (base, Some(bits)));
    let bytes = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let (Ok(base), Ok(address)) = (base.parse::<IpAddr>(), address.parse::<IpAddr>()) else { return false };
    let (base, address) = (bytes(base), bytes(address));
    let whole = base.len() * 8;
    let Some(bits) = bits.map_or(Some(whole), |bits| bits.parse().ok()).filter(|bits| *bits <= whole) else {
        return false;
    };
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    base.len() == address.len() && (0..bits).all(|at| bit(&base, at) == bit(&address, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_aws_does() {
        let less = Test::Numeric(Order::Less);
        let since = Test::Date(Order::GreaterOrEqual);
        for (test, wanted, is, fit) in [
            (Test::Equals, "a*", "a*", Some(true)),
            (Test::Equals, "a*", "ab", Some(false)),
            (Test::Equals, "A", "a", Some(false)),
            (Test::EqualsIgnoreCase, "Ä", "ä", Some(true)),
            (Test::Like, "repo:*/x:?", "repo:a/b/x:y", Some(true)),
            (Test::Like, "a?c", "ac", Some(false)),
            (Test::Arn, "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", Some(true)),
            (Test::Arn, "arn:*", "arn:aws:iam::1:role/a", Some(false)),
            (Test::Bool, "true", "True", Some(true)),
            (Test::Ip, "203.0.113.0/24", "203.0.113.7", Some(true)),
            (Test::Ip, "203.0.113.0/24", "203.0.114.7", Some(false)),
            (Test::Ip, "2001:db8::/32", "2001:db8:1::1", Some(true)),
            (Test::Ip, "203.0.113.0/99", "203.0.113.7", Some(false)),
            (less, "3600", "900", Some(true)),
            (less, "x", "900", Some(false)),
            (since, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", Some(true)),
            (Test::Like, "home/${aws:username}/*", "home/ada/x", None),
            (Test::Like, "home/${aws:username}/*", "away", Some(false)),
            (Test::Equals, "a${*}", "a*", None),
        ] {
            assert_eq!(fits(test, wanted, is), fit, "{test:?} {wanted} {is}");
        }
    }
}
