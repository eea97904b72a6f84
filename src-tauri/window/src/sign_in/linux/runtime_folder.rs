//! Which folder the engine takes for `XDG_RUNTIME_DIR`. In it lies the socket of its D-Bus proxy, for which it starts a
//! sandbox that cannot hold a folder below `/var/run` or `/var/tmp`: there it makes links of its own. The engine then
//! ends this process without a word. And it finds a Wayland display only by its name in that folder.

use super::super::Scratch;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Links in the engine's sandbox.
const LINKS: [&str; 2] = ["/var/run", "/var/tmp"];
/// A socket's path has at most 107 bytes, and the engine adds `/webkitgtk/dbus-proxy-XXXXXX`.
const LONGEST: usize = 78;
/// What the display is called in a folder of our own.
const DISPLAY: &str = "wayland-rolecall";

/// Variables to set before the engine starts, and the folder that they may name, to be removed at the end.
#[derive(Default)]
pub(super) struct Choice {
    pub(super) variables: Vec<(&'static str, OsString)>,
    pub(super) folder: Option<Scratch>,
}

/// Nothing to set where the engine can use what there is, or where no better folder can be made.
pub(super) fn choose(variable: impl Fn(&str) -> Option<OsString>) -> Choice {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some(given) = set("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        // As GLib does it without one.
        .or_else(|| set("XDG_CACHE_HOME").map(PathBuf::from))
        .or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))
    else {
        return Choice::default();
    };
    let display = set("WAYLAND_DISPLAY").map(PathBuf::from);
    let elsewhere = display
        .as_ref()
        .is_some_and(|display| display.is_absolute() && display.parent().map(real) != Some(real(&given)));
    let real_folder = real(&given);
    if elsewhere || !is_usable(&real_folder) {
        return private(&set, &given, display.as_deref()).unwrap_or_default();
    }
    let mut variables = Vec::new();
    if !is_usable(&given) {
        variables.push(("XDG_RUNTIME_DIR", real_folder.into_os_string()));
    }
    if let Some(name) = display.filter(|display| display.is_absolute()).as_deref().and_then(Path::file_name) {
        variables.push(("WAYLAND_DISPLAY", name.to_owned()));
    }
    Choice { variables, folder: None }
}

/// A folder of our own, with a link to the display in it.
fn private(set: &impl Fn(&str) -> Option<OsString>, given: &Path, display: Option<&Path>) -> Option<Choice> {
    let parents = set("TMPDIR").map(PathBuf::from).into_iter().chain([PathBuf::from("/tmp")]);
    let folder = parents
        .map(|parent| real(&parent))
        .filter(|parent| is_usable(&parent.join("rolecall-sign-in-XXXXXX")))
        .find_map(|parent| Scratch::new(&parent).ok())?;
    let mut variables = vec![("XDG_RUNTIME_DIR", folder.path().as_os_str().to_owned())];
    let socket = given.join(display.unwrap_or(Path::new("wayland-0")));
    if (display.is_some() || socket.exists())
        && std::os::unix::fs::symlink(&socket, folder.path().join(DISPLAY)).is_ok()
    {
        variables.push(("WAYLAND_DISPLAY", DISPLAY.into()));
    }
    Some(Choice { variables, folder: Some(folder) })
}

fn is_usable(folder: &Path) -> bool {
    folder.as_os_str().as_bytes().len() <= LONGEST && !LINKS.iter().any(|link| folder.starts_with(link))
}

/// Without links, as far as it exists.
fn real(path: &Path) -> PathBuf {
    let mut missing: Vec<&OsStr> = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            return missing.into_iter().rev().fold(real, |folder, name| folder.join(name));
        }
        missing.extend(ancestor.file_name());
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The choice with these variables.
    fn chosen(variables: &[(&str, &str)]) -> Choice {
        choose(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    fn value<'a>(choice: &'a Choice, name: &str) -> Option<&'a OsStr> {
        choice.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_os_str())
    }

    #[test]
    fn what_the_engine_can_use_stays() {
        for variables in [
            &[][..],
            &[("XDG_RUNTIME_DIR", "/run/user/1000")],
            &[("XDG_RUNTIME_DIR", "/run/user/1000"), ("WAYLAND_DISPLAY", "wayland-1")],
            &[("XDG_RUNTIME_DIR", ""), ("HOME", "/home/ada")],
            &[("XDG_RUNTIME_DIR", "/var/tmpfiles/ada")],
        ] {
            let choice = chosen(variables);
            assert_eq!((choice.variables, choice.folder.is_none()), (vec![], true), "{variables:?}");
        }
    }

    #[test]
    fn a_link_is_followed_and_what_cannot_be_used_is_replaced() {
        let temporary = tempfile::tempdir().expect("a folder");
        let place = temporary.path().to_str().expect("UTF-8");
        let long = format!("/run/{}", "x".repeat(LONGEST));
        for variables in [
            &[("TMPDIR", place), ("XDG_RUNTIME_DIR", "/var/tmp/ada/run")][..],
            &[("TMPDIR", place), ("XDG_CACHE_HOME", "/var/tmp/ada/cache")],
            &[("TMPDIR", place), ("HOME", "/var/tmp/ada")],
            &[("TMPDIR", place), ("XDG_RUNTIME_DIR", &long)],
        ] {
            let choice = chosen(variables);
            let folder = choice.folder.as_ref().expect("a folder of its own").path().to_owned();
            assert!(folder.starts_with(place), "{variables:?}: {}", folder.display());
            assert_eq!(value(&choice, "XDG_RUNTIME_DIR"), Some(folder.as_os_str()));
            assert_eq!(value(&choice, "WAYLAND_DISPLAY"), None);
        }
        // A folder for temporary files of the same kind is no better.
        let choice = chosen(&[("TMPDIR", "/var/tmp"), ("XDG_RUNTIME_DIR", "/var/tmp/ada/run")]);
        let folder = choice.folder.expect("a folder of its own");
        assert!(folder.path().starts_with(real(Path::new("/tmp"))), "{}", folder.path().display());
        folder.remove();
        // Most systems have a link there.
        if real(Path::new("/var/run")) == Path::new("/run") {
            let choice = chosen(&[("XDG_RUNTIME_DIR", "/var/run/user/1000")]);
            assert_eq!(value(&choice, "XDG_RUNTIME_DIR"), Some(OsStr::new("/run/user/1000")));
        }
    }

    #[test]
    fn a_wayland_display_is_found_by_its_name() {
        let temporary = tempfile::tempdir().expect("a folder");
        let place = temporary.path().to_str().expect("UTF-8");
        let inside = format!("{place}/wayland-7");
        let choice = chosen(&[("XDG_RUNTIME_DIR", place), ("WAYLAND_DISPLAY", &inside)]);
        assert_eq!(choice.variables, [("WAYLAND_DISPLAY", "wayland-7".into())]);

        let choice = chosen(&[
            ("TMPDIR", place),
            ("XDG_RUNTIME_DIR", "/run/user/1000"),
            ("WAYLAND_DISPLAY", "/mnt/wslg/runtime-dir/wayland-0"),
        ]);
        let folder = choice.folder.as_ref().expect("a folder of its own").path().to_owned();
        assert_eq!(value(&choice, "WAYLAND_DISPLAY"), Some(OsStr::new(DISPLAY)));
        let target = std::fs::read_link(folder.join(DISPLAY)).expect("a link");
        assert_eq!(target, Path::new("/mnt/wslg/runtime-dir/wayland-0"));
    }
}
