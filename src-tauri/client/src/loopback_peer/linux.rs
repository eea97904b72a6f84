//! Linux: the kernel is asked for that one connection (sock_diag(7)); where it does not answer, its tables of all
//! connections are read (proc_net_tcp(5)).

use super::Peer;
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, netlink};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub(super) fn of(from: SocketAddr, to: SocketAddr) -> Peer {
    let (IpAddr::V4(source), IpAddr::V4(target)) = (from.ip(), to.ip()) else { return Peer::OtherUser };
    let user = match asked((source, from.port()), (target, to.port())) {
        Ok(user) => user,
        Err(_) => read(from, to),
    };
    if user == Some(rustix::process::geteuid().as_raw()) { Peer::SameUser } else { Peer::OtherUser }
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`.
const REQUEST: usize = 16 + 56;
/// `struct nlmsghdr` and `struct inet_diag_msg`.
const ANSWER: usize = 16 + 72;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLM_F_REQUEST: u16 = 1;
const NLMSG_ERROR: u16 = 2;
const TCP: u8 = 6;
const AF_INET: u8 = 2;
const LISTEN: u8 = 10;

/// The user of the socket that is bound to `source` and connected to `target`.
fn asked(source: (Ipv4Addr, u16), target: (Ipv4Addr, u16)) -> io::Result<Option<u32>> {
    let socket: OwnedFd =
        rustix::net::socket(AddressFamily::NETLINK, SocketType::DGRAM, Some(netlink::SOCK_DIAG))?;
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    let mut request = Vec::with_capacity(REQUEST);
    request.extend_from_slice(&u32::try_from(REQUEST).unwrap_or_default().to_ne_bytes());
    request.extend_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    request.extend_from_slice(&NLM_F_REQUEST.to_ne_bytes());
    request.extend_from_slice(&[0; 8]);
    request.extend_from_slice(&[AF_INET, TCP, 0, 0]);
    request.extend_from_slice(&u32::MAX.to_ne_bytes());
    request.extend_from_slice(&id(source, target));
    // Any interface, and no cookie.
    request.extend_from_slice(&[0; 4]);
    request.extend_from_slice(&[0xff; 8]);
    rustix::net::send(&socket, &request, SendFlags::empty())?;
    let mut answer = [0; 512];
    let (length, _) = rustix::net::recv(&socket, &mut answer[..], RecvFlags::empty())?;
    let answer = &answer[..length.min(512)];
    let kind = answer.get(4..6).map(|kind| u16::from_ne_bytes([kind[0], kind[1]]));
    match kind {
        Some(SOCK_DIAG_BY_FAMILY) if answer.len() >= ANSWER => Ok(user(answer, source, target)),
        Some(NLMSG_ERROR) => {
            match answer.get(16..20).map(|code| i32::from_ne_bytes([code[0], code[1], code[2], code[3]])) {
                Some(code) if code == -rustix::io::Errno::NOENT.raw_os_error() => Ok(None),
                // A kernel without it, or a sandbox that forbids it.
                _ => Err(io::ErrorKind::Unsupported.into()),
            }
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The ports and addresses of `struct inet_diag_sockid`.
fn id(source: (Ipv4Addr, u16), target: (Ipv4Addr, u16)) -> [u8; 36] {
    let mut id = [0; 36];
    id[..2].copy_from_slice(&source.1.to_be_bytes());
    id[2..4].copy_from_slice(&target.1.to_be_bytes());
    id[4..8].copy_from_slice(&source.0.octets());
    id[20..24].copy_from_slice(&target.0.octets());
    id
}

/// Of an answer about the connection that was asked for, and not about a listener or one that nobody holds any more.
fn user(answer: &[u8], source: (Ipv4Addr, u16), target: (Ipv4Addr, u16)) -> Option<u32> {
    let message = &answer[16..ANSWER];
    let number =
        |at: usize| u32::from_ne_bytes([message[at], message[at + 1], message[at + 2], message[at + 3]]);
    let ports = id(source, target);
    let (state, inode) = (message[1], number(68));
    (state != LISTEN && inode != 0 && message[4..8] == ports[..4]).then(|| number(64))
}

fn read(from: SocketAddr, to: SocketAddr) -> Option<u32> {
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|table| {
        let table = std::fs::read_to_string(table).ok()?;
        find(&table, from, to)
    })
}

/// sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode …
fn find(table: &str, from: SocketAddr, to: SocketAddr) -> Option<u32> {
    let (from, to) = (hexadecimal(from)?, hexadecimal(to)?);
    // A client whose sockets are of IPv6 says ::ffff:127.0.0.1.
    let is = |field: &str, wanted: &str| {
        field == wanted || field.strip_prefix("0000000000000000FFFF0000").is_some_and(|rest| rest == wanted)
    };
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        match fields[..] {
            [_, local, remote, _, _, _, _, owner, _, inode, ..]
                if is(local, &from) && is(remote, &to) && inode != "0" =>
            {
                owner.parse().ok()
            }
            _ => None,
        }
    })
}

/// `0100007F:1F90` for 127.0.0.1:8080: the address in the machine's byte order.
fn hexadecimal(address: SocketAddr) -> Option<String> {
    match address.ip() {
        IpAddr::V4(ip) => Some(format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port())),
        IpAddr::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn both_ways_say_the_same() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let to = listener.local_addr().expect("an address");
        // As Java does it: an address of IPv6 that means one of IPv4.
        for address in [to, SocketAddr::new("::ffff:127.0.0.1".parse().expect("an address"), to.port())] {
            let Ok(client) = TcpStream::connect(address) else { continue };
            let (_served, from) = listener.accept().expect("a client");
            let us = Some(rustix::process::geteuid().as_raw());
            assert_eq!(read(from, to), us, "{address}");
            assert_eq!(of(from, to), Peer::SameUser, "{address}");
            drop(client);
        }
    }
}
