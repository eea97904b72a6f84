//! Linux beside Windows: which WSL distributions get a profile's keys, too, and how paths and words travel between.

mod path;
mod trouble;

pub use path::{in_share, is_on_windows_drive, mounted};
pub use trouble::Trouble;

use crate::credential_process;
use crate::problem::{Problem, Report};
use crate::profile::ProfileName;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The key of the config file: `rolecall_wsl = Ubuntu, Debian`.
pub const KEY: &str = "rolecall_wsl";

/// The name of a WSL distribution. Windows does not mind its case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Distribution(String);

/// What a client wants of WSL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Wish {
    /// Answered by [`Told::Distributions`].
    List,
    /// The keys that are held, into the distributions that the profile names. Answered by [`Told::Written`].
    Write { profile: Option<ProfileName> },
    /// The lines by which a shell in WSL asks us. Answered by [`Told::Config`].
    Config { profile: ProfileName },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    Distributions { distributions: Vec<Listed> },
    Written { profile: ProfileName, written: Vec<Written> },
    Config { lines: String },
}

/// A distribution of this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: Distribution,
    pub running: bool,
    /// Who names it in [`KEY`].
    pub profiles: Vec<ProfileName>,
}

/// What became of the keys in one distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub distribution: Distribution,
    pub problem: Option<Report>,
}

impl Distribution {
    /// A name that can be a part of a path and no option of a command.
    ///
    /// # Errors
    /// What is wrong with it, as a half-sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let odd = |c: char| c.is_control() || r#"\/:*?"<>|,"#.contains(c);
        if text.is_empty() || text.len() > 128 || text.starts_with(['-', '.']) || text.chars().any(odd) {
            return Err(format!(
                "names '{}', which no WSL distribution can be called",
                crate::problem::foreign(text)
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The value of [`KEY`]: names and commas.
    ///
    /// # Errors
    /// As [`Distribution::parse`].
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let mut list: Vec<Self> = vec![];
        for name in text.split(',').filter(|name| !name.trim().is_empty()) {
            let name = Self::parse(name)?;
            if !list.iter().any(|known| known.is(&name)) {
                list.push(name);
            }
        }
        Ok(list)
    }

    /// What `wsl.exe --list --quiet` prints: a name a line, in UTF-8 where `WSL_UTF8` is understood, else in UTF-16.
    /// Lines that cannot be names are sentences for a person.
    pub fn listed(bytes: &[u8]) -> Vec<Self> {
        said(bytes).lines().filter_map(|line| Self::parse(line).ok()).collect()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are names of the same one.
    pub fn is(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl std::fmt::Display for Distribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What `wsl.exe` itself prints.
pub fn said(bytes: &[u8]) -> String {
    let wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.contains(&0);
    let text = if wide {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

/// The section for `~/.aws/config` in WSL whose credentials come from the Windows program.
///
/// # Errors
/// [`Problem::ProcessUnquotable`] where the path or the name hold what a shell would change, or the program is on no
/// drive that WSL mounts.
pub fn config_lines(program: &Path, profile: &ProfileName) -> Result<String, Problem> {
    let text = program.to_string_lossy();
    let there =
        mounted(&text).ok_or_else(|| Problem::ProcessUnquotable { text: crate::problem::foreign(&text) })?;
    let line = credential_process::posix_line(Path::new(&there), profile)?;
    let header =
        if profile.as_str() == "default" { "default".to_owned() } else { format!("profile {profile}") };
    Ok(format!("[{header}]\n{} = {line}", credential_process::KEY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_key_may_say() {
        let names = |text: &str| {
            let list = Distribution::parse_list(text);
            list.map(|list| list.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names("Ubuntu"), Ok(vec!["Ubuntu".into()]));
        assert_eq!(
            names(" Ubuntu-24.04 ,Debian,, ubuntu-24.04"),
            Ok(vec!["Ubuntu-24.04".into(), "Debian".into()])
        );
        assert_eq!(names(""), Ok(vec![]));
        for bad in ["..", "-d", "a\\b", "a/b", "C:", "a\u{7}b", "x?"] {
            assert!(names(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_wsl_prints() {
        let names = |bytes: &[u8]| {
            Distribution::listed(bytes).iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>()
        };
        let wide: Vec<u8> = "Ubuntu\r\nMein Linux\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(names(&wide), ["Ubuntu", "Mein Linux"]);
        let marked: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
        assert_eq!(names(&marked), ["Ubuntu", "Mein Linux"]);
        assert_eq!(names(b"Ubuntu\nDebian\n"), ["Ubuntu", "Debian"]);
        assert_eq!(names(b""), Vec::<String>::new());
    }

    #[test]
    fn the_lines_for_a_shell_in_wsl() {
        let lines = |program: &str, name: &str| config_lines(Path::new(program), &ProfileName::new(name));
        assert_eq!(
            lines(r"C:\Users\Ada Lovelace\AppData\Local\Programs\Rolecall\rolecall.exe", "work").as_deref(),
            Ok(concat!(
                "[profile work]\ncredential_process = ",
                r#""/mnt/c/Users/Ada Lovelace/AppData/Local/Programs/Rolecall/rolecall.exe" "#,
                r#"credential-process --profile "work""#
            ))
        );
        let default = lines(r"\\?\D:\rolecall.exe", "default").expect("lines");
        assert!(default.starts_with("[default]\n") && default.contains("/mnt/d/rolecall.exe"), "{default}");
        for (program, name) in [
            (r"\\server\share\rolecall.exe", "work"),
            ("rolecall.exe", "work"),
            (r"C:\$x\rolecall.exe", "work"),
            (r"C:\rolecall.exe", "a`b"),
        ] {
            assert_eq!(
                lines(program, name).map_err(|problem| problem.code()),
                Err("config.process_unquotable")
            );
        }
    }
}
