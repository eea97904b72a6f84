//! What the environment of a client says about every request that it makes: the files that AWS tools would read
//! there, the profile, the region, and how AWS is reached (AWS SDKs and Tools Reference Guide, "Environment variables").

use crate::aws_files::locate;
use crate::aws_files::same_file;
use crate::problem::Problem;
use crate::profile::{ProfileName, is_private_address};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use url::Url;

/// Travels with every request ([`Ask`](crate::message::Ask)).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ClientEnvironment {
    /// Absolute, and with links resolved; none where the environment names no home folder.
    pub config_file: Option<PathOnTheWire>,
    pub credentials_file: Option<PathOnTheWire>,
    /// `AWS_CA_BUNDLE`, absolute.
    pub ca_bundle: Option<PathOnTheWire>,
    /// Those that are set, of [`AwsVariables::NAMES`].
    pub variables: AwsVariables,
}

/// A path without loss, whatever bytes it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WirePath", into = "WirePath")]
pub struct PathOnTheWire(pub PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WirePath {
    Text(String),
    Exact(OsString),
}

impl From<WirePath> for PathOnTheWire {
    fn from(path: WirePath) -> Self {
        match path {
            WirePath::Text(text) => Self(PathBuf::from(text)),
            WirePath::Exact(text) => Self(PathBuf::from(text)),
        }
    }
}

impl From<PathOnTheWire> for WirePath {
    fn from(path: PathOnTheWire) -> Self {
        match path.0.into_os_string().into_string() {
            Ok(text) => Self::Text(text),
            Err(text) => Self::Exact(text),
        }
    }
}

/// Variables by their names, as they are set; empty ones count as unset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, String>")]
pub struct AwsVariables(BTreeMap<String, String>);

/// What comes from a client is filtered again: no other name gets in.
impl From<BTreeMap<String, String>> for AwsVariables {
    fn from(variables: BTreeMap<String, String>) -> Self {
        let known = |name: &str, value: &str| Self::NAMES.contains(&name) && !value.is_empty();
        Self(variables.into_iter().filter(|(name, value)| known(name, value)).collect())
    }
}

/// How AWS is to be reached, read from variables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NetworkSettings {
    pub sts: EndpointChoice,
    /// Console federation.
    pub sign_in: EndpointChoice,
    pub ca_bundle: Option<PathBuf>,
    pub use_fips: Option<bool>,
    pub use_dualstack: Option<bool>,
    pub region: Option<String>,
}

/// What somebody says about the endpoint of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EndpointChoice {
    /// Nothing.
    #[default]
    Unsaid,
    /// AWS's own, whatever else is configured.
    AwsOwn,
    Url(Url),
}

const STS_URL: &str = "AWS_ENDPOINT_URL_STS";
const ANY_URL: &str = "AWS_ENDPOINT_URL";
const SIGN_IN_URL: &str = "AWS_ENDPOINT_URL_SIGNIN";
const IGNORE_URLS: &str = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";
const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUALSTACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// Set beside both of [`REGIONS`] by `rolecall env` and `rolecall exec`, with and without `--endpoint`.
const GIVEN_WITH_REGION: [&str; 2] = ["AWS_CREDENTIAL_EXPIRATION", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

impl ClientEnvironment {
    /// Reads an environment. Relative paths are relative to the folder of this process.
    pub fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let files = locate::locate(variable).ok();
        let path = |path: PathBuf| PathOnTheWire(same_file::resolve(&path));
        let ca_bundle = variable(CA_BUNDLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            config_file: files.as_ref().map(|files| path(files.config.clone())),
            credentials_file: files.map(|files| path(files.credentials)),
            ca_bundle: ca_bundle.map(|file| PathOnTheWire(std::path::absolute(&file).unwrap_or(file))),
            variables: AwsVariables::read(variable),
        }
    }

    /// The profile that its AWS tools use where none is named.
    pub fn profile(&self) -> Option<ProfileName> {
        self.variables.profile().map(ProfileName::new)
    }

    /// # Errors
    /// [`Problem::VariableInvalid`].
    pub fn network(&self) -> Result<NetworkSettings, Problem> {
        let ca_bundle = self.ca_bundle.as_ref().map(|path| path.0.clone());
        Ok(NetworkSettings { ca_bundle, ..self.variables.network()? })
    }
}

