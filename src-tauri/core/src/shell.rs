//! Credentials as the lines that a shell reads: what `rolecall env` prints and `Copy` copies.

use crate::credentials::Credentials;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};

/// Whose grammar the lines follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Shell {
    /// bash, zsh and other POSIX shells.
    Bash,
    Fish,
    PowerShell,
    /// Windows' `cmd.exe`.
    Cmd,
    /// No shell: the JSON of a `credential_process`.
    Json,
}

impl Shell {
    pub const ALL: [Self; 5] = [Self::Bash, Self::Fish, Self::PowerShell, Self::Cmd, Self::Json];

    /// `bash`, `fish`, `PowerShell`, `cmd`, `JSON`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Fish => "fish",
            Self::PowerShell => "PowerShell",
            Self::Cmd => "cmd",
            Self::Json => "JSON",
        }
    }

    /// The shell whose program is called `name` (`/usr/bin/zsh`, `-bash`, `pwsh.exe`).
    pub fn of_program(name: &str) -> Option<Self> {
        let file = name.rsplit(['/', '\\']).next()?.trim_start_matches('-').to_ascii_lowercase();
        match file.strip_suffix(".exe").unwrap_or(&file) {
            "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh" | "mksh" | "busybox" => Some(Self::Bash),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" | "powershell_ise" => Some(Self::PowerShell),
            "cmd" => Some(Self::Cmd),
            _ => None,
        }
    }
}

/// The variables that every AWS SDK reads; the region's only where the profile names one.
pub fn variables(credentials: &Credentials, region: Option<&str>) -> Vec<(&'static str, Secret)> {
    let mut variables = vec![
        ("AWS_ACCESS_KEY_ID", Secret::new(credentials.access_key_id.clone())),
        ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone()),
        ("AWS_SESSION_TOKEN", credentials.session_token.clone()),
        ("AWS_CREDENTIAL_EXPIRATION", Secret::new(format!("{:.0}", credentials.expiration))),
    ];
    for name in region.iter().flat_map(|_| ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
        variables.push((name, Secret::new(region.unwrap_or_default())));
    }
    variables
}

/// Variables that some SDK reads before the keys beside them, or adds to them: a profile (JavaScript SDK), the token's
/// old name (botocore), the scope of other credentials.
pub const CONFLICTING: [&str; 4] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_SCOPE"];

/// Variables that lead to credentials of another identity. Some SDKs read them before keys; a command that has keys
/// needs none of them, but a shell may need them later.
pub const OTHER_SOURCES: [&str; 7] = [
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// What SDKs take for the account of keys in the environment. Scripts have a use of their own for it: it is in the way
/// only if it names another account.
pub const ACCOUNT: &str = "AWS_ACCOUNT_ID";

/// The lines, without a line end after the last one: first those that remove [`CONFLICTING`] and `also_removed`.
pub fn text(shell: Shell, credentials: &Credentials, region: Option<&str>, also_removed: &[&str]) -> Secret {
    if shell == Shell::Json {
        return credentials.process_json();
    }
    let removed = CONFLICTING.iter().chain(also_removed).map(|name| removal(shell, name));
    let set = variables(credentials, region);
    let set = set.iter().map(|(name, value)| {
        let value = value.expose();
        match shell {
            Shell::Fish => {
                format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
            }
            Shell::PowerShell => format!("$Env:{name} = '{}'", value.replace('\'', "''")),
            // AWS's keys and tokens are base64: nothing in them means anything to cmd.
            Shell::Cmd => format!("set \"{name}={value}\""),
            Shell::Bash | Shell::Json => format!("export {name}='{}'", value.replace('\'', r"'\''")),
        }
    });
    let lines: Vec<_> = removed.chain(set).collect();
    Secret::new(lines.join(if shell == Shell::Cmd { "\r\n" } else { "\n" }))
}

/// The line that removes a variable from the shell's environment.
fn removal(shell: Shell, name: &str) -> String {
    match shell {
        // A universal variable stays for other sessions: in this one, an empty one of its own is in front of it.
        Shell::Fish => format!("set -eg {name}; set -q {name}; and set -gu {name}"),
        Shell::PowerShell => format!("$Env:{name} = $null"),
        Shell::Cmd => format!("set \"{name}=\""),
        Shell::Bash | Shell::Json => format!("unset {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_gets_its_own_grammar() {
        let credentials = Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s/+="),
            session_token: Secret::new(r"t'\"),
            expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
        };
        for (shell, expected) in [
            (Shell::Bash, r"export AWS_SESSION_TOKEN='t'\''\'"),
            (Shell::Fish, r"set -gx AWS_SESSION_TOKEN 't\'\\'"),
            (Shell::PowerShell, r"$Env:AWS_SESSION_TOKEN = 't''\'"),
            (Shell::Cmd, r#"set "AWS_SECRET_ACCESS_KEY=s/+=""#),
            (Shell::Bash, "export AWS_CREDENTIAL_EXPIRATION='2026-11-22T18:11:04Z'"),
            (Shell::Bash, "export AWS_DEFAULT_REGION='eu-west-1'"),
            (Shell::Json, r#""AccessKeyId": "ASIAEXAMPLE","#),
            (Shell::Bash, "unset AWS_PROFILE"),
            (Shell::Bash, "unset AWS_ACCOUNT_ID"),
            (
                Shell::Fish,
                "set -eg AWS_DEFAULT_PROFILE; set -q AWS_DEFAULT_PROFILE; and set -gu AWS_DEFAULT_PROFILE",
            ),
            (Shell::PowerShell, "$Env:AWS_SECURITY_TOKEN = $null"),
            (Shell::Cmd, r#"set "AWS_PROFILE=""#),
        ] {
            let text = text(shell, &credentials, Some("eu-west-1"), &[ACCOUNT]);
            assert!(
                text.expose().lines().any(|line| line.trim() == expected),
                "{shell:?}: {}",
                text.expose()
            );
        }
        assert!(!text(Shell::Bash, &credentials, None, &[]).expose().contains("REGION"));
        assert!(!text(Shell::Bash, &credentials, None, &[]).expose().contains(ACCOUNT));
    }

    #[test]
    fn shells_are_known_by_their_programs() {
        for (name, shell) in [
            ("/usr/bin/zsh", Some(Shell::Bash)),
            ("-bash", Some(Shell::Bash)),
            (r"C:\Program Files\PowerShell\7\pwsh.exe", Some(Shell::PowerShell)),
            ("CMD.EXE", Some(Shell::Cmd)),
            ("fish", Some(Shell::Fish)),
            ("make", None),
        ] {
            assert_eq!(Shell::of_program(name), shell, "{name}");
        }
    }
}
