//! The rules: what a line breaks, in words, and how to fix it.

use super::{Effect, Incompatibility};

/// What is wrong with a line. Each has a stable code, one sentence that says it, and one that says how to fix it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    ByteOrderMark,
    KeyBeforeSection,
    UnclearHeader,
    DuplicateSection,
    DuplicateKey,
    /// The same profile under two headers that are not the same text.
    SpelledTwice,
    /// `[default]` below `[profile default]`.
    DefaultTwice,
    /// `[DEFAULT]`.
    DefaultForAll,
    BlankInHeader,
    NameNeedsQuotes,
    NameQuoted,
    NameNotPlain,
    MissingProfilePrefix,
    /// `[profiles x]`.
    TakenForProfile,
    ProfilePrefixInCredentials,
    SessionInCredentials,
    NoDelimiter,
    NoKey,
    ColonDelimiter,
    KeyNotPlain,
    OddBlank,
    LoneCarriageReturn,
    IndentedFirstKey,
    IndentedComment,
    InlineComment,
    InlineCommentInBlock,
    SubPropertyNoEquals,
    BlankLineInValue,
    /// Readers differ for none of the reasons above.
    ReadDifferently,
}

impl Rule {
    /// Never changes once it was released.
    pub fn code(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "byte_order_mark",
            Self::KeyBeforeSection => "key_before_section",
            Self::UnclearHeader => "unclear_header",
            Self::DuplicateSection => "duplicate_section",
            Self::DuplicateKey => "duplicate_key",
            Self::SpelledTwice => "section_spelled_twice",
            Self::DefaultTwice => "default_twice",
            Self::DefaultForAll => "default_for_all",
            Self::BlankInHeader => "blank_in_header",
            Self::NameNeedsQuotes => "name_needs_quotes",
            Self::NameQuoted => "name_quoted",
            Self::NameNotPlain => "name_not_plain",
            Self::MissingProfilePrefix => "missing_profile_prefix",
            Self::TakenForProfile => "taken_for_profile",
            Self::ProfilePrefixInCredentials => "profile_prefix_in_credentials",
            Self::SessionInCredentials => "session_in_credentials",
            Self::NoDelimiter => "no_delimiter",
            Self::NoKey => "no_key",
            Self::ColonDelimiter => "colon_delimiter",
            Self::KeyNotPlain => "key_not_plain",
            Self::OddBlank => "odd_blank",
            Self::LoneCarriageReturn => "lone_carriage_return",
            Self::IndentedFirstKey => "indented_first_key",
            Self::IndentedComment => "indented_comment",
            Self::InlineComment => "inline_comment",
            Self::InlineCommentInBlock => "inline_comment_in_block",
            Self::SubPropertyNoEquals => "sub_property_no_equals",
            Self::BlankLineInValue => "blank_line_in_value",
            Self::ReadDifferently => "read_differently",
        }
    }

    /// What is wrong, without a full stop. No text of the file is in it.
    pub fn what(self) -> &'static str {
        match self {
            Self::ByteOrderMark => "the file starts with a byte order mark",
            Self::KeyBeforeSection => "a key comes before the first [section]",
            Self::UnclearHeader => "the section header is not clearly [name]",
            Self::DuplicateSection => "this section is in the file a second time",
            Self::DuplicateKey => "this key is in the section a second time",
            Self::SpelledTwice => "this profile has a second section with another spelling",
            Self::DefaultTwice => "[default] comes after [profile default]",
            Self::DefaultForAll => "the section [DEFAULT] gives its keys to every other profile",
            Self::BlankInHeader => {
                "the section header has a blank inside its brackets, before or after the name"
            }
            Self::NameNeedsQuotes => "the profile name holds a blank but has no quotes",
            Self::NameQuoted => "the profile name is in quotes",
            Self::NameNotPlain => "the name holds a blank or a character that some tools do not accept",
            Self::MissingProfilePrefix => {
                "this section has the keys of a profile but no 'profile' in its header"
            }
            Self::TakenForProfile => "this section starts with 'profile' but is not a profile",
            Self::ProfilePrefixInCredentials => {
                "the section header has 'profile' in it, which belongs in the config file only"
            }
            Self::SessionInCredentials => "this section belongs in the config file",
            Self::NoDelimiter => "the line is not a section, a comment or 'key = value'",
            Self::NoKey => "the line has a value but no key",
            Self::ColonDelimiter => "a ':' is used in place of '='",
            Self::KeyNotPlain => "the key's name holds a character that some tools do not accept",
            Self::OddBlank => {
                "the line holds a blank that is neither a space nor a tab, such as a no-break space"
            }
            Self::LoneCarriageReturn => "the line holds a carriage return in its middle",
            Self::IndentedFirstKey => "the first key of the section is indented",
            Self::IndentedComment => "the comment is indented",
            Self::InlineComment => "a comment follows the value",
            Self::InlineCommentInBlock => "a comment follows the value of an indented line",
            Self::SubPropertyNoEquals => "the indented line is not 'key = value'",
            Self::BlankLineInValue => "a blank line is in the middle of a value",
            Self::ReadDifferently => "tools do not agree on what this line says",
        }
    }

    /// How to fix it, one or two sentences.
    pub fn fix(self) -> &'static str {
        match self {
            Self::ByteOrderMark => {
                "Save the file as UTF-8 without a byte order mark. Rolecall also removes the mark when it next writes to the file."
            }
            Self::KeyBeforeSection => "Move the line below the header of its section, or delete it.",
            Self::UnclearHeader => {
                "Write the header as [name], alone on its line, with no other bracket and no # or ; in it."
            }
            Self::DuplicateSection | Self::SpelledTwice => {
                "Put all keys of the profile under one header, and delete the other."
            }
            Self::DuplicateKey => "Delete one of the two lines.",
            Self::DefaultTwice => {
                "Keep only one of the two sections: move the keys to [default] and delete [profile default]."
            }
            Self::DefaultForAll => {
                "Rename the section to [default], or repeat its keys in the profiles that need them."
            }
            Self::BlankInHeader => "Remove the blank next to the bracket.",
            Self::NameNeedsQuotes => "Give the profile a name without blanks.",
            Self::NameQuoted => {
                "Remove the quotes, or, if the name holds a blank, give the profile a name without blanks."
            }
            Self::NameNotPlain => "Give the profile a name of letters, digits and - _ . @ only.",
            Self::MissingProfilePrefix => "Write the header as [profile NAME].",
            Self::TakenForProfile => {
                "Rename the section so that it does not start with 'profile', or write [profile NAME]."
            }
            Self::ProfilePrefixInCredentials => "In the credentials file, write the header as [NAME].",
            Self::SessionInCredentials => "Move the section to the config file.",
            Self::NoDelimiter => "Write the line as 'key = value', put a # in front of it, or delete it.",
            Self::NoKey => "Write the name of the key in front of the '=', or delete the line.",
            Self::ColonDelimiter => "Write 'key = value'.",
            Self::KeyNotPlain => {
                "Name the key with letters, digits and _ only, or put a # in front of the line."
            }
            Self::OddBlank => {
                "Delete the blanks at the line's ends and around the '=', and type plain spaces."
            }
            Self::LoneCarriageReturn => "Save the file with LF or CRLF line ends.",
            Self::IndentedFirstKey => "Remove the blanks in front of all keys of the section.",
            Self::IndentedComment => "Remove the blanks in front of the comment.",
            Self::InlineComment | Self::InlineCommentInBlock => {
                "Move the comment to a line of its own that starts with #."
            }
            Self::SubPropertyNoEquals => {
                "Write the line as 'key = value', or delete it. If it belongs to the value above, join the two lines."
            }
            Self::BlankLineInValue => "Delete the blank line.",
            Self::ReadDifferently => "Write the line as 'key = value' with plain spaces.",
        }
    }
}