impl AwsVariables {
    /// No other variable's value leaves a client.
    pub const NAMES: [&str; 10] = [
        "AWS_DEFAULT_PROFILE",
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        STS_URL,
        ANY_URL,
        SIGN_IN_URL,
        IGNORE_URLS,
        FIPS,
        DUALSTACK,
    ];

    /// A value that is not Unicode stays visible as such: it names no profile, and is not taken for unset.
    pub fn read(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &&str| Some(((*name).to_owned(), variable(name)?.to_string_lossy().into_owned()));
        let variables = Self::NAMES.iter().filter_map(set).collect::<BTreeMap<_, _>>();
        let mut variables = Self::from(variables);
        if variables.has_region_of_credentials(variable) {
            variables.0.retain(|name, _| !REGIONS.contains(&name.as_str()));
        }
        variables
    }

    /// Whether the region came with credentials of another profile (`rolecall env`, `exec`): a person sets one
    /// variable, or has no keys with an end beside it.
    fn has_region_of_credentials(&self, variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
        let given =
            GIVEN_WITH_REGION.iter().any(|name| variable(name).is_some_and(|value| !value.is_empty()));
        given && self.get(REGIONS[0]).is_some() && self.get(REGIONS[0]) == self.get(REGIONS[1])
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// `AWS_DEFAULT_PROFILE` first, as the AWS CLI and botocore read them.
    pub fn profile(&self) -> Option<&str> {
        self.get("AWS_DEFAULT_PROFILE").or_else(|| self.get("AWS_PROFILE"))
    }

    /// # Errors
    /// [`Problem::VariableInvalid`].
    pub fn network(&self) -> Result<NetworkSettings, Problem> {
        let ignores = self.boolean(IGNORE_URLS)? == Some(true);
        let sts = match self.url(STS_URL)?.map_or_else(|| self.url(ANY_URL), |url| Ok(Some(url)))? {
            _ if ignores => EndpointChoice::AwsOwn,
            Some(url) => EndpointChoice::Url(url),
            None => EndpointChoice::Unsaid,
        };
        let sign_in = match self.url(SIGN_IN_URL)? {
            _ if ignores => EndpointChoice::AwsOwn,
            Some(url) => EndpointChoice::Url(url),
            None => EndpointChoice::Unsaid,
        };
        let (use_fips, use_dualstack) = (self.boolean(FIPS)?, self.boolean(DUALSTACK)?);
        if let EndpointChoice::Url(_) = sts
            && let Some((name, _)) = [(FIPS, use_fips), (DUALSTACK, use_dualstack)]
                .into_iter()
                .find(|(_, value)| *value == Some(true))
        {
            return Err(invalid(
                name,
                &format!(
                    "cannot be true while {STS_URL} or {ANY_URL} names the endpoint: AWS tools refuse both"
                ),
            ));
        }
        Ok(NetworkSettings { sts, sign_in, ca_bundle: None, use_fips, use_dualstack, region: self.region()? })
    }

    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    fn region(&self) -> Result<Option<String>, Problem> {
        let Some((name, value)) = REGIONS.iter().find_map(|name| Some((*name, self.get(name)?))) else {
            return Ok(None);
        };
        let right = value.len() <= 40
            && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if right {
            Ok(Some(value.to_owned()))
        } else {
            Err(invalid(name, "is not the name of an AWS region"))
        }
    }

    fn url(&self, name: &str) -> Result<Option<Url>, Problem> {
        self.get(name).map(|value| endpoint(value).map_err(|reason| invalid(name, reason))).transpose()
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.get(name).map(|value| boolean(value).ok_or_else(|| invalid(name, NOT_BOOLEAN))).transpose()
    }
}

pub(crate) const NOT_BOOLEAN: &str = "must be true or false";

/// As AWS tools write it.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The address of a service that gets credentials or an assertion.
///
/// # Errors
/// A half-sentence that says what is wrong with it; the address itself is not in it, because it may hold a password.
pub fn endpoint(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "is not an address")?;
    if !is_private_address(&url) {
        return Err("must be an https address (http is for loopback only)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not hold '?' or '#'");
    }
    Ok(url)
}

