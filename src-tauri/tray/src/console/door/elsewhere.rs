//! Elsewhere the random path must do: it works once, for a minute.

use std::net::SocketAddr;

pub(super) fn is_ours(_from: SocketAddr, _to: SocketAddr) -> bool {
    true
}
