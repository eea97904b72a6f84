//! Linux: nothing shows, and the session has the person's own PATH.

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::path::PathBuf;
use tokio::process::Command;

pub(super) fn prepare(_command: &mut Command) {}

/// Whether one of a client's displays still answers. Where that cannot be told without a network, it does.
pub(super) fn is_there(display: &BTreeMap<String, String>) -> bool {
    let wayland = || {
        let name = display.get("WAYLAND_DISPLAY")?;
        let run = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default();
        UnixStream::connect(run.join(name)).ok()
    };
    wayland().is_some() || display.get("DISPLAY").is_some_and(|name| is_x_there(name))
}

/// `:0`, `unix:0.0`, `localhost:10.0`.
fn is_x_there(name: &str) -> bool {
    let Some((host, number)) = name.rsplit_once(':') else { return false };
    let number = number.split('.').next().and_then(|number| number.parse::<u16>().ok());
    let Some(number) = number else { return false };
    match host {
        "" | "unix" => {
            let path = format!("/tmp/.X11-unix/X{number}");
            let hidden =
                SocketAddr::from_abstract_name(&path).and_then(|path| UnixStream::connect_addr(&path));
            hidden.is_ok() || UnixStream::connect(&path).is_ok()
        }
        "localhost" | "127.0.0.1" | "::1" | "[::1]" => {
            let Some(port) = number.checked_add(6000) else { return false };
            TcpStream::connect(("127.0.0.1", port)).is_ok() || TcpStream::connect(("::1", port)).is_ok()
        }
        _ => true,
    }
}

/// The window manager judges by itself.
pub(super) fn let_come_forward(_process: u32) {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_display_is_there_as_long_as_somebody_listens() {
        let display = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("wayland-7");
        let wayland = display("WAYLAND_DISPLAY", path.display().to_string());
        assert!(!is_there(&wayland));
        let listener = UnixListener::bind(&path).expect("a socket");
        assert!(is_there(&wayland));
        drop(listener);
        assert!(!is_there(&wayland), "its file only");

        // A port that a display can have, and that is free.
        let free = (6100..6200)
            .find_map(|port| Some((port, std::net::TcpListener::bind(("127.0.0.1", port)).ok()?)));
        let (port, listener) = free.expect("a port");
        let forwarded = display("DISPLAY", format!("localhost:{}.0", port - 6000));
        assert!(is_there(&forwarded));
        drop(listener);
        assert!(!is_there(&forwarded));
        assert!(!is_there(&display("DISPLAY", "nonsense".into())));
        assert!(is_there(&display("DISPLAY", "terminal.example.org:0".into())), "cannot be told");
    }
}
