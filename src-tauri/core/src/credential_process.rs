//! The `credential_process` line by which AWS tools ask us: written so that every one of them splits it alike.

#[cfg(windows)]
#[path = "credential_process/windows.rs"]
mod system;

use crate::problem::Problem;
use crate::profile::ProfileName;
use std::path::Path;

/// The key of the config file.
pub const KEY: &str = "credential_process";

/// What a shell or an INI reader may take for something else, even in double quotes.
const ODD: &str = "\"'$`!%^&|<>;#";

/// What ends a program's name for cmd.exe, or begins a block, outside of quotes.
const ODD_FOR_CMD: &str = ",=()";

const COMMAND: &str = "credential-process --profile";

/// `"/usr/bin/rolecall" credential-process --profile "work"`; on Windows
/// `C:\Tools\rolecall.exe credential-process --profile work`, with quotes only where nothing else helps.
///
/// # Errors
/// [`Problem::ProcessUnquotable`] where path or name hold what one of the tools would not leave alone.
pub fn line(program: &Path, profile: &ProfileName) -> Result<String, Problem> {
    #[cfg(windows)]
    return windows_line(program, profile, system::short_name);
    #[cfg(not(windows))]
    posix_line(program, profile)
}

/// The CLI and boto3 split it by their own rules, other SDKs hand it to `sh`: in double quotes, what stands here means
/// the same to all.
///
/// # Errors
/// As [`line`].
pub(crate) fn posix_line(program: &Path, profile: &ProfileName) -> Result<String, Problem> {
    let program = program.to_string_lossy();
    // A backslash is an escape.
    for text in [&*program, profile.as_str()] {
        if !is_plain(text) || text.contains('\\') {
            return Err(unquotable(text));
        }
    }
    Ok(format!("\"{program}\" {COMMAND} \"{profile}\""))
}

/// On Windows the SDKs hand it to cmd.exe in ways of their own, and most quotes do not come through: those of Go escape
/// each one, and cmd.exe takes away the first and the last of more than two. A path gets its short name instead.
#[cfg_attr(not(any(windows, test)), expect(dead_code, reason = "tested everywhere"))]
fn windows_line(
    program: &Path,
    profile: &ProfileName,
    short_name: impl Fn(&Path) -> Option<String>,
) -> Result<String, Problem> {
    let path = program.to_string_lossy();
    let path = if is_bare(&path) {
        path.into_owned()
    } else {
        match short_name(program).filter(|short| is_bare(short)) {
            Some(short) => short,
            None if is_plain(&path) => format!("\"{path}\""),
            None => return Err(unquotable(&path)),
        }
    };
    let name = profile.as_str();
    if !is_plain(name) || name.contains('\\') {
        return Err(unquotable(name));
    }
    let quote = if name.contains(char::is_whitespace) { "\"" } else { "" };
    Ok(format!("{path} {COMMAND} {quote}{name}{quote}"))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_control() || ODD.contains(c))
}

/// Whether cmd.exe takes it for the name of one program without quotes.
fn is_bare(path: &str) -> bool {
    is_plain(path) && !path.chars().any(|c| c.is_whitespace() || ODD_FOR_CMD.contains(c))
}

fn unquotable(text: &str) -> Problem {
    Problem::ProcessUnquotable { text: crate::problem::foreign(text) }
}

/// What of a line on Windows stands in quotes that some tools cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quoted {
    /// Tools in Go fail.
    Path,
    /// Tools in Go fail.
    Profile,
    /// Those of .NET fail, too.
    Both,
}

/// `None` where every tool runs the line, or it is none of Windows.
pub fn quoted_on_windows(line: &str) -> Option<Quoted> {
    let line = line.trim();
    program_of(line).filter(|program| is_of_windows(program))?;
    match (line.starts_with('"'), line.ends_with('"')) {
        (false, false) => None,
        (true, false) => Some(Quoted::Path),
        (false, true) => Some(Quoted::Profile),
        (true, true) => Some(Quoted::Both),
    }
}

/// Whether a line was written by us, for whichever profile and wherever the program was then: with quotes, or as it is
/// written on Windows.
pub fn is_ours(line: &str) -> bool {
    program_of(line.trim()).is_some()
}

/// The path of our program in a line of ours.
fn program_of(line: &str) -> Option<&str> {
    let (program, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        // Without quotes only what Windows calls an absolute path: another line may be a person's own.
        None => line.split_once(' ').filter(|(program, _)| is_of_windows(program))?,
    };
    let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
    // A short name is in capitals.
    let ours = file == "rolecall" || file.eq_ignore_ascii_case("rolecall.exe");
    (ours && rest.trim_start().starts_with(COMMAND)).then_some(program)
}

