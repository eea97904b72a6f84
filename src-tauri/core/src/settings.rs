//! The person's settings: `settings.toml`, every key optional.

use crate::expiry::{self, Warnings};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub warnings: Warnings,
    /// How long copied credentials stay in the clipboard.
    pub clear_clipboard_after: SignedDuration,
    /// The browser's AWS sessions are kept beside a new one, for who has switched on AWS's multi-session support.
    pub console_multi_session: bool,
    pub renew: Renew,
    pub credentials_mode: CredentialsMode,
    /// Ask the system's own sign-on for profiles that allow it. On Linux that is the identity broker, which is asked in
    /// the name of Microsoft Edge: not before somebody wants that.
    pub os_sign_on: bool,
    /// After a sign-in AWS's sign-in page is asked what the accounts are called: the assertion is posted to it.
    pub account_names: bool,
    /// Sign in to the last used profile when the desktop session begins, where Rolecall starts with it.
    pub sign_in_at_login: bool,
    pub theme: Theme,
    pub language: Language,
    /// Where to look for newer versions, when somebody asks; nobody looks where it is absent.
    pub update_feed: Option<String>,
    /// The minisign public key whose signature the feed must bear.
    pub update_key: Option<String>,
}

/// What happens before a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Renew {
    /// Nothing but the warnings.
    Off,
    /// It is renewed unasked, as long as that takes no answer of a person.
    #[default]
    WhenSilent,
    /// The person is asked first.
    AlwaysAsk,
}

/// Who may read the credentials file that Rolecall writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CredentialsMode {
    /// Its owner alone.
    #[default]
    Private,
    /// Whoever could read it before: for people who share it on purpose.
    Keep,
}

/// How the main window looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop.
    #[default]
    System,
    Light,
    Dark,
}

/// The main window's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the desktop.
    #[default]
    System,
    En,
    De,
}

/// The settings as the main window shows and sets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Choices {
    /// Minutes before the end, longest first; none: no warnings.
    pub warn_before: Vec<u32>,
    /// Seconds.
    pub clear_clipboard_after: u32,
    pub console_multi_session: bool,
    pub renew: Renew,
    pub credentials_mode: CredentialsMode,
    pub os_sign_on: bool,
    pub account_names: bool,
    pub sign_in_at_login: bool,
    pub theme: Theme,
    pub language: Language,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            warnings: Warnings::default(),
            clear_clipboard_after: SignedDuration::from_secs(60),
            console_multi_session: false,
            renew: Renew::default(),
            credentials_mode: CredentialsMode::default(),
            os_sign_on: !cfg!(target_os = "linux"),
            account_names: true,
            sign_in_at_login: false,
            theme: Theme::default(),
            language: Language::default(),
            update_feed: None,
            update_key: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `warn_before = ["30m", "5m"]`; an empty list for no warnings.
    warn_before: Option<Spanned<Vec<SignedDuration>>>,
    /// `clear_clipboard_after = "60s"`.
    clear_clipboard_after: Option<Spanned<SignedDuration>>,
    console_multi_session: Option<bool>,
    /// `off`, `when_silent` or `always_ask`.
    renew: Option<Renew>,
    /// `private` or `keep`.
    credentials_mode: Option<CredentialsMode>,
    os_sign_on: Option<bool>,
    account_names: Option<bool>,
    sign_in_at_login: Option<bool>,
    /// `system`, `light` or `dark`.
    theme: Option<Theme>,
    /// `system`, `en` or `de`.
    language: Option<Language>,
    /// `update_feed = "https://updates.example.org/rolecall/latest.json"`.
    update_feed: Option<String>,
    /// `update_key = "RWQ…"`.
    update_key: Option<String>,
}

