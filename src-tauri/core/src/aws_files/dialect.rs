//! How a profile is named in each of the two files.

use crate::aws_files::document::BLANKS;

/// Which of the two files a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `[default]`, `[profile NAME]`, `[profile "NAME WITH BLANKS"]`; any other header is no profile.
    Config,
    /// `[NAME]`: every header is a profile, `[profile x]` one of the name `profile x`.
    Credentials,
}

impl Dialect {
    /// The profile whose section has this between its brackets.
    pub(super) fn profile_of(self, header: &str) -> Option<&str> {
        match self {
            Self::Credentials => Some(header),
            Self::Config if header == "default" => Some(header),
            Self::Config => {
                let name = header.strip_prefix("profile")?;
                let name = name.starts_with(BLANKS).then(|| name.trim_start_matches(BLANKS))?;
                let quoted = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
                quoted('"').or_else(|| quoted('\'')).or(Some(name))
            }
        }
    }

    /// What stands between the brackets of a new section.
    pub(super) fn header_of(self, profile: &str) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
        match self {
            Self::Config if profile == "default" => profile.to_owned(),
            Self::Config if profile.chars().all(plain) => format!("profile {profile}"),
            Self::Config => format!("profile \"{profile}\""),
            Self::Credentials => profile.to_owned(),
        }
    }
}