impl Incompatibility {
    /// Which tools fail, and how: whole sentences.
    pub fn consequence(&self) -> String {
        let both = "The AWS CLI, boto3 and the AWS SDK for Rust";
        let words = |effect: Effect| match effect {
            Effect::Refuses => "refuse the whole file",
            Effect::Misreads => match self.rule {
                Rule::InlineComment | Rule::InlineCommentInBlock => "take the comment as part of the value",
                Rule::IndentedComment => "take the comment as part of the value above",
                Rule::MissingProfilePrefix
                | Rule::ProfilePrefixInCredentials
                | Rule::SessionInCredentials
                | Rule::BlankInHeader
                | Rule::NameNeedsQuotes
                | Rule::NameNotPlain
                | Rule::NameQuoted => "do not see this section",
                Rule::KeyNotPlain => "do not see this key",
                Rule::TakenForProfile => "read it as a profile",
                Rule::DefaultForAll => "read those keys in every profile",
                Rule::DefaultTwice => "use [default], other tools use [profile default]",
                _ => "read something else",
            },
        };
        let singular = |words: &str| match words {
            "refuse the whole file" => "refuses the whole file".to_owned(),
            other => other
                .replacen("do not", "does not", 1)
                .replacen("take the", "takes the", 1)
                .replacen("read ", "reads ", 1),
        };
        match (self.aws_cli, self.rust_sdk) {
            (Some(cli), Some(sdk)) if cli == sdk => format!("{both} {}.", words(cli)),
            (Some(cli), Some(sdk)) => format!(
                "The AWS CLI and boto3 {}. The AWS SDK for Rust {}.",
                words(cli),
                singular(words(sdk))
            ),
            (Some(cli), None) => format!("The AWS CLI and boto3 {}.", words(cli)),
            (None, Some(sdk)) => format!("The AWS SDK for Rust {}.", singular(words(sdk))),
            (None, None) => "Rolecall does not write to the file while this line is in it.".to_owned(),
        }
    }
}

