//! Where the two files are, by the rules of the AWS SDKs.

use super::same_file::is_same_file;
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
    let home = aws_home(environment);
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
    homes(environment).next()
}

/// The home folder whose `.aws` counts. On Windows some tools go by `HOME`, and others, the AWS CLI among them, by
/// `USERPROFILE` alone: it is the one that has a config or credentials file, and `USERPROFILE` where neither has.
pub fn aws_home(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let homes: Vec<_> = homes(environment).collect();
    choose(&homes, |home| ["config", "credentials"].iter().any(|file| home.join(".aws").join(file).is_file()))
        .cloned()
}

/// `HOME` and `USERPROFILE`, where they are two folders, and either may count: only on Windows.
pub fn two_homes(environment: &dyn Fn(&str) -> Option<OsString>) -> Option<[PathBuf; 2]> {
    let named = |variable| environment(variable).is_some_and(|path| !path.is_empty());
    if named("AWS_CONFIG_FILE") && named("AWS_SHARED_CREDENTIALS_FILE") {
        return None;
    }
    let homes: [PathBuf; 2] = homes(environment).collect::<Vec<_>>().try_into().ok()?;
    (!is_same_file(&homes[0], &homes[1])).then_some(homes)
}

fn homes(environment: &dyn Fn(&str) -> Option<OsString>) -> impl Iterator<Item = PathBuf> {
    let set = |variable: &&str| environment(variable).filter(|path| !path.is_empty());
    HOME_VARIABLES.iter().filter_map(set).map(PathBuf::from)
}

fn choose(homes: &[PathBuf], has_files: impl Fn(&Path) -> bool) -> Option<&PathBuf> {
    match homes {
        [only] => Some(only),
        homes => homes.iter().find(|home| has_files(home)).or(homes.last()),
    }
}

#[cfg(not(windows))]
const HOME_VARIABLES: [&str; 1] = ["HOME"];
#[cfg(windows)]
const HOME_VARIABLES: [&str; 2] = ["HOME", "USERPROFILE"];

/// The path, with the home folder for a leading `~/`; as it is if no home is known.
pub fn expand_home(path: PathBuf, environment: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
    expand(path.clone(), aws_home(environment).as_deref()).unwrap_or(path)
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
    fn of_two_homes_the_one_with_aws_files_counts() {
        let homes = ["/h", "/u"].map(PathBuf::from);
        for (with_files, wanted) in
            [(&[][..], "/u"), (&["/h"], "/h"), (&["/u"], "/u"), (&["/h", "/u"], "/h"), (&["/x"], "/u")]
        {
            let has = |home: &Path| with_files.iter().any(|with| Path::new(with) == home);
            assert_eq!(choose(&homes, has), Some(&PathBuf::from(wanted)), "{with_files:?}");
        }
        assert_eq!(choose(&homes[1..], |_| panic!("nothing to choose")), Some(&homes[1]));
        assert_eq!(choose(&[], |_| true), None);
    }

    #[cfg(windows)]
    #[test]
    fn on_windows_the_files_of_either_home_are_found() {
        let place = tempfile::tempdir().expect("a folder");
        let (home, profile) = (place.path().join("home"), place.path().join("Ada"));
        std::fs::create_dir_all(profile.join(".aws")).expect("a folder");
        std::fs::create_dir_all(&home).expect("a folder");
        let environment = |name: &str| match name {
            "HOME" => Some(home.clone().into_os_string()),
            "USERPROFILE" => Some(profile.clone().into_os_string()),
            _ => None,
        };
        let config = |home: &Path| home.join(".aws").join("config");
        assert_eq!(locate(&environment).expect("found").config, config(&profile));
        assert_eq!(two_homes(&environment), Some([home.clone(), profile.clone()]));
        // Only a folder: a tool has made it for something else.
        std::fs::create_dir(home.join(".aws")).expect("a folder");
        assert_eq!(locate(&environment).expect("found").config, config(&profile));
        std::fs::write(config(&home), "").expect("a file");
        assert_eq!(locate(&environment).expect("found").config, config(&home));
        let same = |name: &str| match name {
            "HOME" => Some(home.to_str().expect("text").to_uppercase().replace('\\', "/").into()),
            "USERPROFILE" => Some(home.clone().into_os_string()),
            _ => None,
        };
        assert_eq!(two_homes(&same), None);
        let named =
            |name: &str| environment(name).or_else(|| name.starts_with("AWS_").then(|| r"C:\x".into()));
        assert_eq!(two_homes(&named), None);
    }

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