impl Settings {
    /// # Errors
    /// One line that names the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let line_at = |at: usize| {
            text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_at(span.start));
            let what = error.message().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
            line.map_or(what.clone(), |line| format!("line {line}: {what}"))
        })?;
        let usual = Self::default();
        if let Some(before) = &file.warn_before {
            expiry::check_warnings(before.as_ref())
                .map_err(|wrong| format!("line {}: warn_before {wrong}", line_at(before.span().start)))?;
        }
        if let Some(after) =
            file.clear_clipboard_after.as_ref().filter(|after| *after.as_ref() > LONGEST_IN_CLIPBOARD)
        {
            let line = line_at(after.span().start);
            return Err(format!("line {line}: clear_clipboard_after must be 24h at most"));
        }
        let clear_after =
            file.clear_clipboard_after.map(Spanned::into_inner).filter(SignedDuration::is_positive);
        Ok(Self {
            warnings: file.warn_before.map_or(usual.warnings, |before| Warnings::new(before.into_inner())),
            clear_clipboard_after: clear_after.unwrap_or(usual.clear_clipboard_after),
            console_multi_session: file.console_multi_session.unwrap_or(usual.console_multi_session),
            renew: file.renew.unwrap_or_default(),
            credentials_mode: file.credentials_mode.unwrap_or_default(),
            os_sign_on: file.os_sign_on.unwrap_or(usual.os_sign_on),
            account_names: file.account_names.unwrap_or(usual.account_names),
            sign_in_at_login: file.sign_in_at_login.unwrap_or(usual.sign_in_at_login),
            theme: file.theme.unwrap_or_default(),
            language: file.language.unwrap_or_default(),
            update_feed: file.update_feed,
            update_key: file.update_key,
        })
    }

    /// What of them the main window shows: warnings in whole minutes, rounded up.
    pub fn choices(&self) -> Choices {
        let minutes = |before: &SignedDuration| {
            u32::try_from(before.as_secs().saturating_add(59) / 60).unwrap_or(u32::MAX)
        };
        let mut warn_before: Vec<_> = self.warnings.all().iter().map(minutes).collect();
        warn_before.dedup();
        Choices {
            warn_before,
            clear_clipboard_after: u32::try_from(self.clear_clipboard_after.as_secs()).unwrap_or(u32::MAX),
            console_multi_session: self.console_multi_session,
            renew: self.renew,
            credentials_mode: self.credentials_mode,
            os_sign_on: self.os_sign_on,
            account_names: self.account_names,
            sign_in_at_login: self.sign_in_at_login,
            theme: self.theme,
            language: self.language,
        }
    }
}

/// The text of `settings.toml` with these choices; its comments and order stay, and a choice that is the usual one is
/// written only where the key is there already.
///
/// # Errors
/// One line: the text is not what [`Settings::parse`] reads.
pub fn edit(text: &str, choices: &Choices) -> Result<String, String> {
    let now = Settings::parse(text)?.choices();
    let mut document: toml_edit::DocumentMut = text.parse().map_err(|_| "it is not TOML".to_owned())?;
    let mut set = |key: &str, changed: bool, value: toml_edit::Value| {
        if changed {
            // What follows the value on its line is the person's.
            match document.get_mut(key).and_then(toml_edit::Item::as_value_mut) {
                Some(there) => {
                    let decor = there.decor().clone();
                    *there = value;
                    *there.decor_mut() = decor;
                }
                None => document[key] = toml_edit::value(value),
            }
        }
    };
    let mut minutes: Vec<_> =
        choices.warn_before.iter().copied().filter(|n| (1..=MINUTES).contains(n)).collect();
    minutes.sort_unstable_by(|a, b| b.cmp(a));
    minutes.dedup();
    let before: toml_edit::Array = minutes.iter().map(|minutes| format!("{minutes}m")).collect();
    set("warn_before", choices.warn_before != now.warn_before, before.into());
    let seconds = choices.clear_clipboard_after.clamp(5, SECONDS);
    let changed = choices.clear_clipboard_after != now.clear_clipboard_after;
    set("clear_clipboard_after", changed, format!("{seconds}s").into());
    let multi = choices.console_multi_session;
    set("console_multi_session", multi != now.console_multi_session, multi.into());
    set("os_sign_on", choices.os_sign_on != now.os_sign_on, choices.os_sign_on.into());
    set("account_names", choices.account_names != now.account_names, choices.account_names.into());
    let at_login = choices.sign_in_at_login;
    set("sign_in_at_login", at_login != now.sign_in_at_login, at_login.into());
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    set("renew", choices.renew != now.renew, word(serde_json::json!(choices.renew)).into());
    let mode = choices.credentials_mode;
    set("credentials_mode", mode != now.credentials_mode, word(serde_json::json!(mode)).into());
    set("theme", choices.theme != now.theme, word(serde_json::json!(choices.theme)).into());
    set("language", choices.language != now.language, word(serde_json::json!(choices.language)).into());
    Ok(document.to_string())
}

