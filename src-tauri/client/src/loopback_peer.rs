//! Whose process is at the other end of a connection on loopback: other users of the computer can connect, too.

#[cfg_attr(target_os = "linux", path = "loopback_peer/linux.rs")]
#[cfg_attr(windows, path = "loopback_peer/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "loopback_peer/unsupported.rs")]
mod system;

use std::net::SocketAddr;

/// Who connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A process of the same user.
    SameUser,
    /// Somebody else's, or one that has gone already.
    OtherUser,
    /// This system does not say.
    Unknown,
}

/// Whose connection comes `from` there `to` a listener of ours.
pub fn of(from: SocketAddr, to: SocketAddr) -> Peer {
    system::of(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn our_own_connection_is_ours_and_one_that_is_none_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let to = listener.local_addr().expect("an address");
        let client = TcpStream::connect(to).expect("connected");
        let (_served, from) = listener.accept().expect("a client");
        assert_ne!(of(from, to), Peer::OtherUser);
        if cfg!(any(target_os = "linux", windows)) {
            // Wine knows the connection, and not whose it is.
            let known = if cfg!(windows) { of(from, to) } else { Peer::SameUser };
            assert_eq!(of(from, to), known);
            let nobody = SocketAddr::new(from.ip(), from.port() ^ 1);
            assert_eq!(of(nobody, to), Peer::OtherUser);
            // The listener itself is no client.
            assert_eq!(of(to, from), known, "the other end of the same connection");
            assert_eq!(of(to, nobody), Peer::OtherUser);
        }
        drop(client);
    }
}
