//! The `credential_process` line by which AWS tools ask us: written so that every one of them splits it alike.

use crate::problem::Problem;
use crate::profile::ProfileName;
use std::path::Path;

/// The key of the config file.
pub const KEY: &str = "credential_process";

/// What a shell or an INI reader may take for something else, even in double quotes.
const ODD: &str = "\"'$`!%^&|<>;#";

const COMMAND: &str = "credential-process --profile";

/// `"/usr/bin/rolecall" credential-process --profile "work"`. The CLI and boto3 split it by their own rules, other SDKs
/// hand it to `sh` or `cmd`: in double quotes, what stands here means the same to all.
///
/// # Errors
/// [`Problem::ProcessUnquotable`] where path or name hold what one of them would not leave alone.
pub fn line(program: &Path, profile: &ProfileName) -> Result<String, Problem> {
    let program = program.to_string_lossy();
    let plain = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_control() || ODD.contains(c));
    // A backslash is part of every path on Windows, and an escape everywhere else.
    let path = plain(&program) && (cfg!(windows) || !program.contains('\\'));
    for (text, good) in
        [(&*program, path), (profile.as_str(), plain(profile.as_str()) && !profile.as_str().contains('\\'))]
    {
        if !good {
            return Err(Problem::ProcessUnquotable { text: crate::problem::foreign(text) });
        }
    }
    Ok(format!("\"{program}\" {COMMAND} \"{profile}\""))
}

/// Whether a line was written by us, for whichever profile and wherever the program was then.
pub fn is_ours(line: &str) -> bool {
    let quoted = line.trim().strip_prefix('"').and_then(|rest| rest.split_once('"'));
    quoted.is_some_and(|(program, rest)| {
        let file = program.rsplit(['/', '\\']).next().unwrap_or_default();
        matches!(file, "rolecall" | "rolecall.exe") && rest.trim_start().starts_with(COMMAND)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_known_again() {
        let name = ProfileName::new("my work@example.org");
        let written = line(Path::new("/opt/Role Call/rolecall"), &name).expect("a line");
        assert_eq!(
            written,
            r#""/opt/Role Call/rolecall" credential-process --profile "my work@example.org""#
        );
        assert!(is_ours(&written));
        assert!(is_ours(r#""C:\Program Files\Rolecall\rolecall.exe" credential-process --profile "a""#));
        for other in [
            "",
            "/usr/bin/rolecall credential-process --profile a",
            r#""/usr/bin/other" credential-process --profile "a""#,
            r#""/usr/bin/rolecall" sign-in"#,
            "aws-vault export --format=json work",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }

    #[test]
    fn what_a_shell_would_change_is_refused() {
        for name in ["", "a$b", "a`b`", "a\"b", "a\\b", "a;b", "a%b%", "a\nb", "it's"] {
            assert!(line(Path::new("/usr/bin/rolecall"), &ProfileName::new(name)).is_err(), "{name:?}");
        }
        assert!(line(Path::new("/home/$user/rolecall"), &ProfileName::new("a")).is_err());
    }
}