fn invalid(variable: &str, reason: &str) -> Problem {
    Problem::VariableInvalid { variable: variable.to_owned(), reason: reason.to_owned() }
}

/// One of the two files, where a client and the background service read different ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherFile {
    /// `config file` or `credentials file`.
    pub what: &'static str,
    /// The variable that names it.
    pub variable: &'static str,
    pub client: String,
    pub service: String,
}

/// What a client reads that the service does not.
///
/// # Errors
/// [`Problem::OtherFiles`].
pub fn check_files(client: &ClientEnvironment, config: &Path, credentials: &Path) -> Result<(), Problem> {
    let pairs = [
        ("config file", "AWS_CONFIG_FILE", &client.config_file, config),
        ("credentials file", "AWS_SHARED_CREDENTIALS_FILE", &client.credentials_file, credentials),
    ];
    let other =
        |(what, variable, theirs, ours): (&'static str, &'static str, &Option<PathOnTheWire>, &Path)| {
            // Who says nothing may read anything.
            let theirs = theirs.as_ref().map(|path| path.0.as_path());
            let same = theirs.is_some_and(|theirs| same_file::is_same_file(theirs, ours));
            (!same).then(|| OtherFile {
                what,
                variable,
                client: theirs.map_or_else(|| "no file".to_owned(), |path| path.display().to_string()),
                service: ours.display().to_string(),
            })
        };
    let files: Vec<_> = pairs.into_iter().filter_map(other).collect();
    if files.is_empty() { Ok(()) } else { Err(Problem::OtherFiles { files }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> AwsVariables {
        AwsVariables::read(&|wanted| set.iter().find(|(name, _)| *name == wanted).map(|(_, v)| v.into()))
    }

    #[test]
    fn the_default_profile_goes_first_and_empty_is_unset() {
        for (set, profile) in [
            (&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "b")][..], Some("b")),
            (&[("AWS_PROFILE", "a"), ("AWS_DEFAULT_PROFILE", "")], Some("a")),
            (&[("AWS_PROFILE", "")], None),
        ] {
            assert_eq!(variables(set).profile(), profile, "{set:?}");
        }
    }

    #[test]
    fn the_region_is_the_person_s_and_not_that_of_credentials_given_before() {
        for (set, region) in [
            (&[("AWS_REGION", "eu-north-1"), ("AWS_DEFAULT_REGION", "us-east-1")][..], Some("eu-north-1")),
            (&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "us-east-1")], Some("us-east-1")),
            (
                &[
                    ("AWS_REGION", "eu-north-1"),
                    ("AWS_DEFAULT_REGION", "eu-north-1"),
                    ("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T16:00:00Z"),
                ],
                None,
            ),
            (
                &[("AWS_REGION", "eu-north-1"), ("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T16:00:00Z")],
                Some("eu-north-1"),
            ),
        ] {
            assert_eq!(variables(set).network().expect("settings").region.as_deref(), region, "{set:?}");
        }
    }

    #[test]
    fn endpoints_by_their_variables() {
        let url = |text: &str| EndpointChoice::Url(Url::parse(text).expect("an address"));
        for (set, sts) in [
            (&[][..], EndpointChoice::Unsaid),
            (&[(ANY_URL, "http://localhost:4566")], url("http://localhost:4566")),
            (
                &[(ANY_URL, "http://localhost:4566"), (STS_URL, "https://sts.example.org")],
                url("https://sts.example.org"),
            ),
            (&[(STS_URL, "https://sts.example.org"), (IGNORE_URLS, "TRUE")], EndpointChoice::AwsOwn),
            (&[(STS_URL, "https://sts.example.org"), (IGNORE_URLS, "false")], url("https://sts.example.org")),
        ] {
            assert_eq!(variables(set).network().expect("settings").sts, sts, "{set:?}");
        }
    }

    #[test]
    fn ignored_addresses_are_the_console_s_too() {
        let set = [(SIGN_IN_URL, "https://signin.example.org"), (IGNORE_URLS, "true")];
        assert_eq!(variables(&set).network().expect("settings").sign_in, EndpointChoice::AwsOwn);
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (set, name) in [
            (&[(STS_URL, "http://sts.example.org")][..], STS_URL),
            (&[(STS_URL, "localhost:4566")], STS_URL),
            (&[(STS_URL, "https://ada:planted@sts.example.org")], STS_URL),
            (&[(ANY_URL, "ftp://127.0.0.1/")], ANY_URL),
            (&[(SIGN_IN_URL, "http://127.0.0.1.example.org/")], SIGN_IN_URL),
            (&[(FIPS, "1")], FIPS),
            (&[(FIPS, "true"), (STS_URL, "https://sts.example.org")], FIPS),
            (&[(DUALSTACK, "true"), (ANY_URL, "https://sts.example.org")], DUALSTACK),
            (&[("AWS_REGION", "eu-central-1.example.org/")], "AWS_REGION"),
        ] {
            let problem = variables(set).network().expect_err(name);
            assert_eq!(problem.code(), "environment.invalid");
            assert!(problem.to_string().starts_with(&format!("{name} in the environment")), "{problem}");
            assert!(!problem.to_string().contains("planted"));
        }
    }

    #[test]
    fn only_the_named_variables_travel() {
        let all = ClientEnvironment::read(&|name| Some(format!("/value/of/{name}").into()));
        let text = serde_json::to_string(&all).expect("JSON");
        let config = all.config_file.as_ref().expect("a path");
        assert!(
            config.0.to_string_lossy().ends_with("AWS_CONFIG_FILE") && !text.contains("SECRET"),
            "{text}"
        );
        let sent = r#"{"config_file":"/c","credentials_file":null,"ca_bundle":null,"variables":{"AWS_SECRET_ACCESS_KEY":"planted","AWS_PROFILE":"a"}}"#;
        let read: ClientEnvironment = serde_json::from_str(sent).expect("an environment");
        assert_eq!(read.variables, variables(&[("AWS_PROFILE", "a")]));
    }

    #[cfg(unix)]
    #[test]
    fn paths_travel_whatever_their_bytes() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = PathOnTheWire(PathBuf::from(OsString::from_vec(b"/home/\xff/config".to_vec())));
        for path in [odd, PathOnTheWire("/home/ada/config".into())] {
            let text = serde_json::to_string(&path).expect("JSON");
            assert_eq!(serde_json::from_str::<PathOnTheWire>(&text).expect("a path"), path);
        }
    }

    #[test]
    fn other_files_are_named_both() {
        let environment = ClientEnvironment {
            config_file: Some(PathOnTheWire("/there/config".into())),
            credentials_file: Some(PathOnTheWire("/home/ada/.aws/credentials".into())),
            ..ClientEnvironment::default()
        };
        let credentials = Path::new("/home/ada/.aws/credentials");
        assert_eq!(check_files(&environment, Path::new("/there/config"), credentials), Ok(()));
        let nothing_said = ClientEnvironment::default();
        assert!(check_files(&nothing_said, Path::new("/there/config"), credentials).is_err());
        let problem = check_files(&environment, Path::new("/here/config"), credentials).expect_err("other");
        let said = problem.report();
        assert_eq!((said.code.as_str(), said.kind), ("environment.other_files", crate::problem::Kind::Files));
        assert!(said.what.contains("/there/config") && said.what.contains("/here/config"), "{said:?}");
        assert!(!said.help.contains("AWS_SHARED_CREDENTIALS_FILE"), "{said:?}");
    }
}
