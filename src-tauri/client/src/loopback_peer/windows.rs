//! Windows: the tables of connections name the process of each, and the process's token its user. Of another user's
//! process nothing can be read, which says as much.

use super::Peer;
use crate::win32::{process_user_sid, user_sid};
use std::ffi::c_void;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCP6ROW_OWNER_PID, MIB_TCPROW_OWNER_PID, TCP_TABLE_OWNER_PID_CONNECTIONS,
};
use windows_sys::Win32::Networking::WinSock::{ADDRESS_FAMILY, AF_INET, AF_INET6};

/// The table may grow between two calls.
const TRIES: usize = 5;

pub(super) fn of(from: SocketAddr, to: SocketAddr) -> Peer {
    let (by_ipv4, by_ipv6) = (rows::<MIB_TCPROW_OWNER_PID>(), rows::<MIB_TCP6ROW_OWNER_PID>());
    let found = process(by_ipv4.iter().chain(&by_ipv6).flatten(), from, to);
    let Some(process) = found else {
        // It may be in the table that could not be read.
        return if by_ipv4.is_some() && by_ipv6.is_some() { Peer::OtherUser } else { Peer::Unknown };
    };
    // No process: on Windows the connection is closed already, and on Wine no connection has one.
    if process == 0 {
        return Peer::Unknown;
    }
    let theirs = process_user_sid(process).ok();
    if theirs.is_some() && theirs == user_sid().ok() { Peer::SameUser } else { Peer::OtherUser }
}

/// One end of a connection, seen from it.
#[derive(Debug, Clone, Copy)]
struct Connection {
    from: (IpAddr, u16),
    to: (IpAddr, u16),
    process: u32,
}

fn process<'a>(
    mut connections: impl Iterator<Item = &'a Connection>,
    from: SocketAddr,
    to: SocketAddr,
) -> Option<u32> {
    let is = |(address, port): (IpAddr, u16), wanted: SocketAddr| {
        address.to_canonical() == wanted.ip().to_canonical() && port == wanted.port()
    };
    let found = connections.find(|connection| is(connection.from, from) && is(connection.to, to));
    found.map(|connection| connection.process)
}

/// A row of one of the tables.
trait Row {
    const FAMILY: ADDRESS_FAMILY;

    fn read(&self) -> Connection;
}

impl Row for MIB_TCPROW_OWNER_PID {
    const FAMILY: ADDRESS_FAMILY = AF_INET;

    fn read(&self) -> Connection {
        let address = |address: u32| IpAddr::from(address.to_ne_bytes());
        Connection {
            from: (address(self.dwLocalAddr), port(self.dwLocalPort)),
            to: (address(self.dwRemoteAddr), port(self.dwRemotePort)),
            process: self.dwOwningPid,
        }
    }
}

/// A client of both families connects from `::ffff:127.0.0.1`.
impl Row for MIB_TCP6ROW_OWNER_PID {
    const FAMILY: ADDRESS_FAMILY = AF_INET6;

    fn read(&self) -> Connection {
        let address = |address: [u8; 16]| IpAddr::V6(Ipv6Addr::from(address));
        Connection {
            from: (address(self.ucLocalAddr), port(self.dwLocalPort)),
            to: (address(self.ucRemoteAddr), port(self.dwRemotePort)),
            process: self.dwOwningPid,
        }
    }
}

/// In network byte order, in the lower half.
fn port(port: u32) -> u16 {
    u16::from_be(u16::try_from(port & 0xffff).unwrap_or_default())
}

fn rows<R: Row>() -> Option<Vec<Connection>> {
    let mut size = 64 * 1024_u32;
    for _ in 0..TRIES {
        // u32, for the alignment of the table.
        let mut table = vec![0_u32; size.div_ceil(4) as usize];
        #[expect(unsafe_code, reason = "calls into the system")]
        // SAFETY: the buffer is as long as is said; the call puts a count at its start, and so many rows of plain
        // numbers behind it, all of which lie in the buffer.
        unsafe {
            let buffer = table.as_mut_ptr().cast::<c_void>();
            let kind = TCP_TABLE_OWNER_PID_CONNECTIONS;
            match GetExtendedTcpTable(buffer, &raw mut size, 0, u32::from(R::FAMILY), kind, 0) {
                NO_ERROR => {
                    let first = table.as_ptr().add(1).cast::<R>();
                    let most = (table.len() - 1) * 4 / size_of::<R>();
                    let count = (table[0] as usize).min(most);
                    return Some((0..count).map(|at| first.add(at).read_unaligned().read()).collect());
                }
                ERROR_INSUFFICIENT_BUFFER => size = size.saturating_add(16 * 1024),
                _ => return None,
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_of_both_families_is_found_by_either_table() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let ends = |from: SocketAddr, to: SocketAddr, process| Connection {
            from: (from.ip(), from.port()),
            to: (to.ip(), to.port()),
            process,
        };
        let (from, to) = (at("127.0.0.1:50000"), at("127.0.0.1:8080"));
        let other = ends(to, from, 1);
        for ours in
            [ends(from, to, 7), ends(at("[::ffff:127.0.0.1]:50000"), at("[::ffff:127.0.0.1]:8080"), 7)]
        {
            assert_eq!(process([other, ours].iter(), from, to), Some(7));
        }
        assert_eq!(process([other].iter(), from, to), None);
        let row = MIB_TCP6ROW_OWNER_PID {
            ucLocalAddr: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1],
            dwLocalPort: u32::from(50_000_u16.to_be()),
            dwOwningPid: 7,
            ..Default::default()
        };
        let read = row.read();
        assert_eq!((read.from.0.to_canonical(), read.from.1), (from.ip(), from.port()));
    }
}
