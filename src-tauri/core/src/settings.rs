//! The person's settings: `settings.toml`, every key optional.

use crate::expiry::Warnings;
use jiff::SignedDuration;
use serde::Deserialize;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    pub warnings: Warnings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `warn_before = ["30m", "5m"]`; an empty list for no warnings.
    warn_before: Option<Vec<SignedDuration>>,
}

impl Settings {
    /// # Errors
    /// One line that names the place and what is wrong there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let what = error.message().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
            line.map_or(what.clone(), |line| format!("line {line}: {what}"))
        })?;
        Ok(Self { warnings: file.warn_before.map_or_else(Warnings::default, Warnings::new) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        let settings = Settings::parse("warn_before = ['1 h', '90s', '5 minutes']").expect("settings");
        assert_eq!(settings.warnings.first(), Some(SignedDuration::from_hours(1)));
        assert_eq!(Settings::parse(""), Ok(Settings::default()));
        assert_eq!(Settings::parse("warn_before = []").expect("settings").warnings.first(), None);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, part) in [
            ("\nwarn_befor = ['1h']", "line 2: unknown field `warn_befor`"),
            ("warn_before = ['soon']", "line 1:"),
            ("warn_before = 5", "line 1:"),
            ("= 5", "line 1:"),
        ] {
            let said = Settings::parse(text).expect_err(text);
            assert!(said.contains(part), "{said}");
        }
    }
}
