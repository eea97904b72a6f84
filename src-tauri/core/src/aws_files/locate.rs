//! Where the two files are, by the rules of the AWS SDKs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The paths of the config and the credentials file; neither needs to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsFiles {
    pub config: PathBuf,
    pub credentials: PathBuf,
}

/// A file's place depends on the home folder, and the environment names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no home folder: {} is not set", HOME_VARIABLES[0])]
pub struct NoHome;

/// `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` (a leading `~/` is the home folder), else `~/.aws/config` and
/// `~/.aws/credentials`.
pub fn locate(environment: &dyn Fn(&str) -> Option<OsString>) -> Result<AwsFiles, NoHome> {
    let home = home(environment);
    let place = |variable: &str, name: &str| match environment(variable).filter(|path| !path.is_empty()) {
        Some(path) => expand(PathBuf::from(path), home.as_deref()),
        None => home.as_deref().map(|home| home.join(".aws").join(name)).ok_or(NoHome),
    };
    Ok(AwsFiles {
        config: place("AWS_CONFIG_FILE", "config")?,
        credentials: place("AWS_SHARED_CREDENTIALS_FILE", "credentials")?,
    })
}

/// `HOME`; on Windows, where it is mostly unset, else `USERPROFILE`.
pub fn home(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |variable: &&str| environment(variable).filter(|path| !path.is_empty());
    HOME_VARIABLES.iter().find_map(set).map(PathBuf::from)
}

#[cfg(not(windows))]
const HOME_VARIABLES: [&str; 1] = ["HOME"];
#[cfg(windows)]
const HOME_VARIABLES: [&str; 2] = ["HOME", "USERPROFILE"];

/// The path, with the home folder for a leading `~/`; as it is if no home is known.
pub fn expand_home(path: PathBuf, environment: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    expand(path.clone(), home(environment).as_deref()).unwrap_or(path)
}

fn expand(path: PathBuf, home: Option<&Path>) -> Result<PathBuf, NoHome> {
    match path.strip_prefix("~") {
        Ok(rest) => Ok(home.ok_or(NoHome)?.join(rest)),
        Err(_) => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_of_a_path() {
        let home = |name: &str| (name == HOME_VARIABLES[0]).then(|| "/home/u".into());
        for (path, wanted) in [
            ("~/run/token", "/home/u/run/token"),
            ("~", "/home/u"),
            ("~x/token", "~x/token"),
            ("/a/~/b", "/a/~/b"),
        ] {
            assert_eq!(expand_home(path.into(), &home), PathBuf::from(wanted), "{path}");
            assert_eq!(expand_home(path.into(), &|_| None), PathBuf::from(path), "{path} without a home");
        }
    }

    #[test]
    fn paths_by_environment() {
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<(&'a str, &'a str)>);
        let cases: [Case<'_>; 8] = [
            (&[("HOME", "/home/u")], Some(("/home/u/.aws/config", "/home/u/.aws/credentials"))),
            (
                &[("HOME", "/home/u"), ("AWS_CONFIG_FILE", "/etc/aws")],
                Some(("/etc/aws", "/home/u/.aws/credentials")),
            ),
            (
                &[("HOME", "/home/u"), ("AWS_SHARED_CREDENTIALS_FILE", "~/other/keys")],
                Some(("/home/u/.aws/config", "/home/u/other/keys")),
            ),
            (
                &[
                    ("HOME", "/home/u"),
                    ("AWS_CONFIG_FILE", ""),
                    ("AWS_SHARED_CREDENTIALS_FILE", "~other/keys"),
                ],
                Some(("/home/u/.aws/config", "~other/keys")),
            ),
            (&[("AWS_CONFIG_FILE", "/c"), ("AWS_SHARED_CREDENTIALS_FILE", "/k")], Some(("/c", "/k"))),
            (&[("AWS_CONFIG_FILE", "~/c"), ("AWS_SHARED_CREDENTIALS_FILE", "/k")], None),
            (&[("HOME", "")], None),
            (&[], None),
        ];
        for (variables, wanted) in cases {
            let environment =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
            let found = locate(&environment).ok();
            let wanted = wanted.map(|(config, credentials)| AwsFiles {
                config: config.into(),
                credentials: credentials.into(),
            });
            assert_eq!(found, wanted, "{variables:?}");
        }
    }
}
