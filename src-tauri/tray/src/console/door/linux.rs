//! Linux: the kernel's table of connections says whose each one is.

use std::net::{IpAddr, SocketAddr};

/// Whether the process that connected from `from` to `to` is of the same user (proc_net_tcp(5)).
pub(super) fn is_ours(from: SocketAddr, to: SocketAddr) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let uid = rustix::process::geteuid().as_raw().to_string();
    let (from, to) = (hexadecimal(from), hexadecimal(to));
    // sl local_address rem_address st tx:rx tr:tm retrnsmt uid …
    table.lines().skip(1).any(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        matches!(fields[..], [_, local, remote, _, _, _, _, owner, ..]
            if local == from && remote == to && owner == uid)
    })
}

/// `0100007F:1F90` for 127.0.0.1:8080: the address in the machine's byte order.
fn hexadecimal(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) => format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port()),
        IpAddr::V6(_) => String::new(),
    }
}
