use super::*;
use Effect::{Misreads, Refuses};

#[test]
fn each_rule_names_its_line_and_who_fails() {
    let config = Dialect::Config;
    let credentials = Dialect::Credentials;
    for (dialect, text, line, rule, cli, sdk) in [
        (config, "\u{feff}[default]\nregion = x\n", 1, Rule::ByteOrderMark, Some(Refuses), Some(Refuses)),
        (config, "region = x\n[default]\n", 1, Rule::KeyBeforeSection, Some(Refuses), Some(Refuses)),
        (config, "[profile a]\nregion: x\n", 2, Rule::ColonDelimiter, None, Some(Refuses)),
        (config, "[profile a]\nregion:x=y\n", 2, Rule::ColonDelimiter, None, Some(Misreads)),
        (config, "[profile a]\n  region = x\n  output = y\n", 2, Rule::IndentedFirstKey, None, Some(Refuses)),
        (config, "[ profile a ]\nregion = x\n", 1, Rule::BlankInHeader, Some(Misreads), None),
        (config, "[default ]\nregion = x\n", 1, Rule::BlankInHeader, Some(Misreads), None),
        (credentials, "[ a ]\nregion = x\n", 1, Rule::BlankInHeader, Some(Misreads), None),
        (config, "[profile a]\nregion = x # note\n", 2, Rule::InlineComment, Some(Misreads), None),
        (config, "[profile a]\ns3 =\n  max\n", 3, Rule::SubPropertyNoEquals, Some(Refuses), Some(Refuses)),
        (
            config,
            "[profile a]\ns3 =\n  max = 1 # n\n",
            3,
            Rule::InlineCommentInBlock,
            Some(Misreads),
            Some(Misreads),
        ),
        (config, "[profile a]\nregion\u{a0}= x\n", 2, Rule::OddBlank, None, Some(Misreads)),
        (config, "[profile a]\nregion =\u{a0}x\n", 2, Rule::OddBlank, None, Some(Misreads)),
        (config, "[profile a]\nregion = x\u{2003}\n", 2, Rule::OddBlank, None, Some(Misreads)),
        (config, "[profile a]\n\u{c}\n", 2, Rule::OddBlank, None, Some(Refuses)),
        (
            config,
            "[work]\nazure_tenant_id = x\n",
            1,
            Rule::MissingProfilePrefix,
            Some(Misreads),
            Some(Misreads),
        ),
        (config, "[profile a b]\nregion = x\n", 1, Rule::NameNeedsQuotes, Some(Misreads), None),
        (config, "[profile a b]\nregion = x\n", 1, Rule::NameNotPlain, None, Some(Misreads)),
        (config, "[profile \"a b\"]\nregion = x\n", 1, Rule::NameNotPlain, None, Some(Misreads)),
        (config, "[profile 'a']\nregion = x\n", 1, Rule::NameQuoted, None, Some(Misreads)),
        (config, "[profiles a]\nregion = x\n", 1, Rule::TakenForProfile, Some(Misreads), None),
        (config, "[profile a]\nx = 1\n[profile a]\n", 3, Rule::DuplicateSection, Some(Refuses), None),
        (config, "[profile a]\nx = 1\nX = 2\n", 3, Rule::DuplicateKey, Some(Refuses), None),
        (config, "[profile default]\nx = 1\n[default]\nx = 2\n", 3, Rule::DefaultTwice, Some(Misreads), None),
        (config, "[profile a\nx = 1\n", 1, Rule::UnclearHeader, Some(Refuses), Some(Refuses)),
        (config, "[profile a] b\nx = 1\n", 1, Rule::UnclearHeader, None, Some(Refuses)),
        (config, "[profile a] # [b]\nx = 1\n", 1, Rule::UnclearHeader, Some(Misreads), None),
        (config, "[profile a]\nwhat\n", 2, Rule::NoDelimiter, Some(Refuses), Some(Refuses)),
        (config, "[profile a]\n= x\n", 2, Rule::NoKey, Some(Refuses), Some(Refuses)),
        (config, "[profile a]\nx = 1\n  # note\n", 3, Rule::IndentedComment, None, Some(Misreads)),
        (config, "[profile a]\n  # note\nx = 1\n", 2, Rule::IndentedComment, None, Some(Refuses)),
        (config, "[profile a]\nx = 1\n\n  2\n", 3, Rule::BlankLineInValue, Some(Misreads), None),
        (config, "[profile a]\nmy key = 1\n", 2, Rule::KeyNotPlain, None, Some(Misreads)),
        (config, "[profile a]\nx = 1\ry = 2\n", 2, Rule::LoneCarriageReturn, Some(Misreads), None),
        (config, "[DEFAULT]\nregion = x\n[profile a]\ny = 1\n", 1, Rule::DefaultForAll, Some(Misreads), None),
        (
            credentials,
            "[profile a]\nx = 1\n",
            1,
            Rule::ProfilePrefixInCredentials,
            Some(Misreads),
            Some(Misreads),
        ),
        (
            credentials,
            "[sso-session a]\nx = 1\n",
            1,
            Rule::SessionInCredentials,
            Some(Misreads),
            Some(Misreads),
        ),
    ] {
        let found = incompatibilities(text, dialect);
        let one = found.iter().find(|found| found.rule == rule && found.line == line);
        let effects = one.map(|found| (found.aws_cli, found.rust_sdk));
        assert_eq!(effects, Some((cli, sdk)), "{rule:?} in {text:?}: {found:#?}");
    }
}

#[test]
fn what_every_tool_reads_has_nothing_to_be_said_of() {
    for (dialect, text) in [
        (Dialect::Config, ""),
        (Dialect::Config, "# c\r\n\r\n[default]\r\nregion=x\r\n"),
        (Dialect::Config, "[default]\nx = 1\n[profile default]\nx = 2\n"),
        (Dialect::Config, "[profile a]\nurl = https://example.org/saml#2\ns3 =\n  max = 1\n\n  min = 2\n"),
        (
            Dialect::Config,
            "[sso-session a]\nsso_region = x\n[services b]\ns3 =\n  x = y\n[preview]\nx = true\n",
        ),
        (Dialect::Credentials, "[a]\n# c\n; d\naws_access_key_id = A\n"),
        (Dialect::Config, "[profile a] # note\nx = 1"),
    ] {
        let unexpected: Vec<_> = incompatibilities(text, dialect)
            .into_iter()
            .filter(|found| found.rule != Rule::DuplicateSection)
            .collect();
        assert_eq!(unexpected, [], "{text:?}");
    }
}
