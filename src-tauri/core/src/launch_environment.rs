//! What a shell says and the background service does not hear: a desktop starts it without a shell's settings, on macOS
//! launchd does. Compared by names: a proxy's address may hold a password, and no value leaves its process.

use crate::checkup::Finding;
use std::ffi::OsString;

/// What the service needs when nobody asks it: for renewals, and for sign-ins from its menu.
const NAMES: [&str; 9] = [
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "AZURE_AUTHORITY_HOST",
];

const HELP: &str = if cfg!(target_os = "macos") {
    "macOS starts programs without a shell's settings. Run launchctl setenv NAME VALUE for each of them, quit Rolecall and open it again; after the next login run it again, or have your administrator set them."
} else if cfg!(windows) {
    "Set them as environment variables of your account (Settings, System, About, Advanced system settings), quit Rolecall and start it again."
} else {
    "Set them for your whole session, in a file NAME.conf in ~/.config/environment.d, then log out and in again."
};

/// Those that are set, in capital letters: proxies are read in small ones, too.
pub fn set(variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<String> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let either = |name: &&&str| is_set(name) || (name.ends_with("_PROXY") && is_set(&name.to_lowercase()));
    NAMES.iter().filter(either).map(|name| (*name).to_owned()).collect()
}

/// What is said of the variables that are set `here`, where a person asks, and not for the service; nothing where there
/// are none.
pub fn compare(here: &[String], service: &[String]) -> Option<Finding> {
    let lacking: Vec<&str> = here.iter().filter(|name| !service.contains(name)).map(String::as_str).collect();
    let (last, others) = lacking.split_last()?;
    let (names, are) = if others.is_empty() {
        ((*last).to_owned(), "is")
    } else {
        (format!("{} and {last}", others.join(", ")), "are")
    };
    let what = format!("{names} {are} set in this terminal, but not for the background service.");
    Some(Finding::advice("environment", what, HELP))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Vec<String> {
        set(&|wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn what_only_the_terminal_has_is_named_without_its_value() {
        let terminal = of(&[
            ("https_proxy", "http://ada:secret@proxy:8080"),
            ("AWS_CA_BUNDLE", "/etc/corp.pem"),
            ("AWS_CONFIG_FILE", ""),
            ("AWS_PROFILE", "work"),
        ]);
        assert_eq!(terminal, ["HTTPS_PROXY", "AWS_CA_BUNDLE"]);
        for (service, expected) in [
            (
                vec![],
                Some(
                    "HTTPS_PROXY and AWS_CA_BUNDLE are set in this terminal, but not for the background service.",
                ),
            ),
            (
                of(&[("HTTPS_PROXY", "http://proxy:3128")]),
                Some("AWS_CA_BUNDLE is set in this terminal, but not for the background service."),
            ),
            (of(&[("HTTPS_PROXY", "x"), ("AWS_CA_BUNDLE", "x"), ("NO_PROXY", "x")]), None),
        ] {
            let found = compare(&terminal, &service);
            assert_eq!(found.as_ref().map(|finding| finding.what.as_str()), expected, "{service:?}");
            assert!(!format!("{found:?}").contains("secret"));
        }
    }
}
