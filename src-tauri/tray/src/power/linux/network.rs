//! The kernel's own news of links, addresses and routes: rtnetlink(7). What they say does not matter, only that it is
//! over.

use crate::power::{Happening, quiet};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use std::io;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc::UnboundedSender;

/// `RTMGRP_LINK`, `_IPV4_IFADDR`, `_IPV4_ROUTE`, `_IPV6_IFADDR`, `_IPV6_ROUTE` of linux/rtnetlink.h.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

/// Tells until the other end of `to` is gone.
pub(super) async fn tell(to: &UnboundedSender<Happening>) -> io::Result<()> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    // No protocol stands for NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    #[expect(unsafe_code, reason = "AsyncFd owns the descriptor and never gives it away")]
    let socket = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) }?;
    quiet::tell(to, async || news(&socket).await).await
}

/// Waits for messages and throws them away.
async fn news(socket: &AsyncFd<OwnedFd>) -> io::Result<()> {
    let mut ready = socket.readable().await?;
    let mut message = [0_u8; 256];
    loop {
        match recv(socket.get_ref(), &mut message[..], RecvFlags::empty()) {
            // Lost messages (NOBUFS) are news, too.
            Ok(_) | Err(Errno::INTR | Errno::NOBUFS) => {}
            Err(Errno::AGAIN) => {
                ready.clear_ready();
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
}
