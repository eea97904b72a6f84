//! Which hosts are reached without the proxy of the environment (Go's `httpproxy`, which kubectl follows).

use std::net::IpAddr;

/// Whether `NO_PROXY` names the host, or it is this computer itself.
pub(super) fn is_direct(host: &str, no_proxy: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy.split(',').map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return true;
        }
        match address {
            Some(address) => names(&entry, address),
            None => {
                let domain = entry.trim_start_matches('*').trim_start_matches('.');
                let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
                below || (host == domain && !entry.starts_with(['.', '*']))
            }
        }
    })
}

/// An address, or a range of them: `10.0.0.0/8`.
fn names(entry: &str, address: IpAddr) -> bool {
    let Some((network, bits)) = entry.split_once('/') else {
        return entry.parse() == Ok(address);
    };
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
            network.to_bits() & mask == address.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_kubectl_reads_it() {
        for (host, no_proxy, direct) in [
            ("a.eks.example", "", false),
            ("localhost", "", true),
            ("127.0.0.2", "", true),
            ("[::1]", "", true),
            ("a.eks.example", "*", true),
            ("a.eks.example", "eks.example", true),
            ("A.eks.example", " .EKS.example ,x", true),
            ("eks.example", ".eks.example", false),
            ("eks.example", "eks.example", true),
            ("neweks.example", "eks.example", false),
            ("a.eks.example", "*.eks.example", true),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("11.1.2.3", "10.0.0.0/8", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "0.0.0.0/0", true),
            ("fd00::1", "fd00::/8", true),
            ("10.1.2.3", "10.0.0.0/99", false),
        ] {
            assert_eq!(is_direct(host, no_proxy), direct, "{host} {no_proxy}");
        }
    }
}
