//! One place, two names: `C:\Users` is `/mnt/c/Users` in WSL, `/home/ada` is `\\wsl.localhost\Ubuntu\home\ada` here.

/// Where WSL mounts a path of Windows, as it does unless `/etc/wsl.conf` says otherwise. `None` for what is on no drive.
pub fn mounted(path: &str) -> Option<String> {
    let path = path.strip_prefix(r"\\?\").unwrap_or(path);
    let (drive, rest) = path.split_at_checked(1)?;
    let letter = drive.chars().next().filter(char::is_ascii_alphabetic)?;
    let rest = rest.strip_prefix(':')?.replace('\\', "/");
    let rest = rest.strip_prefix('/')?;
    Some(format!("/mnt/{}/{rest}", letter.to_ascii_lowercase()))
}

/// Whether a path in WSL is one of [`mounted`]'s: on a drive of Windows, not the distribution's own.
pub fn is_on_windows_drive(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/mnt/") else { return false };
    let drive = rest.split('/').next().unwrap_or_default();
    drive.len() == 1 && drive.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The part of the share's path behind the distribution's name: `home\ada`. `None` for what is not absolute, or holds
/// what cannot be part of a name over there.
pub fn in_share(path: &str) -> Option<String> {
    let inside = path.strip_prefix('/')?;
    let odd = |c: char| c.is_control() || r#"\:*?"<>|"#.contains(c);
    let plain = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && !part.ends_with(['.', ' '])
            && !part.chars().any(odd)
    };
    inside.split('/').all(plain).then(|| inside.replace('/', r"\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for (windows, linux) in [
            (r"C:\Users\Ada\x.exe", Some("/mnt/c/Users/Ada/x.exe")),
            (r"\\?\C:\Users\Jörg Müller\x.exe", Some("/mnt/c/Users/Jörg Müller/x.exe")),
            ("d:/x.exe", Some("/mnt/d/x.exe")),
            (r"C:x.exe", None),
            (r"\\server\share\x.exe", None),
            ("", None),
            ("ä:\\x", None),
        ] {
            assert_eq!(mounted(windows).as_deref(), linux, "{windows}");
            assert_eq!(linux.is_some_and(is_on_windows_drive), linux.is_some());
        }
        for own in ["/home/ada", "/mnt/data/x", "/mnt", "/mntc/c", "/mnt/C/x"] {
            assert!(!is_on_windows_drive(own), "{own}");
        }
    }

    #[test]
    fn inside_the_share() {
        assert_eq!(in_share("/home/ada/.aws/credentials").as_deref(), Some(r"home\ada\.aws\credentials"));
        for bad in [
            "",
            "/",
            "home/ada",
            "/home//ada",
            "/home/../root",
            "/home/a:b",
            "/home/a\\b",
            "/home/a.",
            "/a\n",
        ] {
            assert_eq!(in_share(bad), None, "{bad:?}");
        }
    }
}
