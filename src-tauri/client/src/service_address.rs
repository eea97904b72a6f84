//! Where the background service of this home listens: it writes that down beside its lock, in a folder that depends on
//! the home alone, so that a client without the session's variables (cron, `su`) finds it, too.

use rolecall_core::folders::Folders;
use std::path::{Path, PathBuf};

/// The files beside the service's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceFiles {
    /// Held for the service's life.
    pub lock: PathBuf,
    /// Names the socket.
    pub address: PathBuf,
    /// There while the service runs: a clean end removes it.
    pub running: PathBuf,
}

/// In the run folder: the home whose service uses it. Two homes may share one `XDG_RUNTIME_DIR`.
const HOME: &str = "home";

/// Longer than any path of a socket.
const LONGEST: usize = 4096;

impl ServiceFiles {
    /// With a part for this computer in their names: a home may be on a server that many computers use.
    pub fn of(folders: &Folders) -> Self {
        let computer = computer();
        let file = |what: &str| folders.service.join(format!("service{computer}.{what}"));
        Self { lock: file("lock"), address: file("address"), running: file("running") }
    }
}

/// The file in a run folder that names its home.
pub fn home_file(run: &Path) -> PathBuf {
    run.join(HOME)
}

/// What stands in [`home_file`]: the path of [`Folders::service`] without links, however the environment spells it.
pub fn home_text(folders: &Folders) -> String {
    let service = &folders.service;
    // It may not be there yet: then by the nearest folder above it that is.
    let real = service.ancestors().find_map(|above| {
        let rest = service.strip_prefix(above).ok()?;
        Some(std::fs::canonicalize(above).ok()?.join(rest))
    });
    real.as_ref().unwrap_or(service).display().to_string()
}

/// Whether a run folder says that it is another home's.
pub fn belongs_to_another_home(run: &Path, folders: &Folders) -> bool {
    read(&home_file(run)).is_some_and(|home| home != home_text(folders))
}

/// Where the service of this home may be listening, the likeliest first.
pub(crate) fn sockets(folders: &Folders) -> Vec<PathBuf> {
    let written = read(&ServiceFiles::of(folders).address);
    if cfg!(windows) {
        return written.filter(|name| is_pipe_name(name)).map(PathBuf::from).into_iter().collect();
    }
    let written = written.map(PathBuf::from);
    let usual = (!belongs_to_another_home(&folders.run, folders)).then(|| folders.socket.clone());
    let mut sockets: Vec<PathBuf> = written.filter(|path| path.is_absolute()).into_iter().collect();
    sockets.extend(usual.filter(|usual| !sockets.contains(usual)));
    sockets
}

/// Of a named pipe, in front of a random number: nobody else can take the name before the service does. It is written
/// into a folder of the person's own, which is the same one however the environment spells it.
pub const PIPE: &str = r"\\.\pipe\rolecall-";

/// Also false where it is not written to its end yet.
fn is_pipe_name(name: &str) -> bool {
    let number = name.strip_prefix(PIPE).unwrap_or_default();
    number.len() == 32 && number.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn read(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let text = text.trim_end_matches('\n');
    (!text.is_empty() && text.len() < LONGEST).then(|| text.to_owned())
}

/// `-0123456789ab`, or nothing where the system has no name for itself.
#[cfg(target_os = "linux")]
fn computer() -> String {
    let id = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
    let id: String = id.trim().chars().filter(char::is_ascii_hexdigit).take(12).collect();
    if !id.is_empty() {
        return format!("-{id}");
    }
    // A container mostly has no id, and a name of its own.
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).take(24).collect();
    if name.is_empty() { String::new() } else { format!("-{name}") }
}

#[cfg(not(target_os = "linux"))]
fn computer() -> String {
    String::new()
}

#[cfg(test)]
mod pipes {
    use super::*;

    #[test]
    fn a_name_of_a_pipe_is_read_whole_or_not_at_all() {
        let name = format!("{PIPE}0123456789abcdef0123456789abcdef");
        assert!(is_pipe_name(&name));
        for other in
            ["", PIPE, &name[..name.len() - 1], r"\\server\pipe\rolecall-x", &format!("{name}0"), "C:\\x"]
        {
            assert!(!is_pipe_name(other), "{other}");
        }
    }

    #[cfg(windows)]
    #[test]
    fn one_service_is_found_however_its_folder_is_spelled() {
        let place = tempfile::tempdir().expect("a folder");
        let usual = place.path().to_str().expect("text").to_owned();
        let found = |spelling: &str| {
            let variable =
                |name: &str| (name == "LOCALAPPDATA" || name == "APPDATA").then(|| spelling.into());
            let folders = Folders::find(&variable).expect("folders");
            (sockets(&folders), folders)
        };
        let (none, folders) = found(&usual);
        assert_eq!(none, Vec::<PathBuf>::new(), "nothing that others could know");
        let name = format!("{PIPE}0123456789abcdef0123456789abcdef");
        std::fs::create_dir_all(&folders.service).expect("a folder");
        std::fs::write(ServiceFiles::of(&folders).address, format!("{name}\n")).expect("written");
        assert_eq!(folders.socket, ServiceFiles::of(&folders).address);
        for spelling in [
            usual.clone(),
            usual.to_uppercase(),
            usual.replace('\\', "/"),
            format!(r"{usual}\"),
            format!(r"{usual}\."),
        ] {
            assert_eq!(found(&spelling).0, [PathBuf::from(&name)], "{spelling}");
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn folders(home: &Path, run: Option<&Path>) -> Folders {
        Folders::find(&|name| match name {
            "HOME" => Some(home.into()),
            "XDG_RUNTIME_DIR" => run.map(Into::into),
            _ => None,
        })
        .expect("folders")
    }

    #[test]
    fn one_home_is_found_with_and_without_a_runtime_folder() {
        let place = tempfile::tempdir().expect("a folder");
        let (home, run) = (place.path().join("home"), place.path().join("run"));
        let (with, without) = (folders(&home, Some(&run)), folders(&home, None));
        assert_eq!(ServiceFiles::of(&with), ServiceFiles::of(&without));
        assert_eq!(sockets(&without), std::slice::from_ref(&without.socket));
        std::fs::create_dir_all(&with.service).expect("a folder");
        let address = format!("{}\n", with.socket.display());
        std::fs::write(ServiceFiles::of(&with).address, address).expect("written");
        assert_eq!(sockets(&without), [with.socket.clone(), without.socket.clone()]);
        assert_eq!(sockets(&with), std::slice::from_ref(&with.socket));
    }

    #[test]
    fn two_homes_in_one_runtime_folder_are_two() {
        let place = tempfile::tempdir().expect("a folder");
        let run = place.path().join("run");
        let of = |name: &str| folders(&place.path().join(name), Some(&run));
        let (ada, bob) = (of("ada"), of("bob"));
        std::fs::create_dir_all(&ada.run).expect("a folder");
        assert_eq!(sockets(&bob), std::slice::from_ref(&bob.socket), "nobody's yet");
        std::fs::write(home_file(&ada.run), home_text(&ada)).expect("written");
        assert_eq!(sockets(&bob), Vec::<PathBuf>::new());
        assert_eq!(sockets(&ada), std::slice::from_ref(&ada.socket));
        // The same home by another path.
        std::fs::create_dir_all(&ada.service).expect("a folder");
        std::os::unix::fs::symlink(place.path().join("ada"), place.path().join("link")).expect("a link");
        std::fs::write(home_file(&ada.run), home_text(&ada)).expect("written");
        assert_eq!(sockets(&of("link")), [ada.socket]);
    }
}