/// What `clear_clipboard_after` may be at most.
const LONGEST_IN_CLIPBOARD: SignedDuration = SignedDuration::from_hours(24);
/// No session is longer than twelve hours.
const MINUTES: u32 = 12 * 60;
/// Credentials have no business in a clipboard for longer.
const SECONDS: u32 = 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_duration_makes_it_panic(before in crate::time::tests::duration(), after in crate::time::tests::duration()) {
            let text = format!("warn_before = ['{before:#}']\nclear_clipboard_after = '{after:#}'\n");
            match Settings::parse(&text) {
                Ok(settings) => {
                    let choices = settings.choices();
                    proptest::prop_assert_eq!(edit(&text, &choices), Ok(text));
                }
                Err(said) => proptest::prop_assert!(said.starts_with("line "), "{}", said),
            }
        }
    }

    #[test]
    fn durations_as_people_write_them() {
        let settings = Settings::parse("warn_before = ['1 h', '90s', '5 minutes']").expect("settings");
        assert_eq!(settings.warnings.first(), Some(SignedDuration::from_hours(1)));
        assert_eq!(Settings::parse(""), Ok(Settings::default()));
        assert_eq!(Settings::parse("warn_before = []").expect("settings").warnings.first(), None);
    }

    #[test]
    fn choices_are_written_where_they_change_and_the_rest_stays() {
        let text = "# mine\nwarn_before = ['1h'] # early\n\nconsole_multi_session = false\n";
        let mut choices = Settings::parse(text).expect("settings").choices();
        assert_eq!(edit(text, &choices).expect("text"), text);
        choices.warn_before = vec![5, 45, 5, 0];
        choices.theme = Theme::Dark;
        choices.credentials_mode = CredentialsMode::Keep;
        let edited = edit(text, &choices).expect("text");
        assert!(
            edited.starts_with("# mine\nwarn_before = [\"45m\", \"5m\"] # early\n\nconsole_multi"),
            "{edited}"
        );
        let read = Settings::parse(&edited).expect("settings");
        assert_eq!((read.choices().warn_before, read.theme), (vec![45, 5], Theme::Dark));
        assert_eq!(read.credentials_mode, CredentialsMode::Keep);
        assert!(edit("theme = 5", &choices).is_err());
        assert_eq!(edit("", &Settings::default().choices()).as_deref(), Ok(""));
        // What is beyond the window's bounds, or finer than its minutes, stays until it is changed there.
        let odd = "warn_before = [\"2m\", \"90s\"]\nclear_clipboard_after = \"2h\"\n";
        let choices = Choices { theme: Theme::Light, ..Settings::parse(odd).expect("settings").choices() };
        assert_eq!(choices.warn_before, [2]);
        assert_eq!(edit(odd, &choices), Ok(format!("{odd}theme = \"light\"\n")));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, part) in [
            ("\nwarn_befor = ['1h']", "line 2: unknown field `warn_befor`"),
            ("warn_before = ['soon']", "line 1:"),
            ("warn_before = 5", "line 1:"),
            ("= 5", "line 1:"),
            ("credentials_mode = '0644'", "line 1: unknown variant `0644`"),
            ("\nwarn_before = ['99999999999h']", "line 2: warn_before must be 720h at most"),
            ("warn_before = ['2562047788015215h 30m 7s']", "line 1: warn_before must be 720h at most"),
            ("warn_before = ['99999999999999999h']", "line 1:"),
            ("warn_before = ['-99999999999h']", "line 1: warn_before must be 720h at most"),
            (
                "theme = 'dark'\nclear_clipboard_after = '99999999999h'",
                "line 2: clear_clipboard_after must be 24h",
            ),
        ] {
            let said = Settings::parse(text).expect_err(text);
            assert!(said.contains(part), "{said}");
        }
    }
}
