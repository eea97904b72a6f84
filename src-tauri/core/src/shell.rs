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

/// The lines, without a line end after the last one.
pub fn text(shell: Shell, credentials: &Credentials, region: Option<&str>) -> Secret {
    if shell == Shell::Json {
        return credentials.process_json();
    }
    let lines: Vec<_> = variables(credentials, region)
        .iter()
        .map(|(name, value)| {
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
        })
        .collect();
    Secret::new(lines.join(if shell == Shell::Cmd { "\r\n" } else { "\n" }))
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
        ] {
            let text = text(shell, &credentials, Some("eu-west-1"));
            assert!(
                text.expose().lines().any(|line| line.trim() == expected),
                "{shell:?}: {}",
                text.expose()
            );
        }
        assert!(!text(Shell::Bash, &credentials, None).expose().contains("REGION"));
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