/// Keys by which a section shows that it is meant for a profile.
pub(super) fn is_profile_key(name: &str) -> bool {
    const KEYS: [&str; 10] = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "credential_process",
        "credential_source",
        "role_arn",
        "source_profile",
        "sso_account_id",
        "sso_role_name",
        "web_identity_token_file",
    ];
    KEYS.contains(&name) || is_rolecalls_own(name)
}

/// Keys that say who somebody is.
pub(super) fn decides_identity(name: &str) -> bool {
    const KEYS: [&str; 7] = [
        "aws_access_key_id",
        "credential_process",
        "credential_source",
        "login_session",
        "role_arn",
        "source_profile",
        "web_identity_token_file",
    ];
    KEYS.contains(&name) || name.starts_with("sso_")
}

/// Keys that no AWS tool reads.
pub(super) fn is_rolecalls_own(name: &str) -> bool {
    name.starts_with("azure_") || name.starts_with("rolecall_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_is_said_in_whole_sentences() {
        let said = |rule, aws_cli, rust_sdk| {
            Incompatibility { line: 1, rule, aws_cli, rust_sdk, section: None, key: None }.consequence()
        };
        let (refuses, misreads) = (Some(Effect::Refuses), Some(Effect::Misreads));
        for (rule, cli, sdk, wanted) in [
            (
                Rule::ByteOrderMark,
                refuses,
                refuses,
                "The AWS CLI, boto3 and the AWS SDK for Rust refuse the whole file.",
            ),
            (
                Rule::InlineComment,
                misreads,
                None,
                "The AWS CLI and boto3 take the comment as part of the value.",
            ),
            (Rule::ColonDelimiter, None, refuses, "The AWS SDK for Rust refuses the whole file."),
            (Rule::KeyNotPlain, None, misreads, "The AWS SDK for Rust does not see this key."),
            (
                Rule::IndentedComment,
                None,
                misreads,
                "The AWS SDK for Rust takes the comment as part of the value above.",
            ),
            (
                Rule::OddBlank,
                misreads,
                refuses,
                "The AWS CLI and boto3 read something else. The AWS SDK for Rust refuses the whole file.",
            ),
        ] {
            assert_eq!(said(rule, cli, sdk), wanted);
        }
    }
}