fn is_of_windows(path: &str) -> bool {
    let drive = path.as_bytes();
    path.starts_with(r"\\")
        || drive.first().is_some_and(u8::is_ascii_alphabetic) && path[1..].starts_with(r":\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = r"C:\PROGRA~1\Rolecall\ROLECALL.EXE";

    fn windows(program: &str, profile: &str, short: Option<&str>) -> Result<String, &'static str> {
        let name = ProfileName::new(profile);
        windows_line(Path::new(program), &name, |_| short.map(str::to_owned))
            .map_err(|problem| problem.code())
    }

    #[test]
    fn what_is_written_is_known_again() {
        let name = ProfileName::new("my work@example.org");
        let written = posix_line(Path::new("/opt/Role Call/rolecall"), &name).expect("a line");
        assert_eq!(
            written,
            r#""/opt/Role Call/rolecall" credential-process --profile "my work@example.org""#
        );
        for ours in [
            written.as_str(),
            r#""C:\Program Files\Rolecall\rolecall.exe" credential-process --profile "a""#,
            r#""C:\Program Files\Rolecall\rolecall.exe" credential-process --profile a"#,
            r"C:\Tools\rolecall.exe credential-process --profile a",
            r#"C:\Tools\rolecall.exe credential-process --profile "a b""#,
            r"C:\PROGRA~1\Rolecall\ROLECALL.EXE credential-process --profile a",
            r"\\server\share\rolecall.exe credential-process --profile a",
        ] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in [
            "",
            "\u{e4}",
            "/usr/bin/rolecall credential-process --profile a",
            "rolecall credential-process --profile a",
            "rolecall.exe credential-process --profile a",
            r"C:\Tools\other.exe credential-process --profile a",
            r"C:\Tools\rolecall.exe sign-in a",
            r"C:\Program Files\Rolecall\rolecall.exe credential-process --profile a",
            r#""/usr/bin/other" credential-process --profile "a""#,
            r#""/usr/bin/rolecall" sign-in"#,
            "aws-vault export --format=json work",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn on_windows_quotes_stand_only_where_nothing_else_helps() {
        let plain = r"C:\Users\Jörg\AppData\Local\Programs\Rolecall\rolecall.exe";
        let spaced = r"C:\Program Files\Rolecall\rolecall.exe";
        for (program, profile, short, wanted, quoted) in [
            (plain, "work", None, format!("{plain} credential-process --profile work"), None),
            (spaced, "work", Some(SHORT), format!("{SHORT} credential-process --profile work"), None),
            (
                spaced,
                "work",
                None,
                format!("\"{spaced}\" credential-process --profile work"),
                Some(Quoted::Path),
            ),
            // A file system without short names gives the long one back.
            (
                spaced,
                "work",
                Some(spaced),
                format!("\"{spaced}\" credential-process --profile work"),
                Some(Quoted::Path),
            ),
            (
                r"C:\a(x86)\rolecall.exe",
                "a",
                Some(SHORT),
                format!("{SHORT} credential-process --profile a"),
                None,
            ),
            (
                r"C:\R&D\rolecall.exe",
                "a",
                Some(SHORT),
                format!("{SHORT} credential-process --profile a"),
                None,
            ),
            (
                plain,
                "my work",
                None,
                format!("{plain} credential-process --profile \"my work\""),
                Some(Quoted::Profile),
            ),
            (
                spaced,
                "my work",
                None,
                format!("\"{spaced}\" credential-process --profile \"my work\""),
                Some(Quoted::Both),
            ),
        ] {
            let line = windows(program, profile, short).expect("a line");
            assert_eq!(line, wanted);
            assert!(is_ours(&line), "{line}");
            assert_eq!(quoted_on_windows(&line), quoted, "{line}");
        }
        // What earlier versions wrote.
        let old = format!("\"{plain}\" credential-process --profile \"work\"");
        assert_eq!(quoted_on_windows(&old), Some(Quoted::Both));
        let posix = posix_line(Path::new("/usr/bin/rolecall"), &ProfileName::new("a b")).expect("a line");
        assert_eq!(quoted_on_windows(&posix), None);
        for (program, profile) in [(r"C:\R&D\rolecall.exe", "a"), (plain, "a%b%"), (plain, r"a\b"), ("", "a")]
        {
            assert_eq!(
                windows(program, profile, None),
                Err("config.process_unquotable"),
                "{program} {profile}"
            );
        }
    }

    #[test]
    fn what_a_shell_would_change_is_refused() {
        for name in ["", "a$b", "a`b`", "a\"b", "a\\b", "a;b", "a%b%", "a\nb", "it's"] {
            assert!(line(Path::new("/usr/bin/rolecall"), &ProfileName::new(name)).is_err(), "{name:?}");
        }
        assert!(posix_line(Path::new("/home/$user/rolecall"), &ProfileName::new("a")).is_err());
    }
}
