//! Windows: the table of connections names the process of each, and the process's token its user. Of another user's
//! process nothing can be read, which says as much.

use super::Peer;
use crate::win32::{process_user_sid, user_sid};
use std::ffi::c_void;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCPROW_OWNER_PID, TCP_TABLE_OWNER_PID_CONNECTIONS,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;

/// The table may grow between two calls.
const TRIES: usize = 5;

pub(super) fn of(from: SocketAddr, to: SocketAddr) -> Peer {
    let Some(rows) = rows() else { return Peer::Unknown };
    let row = rows
        .iter()
        .find(|row| is(row.dwLocalAddr, row.dwLocalPort, from) && is(row.dwRemoteAddr, row.dwRemotePort, to));
    // A client by IPv6 (::ffff:127.0.0.1) is in another table.
    let Some(row) = row else { return Peer::OtherUser };
    // No process: on Windows the connection is closed already, and on Wine no connection has one.
    if row.dwOwningPid == 0 {
        return Peer::Unknown;
    }
    let theirs = process_user_sid(row.dwOwningPid).ok();
    if theirs.is_some() && theirs == user_sid().ok() { Peer::SameUser } else { Peer::OtherUser }
}

/// Address and port stand there in network byte order, the port in the lower half.
fn is(address: u32, port: u32, wanted: SocketAddr) -> bool {
    let port = u16::from_be(u16::try_from(port & 0xffff).unwrap_or_default());
    IpAddr::V4(Ipv4Addr::from(address.to_ne_bytes())) == wanted.ip() && port == wanted.port()
}

fn rows() -> Option<Vec<MIB_TCPROW_OWNER_PID>> {
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
            match GetExtendedTcpTable(buffer, &raw mut size, 0, u32::from(AF_INET), kind, 0) {
                NO_ERROR => {
                    let first = table.as_ptr().add(1).cast::<MIB_TCPROW_OWNER_PID>();
                    let most = (table.len() - 1) * 4 / size_of::<MIB_TCPROW_OWNER_PID>();
                    let count = (table[0] as usize).min(most);
                    return Some((0..count).map(|at| first.add(at).read_unaligned()).collect());
                }
                ERROR_INSUFFICIENT_BUFFER => size = size.saturating_add(16 * 1024),
                _ => return None,
            }
        }
    }
    None
}
