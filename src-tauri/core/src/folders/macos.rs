//! The Library of the person's home.

use super::Folders;
use std::path::{Path, PathBuf};

/// So many bytes has the path of a socket, with a zero at its end (`sockaddr_un` in sys/un.h).
const SOCKET_PATH: usize = 104;

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let home = variable("HOME")?;
    let support = home.join("Library/Application Support/org.rolecall.Rolecall");
    let run = run(&home, &support);
    Some(Folders {
        state: support.join("state"),
        config: support.clone(),
        data: support.join("data"),
        socket: run.join("socket"),
        service: support.join("state"),
        run,
    })
}

/// A home on a server or with a long name has a Library that is too far away for a socket. (What lies in `TMPDIR` is
/// removed after three days.)
fn run(home: &Path, support: &Path) -> PathBuf {
    let usual = support.join("run");
    if usual.join("socket").as_os_str().len() < SOCKET_PATH { usual } else { home.join(".rolecall") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(home: &str) -> Folders {
        super::find(&|name| (name == "HOME").then(|| home.into())).expect("folders")
    }

    #[test]
    fn the_socket_s_path_is_short_enough() {
        let usual = find("/Users/ada");
        assert_eq!(
            usual.socket,
            PathBuf::from("/Users/ada/Library/Application Support/org.rolecall.Rolecall/run/socket")
        );
        assert_eq!(
            usual.config,
            PathBuf::from("/Users/ada/Library/Application Support/org.rolecall.Rolecall")
        );
        let fits = |home: &str| find(home).socket.as_os_str().len();
        let longest = format!("/{}", "h".repeat(SOCKET_PATH - 2 - (fits("/Users/ada") - "/Users/ada".len())));
        assert_eq!(fits(&longest), SOCKET_PATH - 1);
        let far = format!("{longest}h");
        assert_eq!(find(&far).socket, Path::new(&far).join(".rolecall/socket"));
        assert_eq!(find(&far).state, find(&far).config.join("state"));
        assert_eq!(super::find(&|_| None), None);
    }
}
