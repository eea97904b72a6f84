//! Why WebKitGTK's sandbox does not start, after the engine has ended without a word. It is made by two programs, bwrap
//! and xdg-dbus-proxy, and of user namespaces, which some systems forbid.

use crate::child;
use rolecall_client::child_environment::Purpose;
use rolecall_core::problem::{Problem, foreign};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

/// Each program, and the package that has it.
const PROGRAMS: [(&str, &str); 2] = [("bwrap", "bubblewrap"), ("xdg-dbus-proxy", "xdg-dbus-proxy")];

/// Tries what the engine does. None where nothing is wrong with it.
pub(super) async fn examine() -> Option<Problem> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for (program, package) in PROGRAMS {
        if find(program, &path).is_none() {
            return Some(missing(program, package));
        }
    }
    let bwrap = find("bwrap", &path)?;
    let mut command = child::unseen(&bwrap, Purpose::Desktop);
    command.args(["--die-with-parent", "--unshare-pid", "--unshare-uts", "--unshare-net"]);
    command.args(["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--"]);
    command.arg(&bwrap).arg("--version").stdin(Stdio::null());
    let output = match tokio::time::timeout(PATIENCE, command.output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Some(other(&error.to_string())),
        Err(_) => return Some(other("bwrap does not answer")),
    };
    if output.status.success() {
        return None;
    }
    let setting = |name: &str| std::fs::read_to_string(Path::new("/proc/sys").join(name)).ok();
    Some(refused(&String::from_utf8_lossy(&output.stderr), setting))
}

/// The engine looks in `/usr/bin`; a system that has it elsewhere has it in `PATH`.
fn find(program: &str, path: &std::ffi::OsStr) -> Option<PathBuf> {
    let usual = std::iter::once(PathBuf::from("/usr/bin"));
    usual.chain(std::env::split_paths(path)).map(|folder| folder.join(program)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn missing(program: &str, package: &str) -> Problem {
    Problem::SandboxUnavailable {
        reason: format!("the program {program} is missing"),
        fix: format!("Install the package {package}, then sign in again."),
    }
}

fn other(reason: &str) -> Problem {
    Problem::SandboxUnavailable {
        reason: foreign(reason),
        fix: "Install the packages bubblewrap and xdg-dbus-proxy again, then sign in again.".into(),
    }
}

/// What bwrap's words mean with these settings of the kernel.
fn refused(words: &str, setting: impl Fn(&str) -> Option<String>) -> Problem {
    let line = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("bwrap: no reason given").trim();
    if !["namespace", "uid map", "gid map", "loopback"].iter().any(|word| line.contains(word)) {
        return other(line);
    }
    let is = |name: &str, value: &str| setting(name).is_some_and(|found| found.trim() == value);
    let fix = if is("kernel/apparmor_restrict_unprivileged_userns", "1") {
        "Ask your administrator to allow bwrap: `sudo apt install apparmor-profiles`, then \
         `sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/` and \
         `sudo systemctl reload apparmor`."
    } else if is("kernel/unprivileged_userns_clone", "0") {
        "Ask your administrator to allow it: `sudo sysctl kernel.unprivileged_userns_clone=1`."
    } else if is("user/max_user_namespaces", "0") {
        "Ask your administrator to allow it: `sudo sysctl user.max_user_namespaces=15000`."
    } else {
        "Run Rolecall outside of this container, or ask your administrator to allow user namespaces."
    };
    Problem::SandboxUnavailable {
        reason: format!("this computer does not let programs create user namespaces ({})", foreign(line)),
        fix: fix.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bwrap_says_becomes_what_to_do() {
        const APPARMOR: &str = "kernel/apparmor_restrict_unprivileged_userns";
        const CLONE: &str = "kernel/unprivileged_userns_clone";
        const LIMIT: &str = "user/max_user_namespaces";
        for (words, settings, help) in [
            (
                "bwrap: setting up uid map: Permission denied",
                vec![(APPARMOR, "1\n")],
                "bwrap-userns-restrict",
            ),
            (
                "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
                vec![(APPARMOR, "1")],
                "apparmor",
            ),
            (
                "\nbwrap: No permissions to create a new namespace, likely because the kernel does not allow \
                 non-privileged user namespaces.",
                vec![(APPARMOR, "0"), (CLONE, "0")],
                "kernel.unprivileged_userns_clone=1",
            ),
            (
                "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded \
                 (ENOSPC)",
                vec![(LIMIT, "0")],
                "user.max_user_namespaces=15000",
            ),
            ("bwrap: Creating new namespace failed: Operation not permitted", vec![], "container"),
            ("bwrap: Can't mount proc on /newroot/proc: Device busy", vec![], "bubblewrap"),
            ("", vec![], "bubblewrap"),
        ] {
            let setting = |name: &str| {
                settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            let problem = refused(words, setting);
            assert_eq!(problem.code(), "sign_in.sandbox");
            assert!(problem.help().contains(help), "{words}: {}", problem.help());
        }
    }

    #[test]
    fn a_program_is_a_file_that_can_be_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = "rolecall-test-no-such-program";
        assert_eq!(find(name, folder.path().as_os_str()), None);
        std::fs::write(folder.path().join(name), "").expect("a file");
        assert_eq!(find(name, folder.path().as_os_str()), None);
        use std::os::unix::fs::PermissionsExt as _;
        let runnable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path().join(name), runnable).expect("its mode");
        assert_eq!(find(name, folder.path().as_os_str()), Some(folder.path().join(name)));
    }
}
