//! What is wrong with a draft, field by field: a draft without a flaw is written and read back as it stands.

use super::keys::tidy;
use super::{Draft, Field, Flaw, Wrong, name, shape};
use crate::aws_files::document::Dialect;
use crate::aws_files::edit;
use crate::credential_process;
use crate::profile::{Authority, ProfileName};
use crate::role::RoleArn;
use crate::saml::identity_center::names_identity_center;
use std::path::Path;

/// In bytes, of any value: AWS's own limit for ARNs.
const LONGEST_VALUE: usize = 2048;

/// The flaws in the order of the form; at most one a field. `names` are those of the config file's profiles; `edits` is
/// the profile that the draft changes, none for a new one.
pub fn check(draft: &Draft, names: &[ProfileName], edits: Option<&ProfileName>) -> Vec<Wrong> {
    let fields = [
        (Field::Name, name_flaw(draft, names, edits)),
        (
            Field::Tenant,
            required(&draft.tenant, |text| flaw_unless(shape::is_tenant(text), Flaw::NotATenant)),
        ),
        (Field::AppIdUri, required(&draft.app_id_uri, app_id_uri)),
        (
            Field::Username,
            optional(&draft.username, |text| flaw_unless(shape::is_username(text), Flaw::NotAUsername)),
        ),
        (
            Field::Region,
            optional(&draft.region, |text| flaw_unless(shape::is_region(text), Flaw::NotARegion)),
        ),
        (
            Field::Duration,
            optional(&draft.duration, |text| flaw_unless(is_duration(text), Flaw::NotADuration)),
        ),
        (
            Field::DefaultRole,
            optional(&draft.default_role, |text| flaw_unless(RoleArn::parse(text).is_ok(), Flaw::NotARole)),
        ),
        (
            Field::Authority,
            optional(&draft.authority, |text| {
                flaw_unless(Authority::parse(text).is_ok(), Flaw::NotAnAuthority)
            }),
        ),
    ];
    fields.into_iter().filter_map(|(field, flaw)| Some(Wrong { field, flaw: flaw? })).collect()
}

/// A name that stays is somebody's choice already: it needs only be one that we can write.
fn name_flaw(draft: &Draft, names: &[ProfileName], edits: Option<&ProfileName>) -> Option<Flaw> {
    if edits.is_some_and(|edited| edited.as_str() == draft.name) {
        let header = edit::set("", Dialect::Config, &draft.name, &[("k", "v")]).is_ok();
        let profile = ProfileName::new(draft.name.as_str());
        let process = !draft.process || credential_process::line(Path::new("/rolecall"), &profile).is_ok();
        return flaw_unless(header && process, Flaw::Character);
    }
    let taken = names.iter().any(|there| there.as_str() == draft.name);
    name::flaw(&draft.name).or(flaw_unless(!taken, Flaw::Taken))
}

fn required(text: &str, rule: impl Fn(&str) -> Option<Flaw>) -> Option<Flaw> {
    flaw_unless(!text.trim().is_empty(), Flaw::Missing).or_else(|| optional(text, rule))
}

fn optional(text: &str, rule: impl Fn(&str) -> Option<Flaw>) -> Option<Flaw> {
    let text = tidy(text);
    if text.is_empty() {
        return None;
    }
    flaw_unless(text.len() <= LONGEST_VALUE, Flaw::TooLong)
        .or_else(|| rule(&text))
        .or_else(|| flaw_unless(is_writable(&text), Flaw::Character))
}

/// Whether every reader takes the value as it stands. A second pass of [`tidy`] is what the reader of profiles does.
fn is_writable(text: &str) -> bool {
    tidy(text) == text && edit::set("", Dialect::Config, "a", &[("k", text)]).is_ok()
}

/// Any identifier will do, but blanks and characters that nobody sees come from careless copying.
fn app_id_uri(text: &str) -> Option<Flaw> {
    flaw_unless(!text.chars().any(|c| c.is_whitespace() || shape::is_unseen(c)), Flaw::Character)
        .or_else(|| flaw_unless(!names_identity_center(text), Flaw::IdentityCenter))
}

fn is_duration(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && matches!(text.parse(), Ok(1..=12_u8))
}

fn flaw_unless(right: bool, flaw: Flaw) -> Option<Flaw> {
    (!right).then_some(flaw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{keys, of_profile};
    use crate::profile::Profiles;
    use proptest::prelude::*;

    fn right() -> Draft {
        Draft {
            name: "work".into(),
            tenant: "0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            app_id_uri: "https://signin.aws.amazon.com/saml#2".into(),
            ..Draft::default()
        }
    }

    #[test]
    fn every_field_has_its_flaws() {
        type Put = fn(&mut Draft, &str);
        type Cases<'a> = &'a [(&'a str, Option<Flaw>)];
        let fields: [(Field, Put, Cases<'_>); 8] = [
            (
                Field::Name,
                |draft, text| draft.name = text.into(),
                &[
                    ("", Some(Flaw::Missing)),
                    ("there", Some(Flaw::Taken)),
                    ("There", None),
                    ("my work", Some(Flaw::Blank)),
                    ("a]b", Some(Flaw::Character)),
                    ("DEFAULT", Some(Flaw::Reserved)),
                    ("default", None),
                ],
            ),
            (
                Field::Tenant,
                |draft, text| draft.tenant = text.into(),
                &[
                    (" ", Some(Flaw::Missing)),
                    ("common", Some(Flaw::NotATenant)),
                    ("example.org\nregion = x", Some(Flaw::NotATenant)),
                    (" example.org ", None),
                ],
            ),
            (
                Field::AppIdUri,
                |draft, text| draft.app_id_uri = text.into(),
                &[
                    ("", Some(Flaw::Missing)),
                    ("https://signin.aws.amazon.com/saml", None),
                    ("https://signin.aws.amazon.com/saml\\#2", None),
                    ("urn:a;b=c:d[e]\"f\"", None),
                    (
                        "https://eu-central-1.signin.aws.amazon.com/platform/saml/d-1234567890",
                        Some(Flaw::IdentityCenter),
                    ),
                    ("a #2", Some(Flaw::Character)),
                    ("#2", Some(Flaw::Character)),
                    ("a\nb", Some(Flaw::Character)),
                    ("a\u{200b}b", Some(Flaw::Character)),
                    ("a\\\\#b", Some(Flaw::Character)),
                    (&"a".repeat(2049), Some(Flaw::TooLong)),
                ],
            ),
            (
                Field::Username,
                |draft, text| draft.username = text.into(),
                &[
                    ("ada@example.org", None),
                    ("ada_example.net#EXT#@example.org", None),
                    ("#ada@example.org", Some(Flaw::Character)),
                    ("ada", Some(Flaw::NotAUsername)),
                    ("ada @example.org", Some(Flaw::NotAUsername)),
                    ("ada@example.org\nregion = x", Some(Flaw::NotAUsername)),
                ],
            ),
            (
                Field::Region,
                |draft, text| draft.region = text.into(),
                &[("eu-central-1", None), ("eu-centre-1", Some(Flaw::NotARegion))],
            ),
            (
                Field::Duration,
                |draft, text| draft.duration = text.into(),
                &[
                    ("12", None),
                    (" 8 ", None),
                    ("0", Some(Flaw::NotADuration)),
                    ("13", Some(Flaw::NotADuration)),
                    ("+8", Some(Flaw::NotADuration)),
                    ("1.5", Some(Flaw::NotADuration)),
                    ("eight", Some(Flaw::NotADuration)),
                ],
            ),
            (
                Field::DefaultRole,
                |draft, text| draft.default_role = text.into(),
                &[
                    ("arn:aws:iam::111111111111:role/team/Admin", None),
                    ("Admin", Some(Flaw::NotARole)),
                    ("arn:aws:sts::111111111111:assumed-role/Admin/ada", Some(Flaw::NotARole)),
                ],
            ),
            (
                Field::Authority,
                |draft, text| draft.authority = text.into(),
                &[
                    ("https://login.microsoftonline.us", None),
                    ("login.microsoftonline.us", None),
                    ("http://127.0.0.1:4100", None),
                    ("http://login.example.org", Some(Flaw::NotAnAuthority)),
                    ("https://ada@login.example.org", Some(Flaw::NotAnAuthority)),
                    ("https://", Some(Flaw::NotAnAuthority)),
                ],
            ),
        ];
        let names = [ProfileName::new("there")];
        assert_eq!(check(&right(), &names, None), []);
        for (field, put, cases) in fields {
            for (text, flaw) in cases {
                let mut draft = right();
                put(&mut draft, text);
                let wanted: Vec<_> = flaw.map(|flaw| Wrong { field, flaw }).into_iter().collect();
                assert_eq!(check(&draft, &names, None), wanted, "{field:?} {text:?}");
            }
        }
    }

    #[test]
    fn what_is_optional_may_be_empty_and_all_flaws_come_at_once() {
        let fields: Vec<_> =
            check(&Draft::default(), &[], None).into_iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, [Field::Name, Field::Tenant, Field::AppIdUri]);
    }

    #[test]
    fn an_edited_profile_keeps_its_name() {
        let names = ["my work", "a;b", "it's", "there"].map(ProfileName::new);
        for (edits, name, process, flaw) in [
            ("my work", "my work", true, None),
            ("it's", "it's", false, None),
            ("it's", "it's", true, Some(Flaw::Character)),
            ("a;b", "a;b", false, Some(Flaw::Character)),
            ("my work", "my  work", false, Some(Flaw::Blank)),
            ("my work", "there", false, Some(Flaw::Taken)),
            ("my work", "work", false, None),
        ] {
            let draft = Draft { name: name.into(), process, ..right() };
            let wanted: Vec<_> = flaw.map(|flaw| Wrong { field: Field::Name, flaw }).into_iter().collect();
            assert_eq!(check(&draft, &names, Some(&ProfileName::new(edits))), wanted, "{edits} {name}");
        }
    }

    /// Texts that are right often enough, and wrong in every way else.
    fn field(right: &'static str) -> impl Strategy<Value = String> {
        let seasoned = "[ \\\\#;=:'\"\\[\\]%@/a-c\u{e9}\u{feff}-]{0,12}";
        prop_oneof![
            6 => right,
            1 => Just(String::new()),
            1 => (right, seasoned).prop_map(|(right, more)| right + &more),
            1 => (seasoned, right).prop_map(|(more, right)| more + &right),
            1 => ".*",
        ]
    }

    fn draft() -> impl Strategy<Value = Draft> {
        let guid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[a-z]{1,9}\\.[a-z]{2,3}";
        let texts = (
            field("[A-Za-z0-9_.@:+-]{1,12}|default"),
            field(guid),
            field("[!-~]{1,40}|https://signin\\.aws\\.amazon\\.com/saml(\\\\?#[0-9]{1,2})?"),
            field("[!-~]{1,20}@[!-~]{1,20}"),
            field("(eu|us|us-gov|eusc-de)-(central|east|southwest)-[1-9]"),
            field("[0-9]{1,2}"),
            field("arn:aws:iam::[0-9]{12}:role/[!-~]{1,30}"),
            field("(https?://)?([a-z.-]{1,20}|localhost)(:[0-9]{1,4})?[!-~]{0,9}"),
        );
        (texts, any::<bool>(), any::<bool>()).prop_map(|(texts, remember_me, process)| {
            let (name, tenant, app_id_uri, username, region, duration, default_role, authority) = texts;
            Draft {
                name,
                tenant,
                app_id_uri,
                username,
                region,
                duration,
                default_role,
                authority,
                remember_me,
                process,
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_has_no_flaw_is_written_and_read_back(mut draft in draft()) {
            // A draft with flaws goes on without the fields that have them, so that none is wasted.
            for wrong in check(&draft, &[], None) {
                match wrong.field {
                    Field::Name => draft.name = "work".into(),
                    Field::Tenant => draft.tenant = "example.org".into(),
                    Field::AppIdUri => draft.app_id_uri = "a".into(),
                    Field::Username => draft.username.clear(),
                    Field::Region => draft.region.clear(),
                    Field::Duration => draft.duration.clear(),
                    Field::DefaultRole => draft.default_role.clear(),
                    Field::Authority => draft.authority.clear(),
                    Field::Link => unreachable!("no field of a draft"),
                }
            }
            prop_assert_eq!(check(&draft, &[], None), []);
            let (set, _) = keys(&draft);
            let values: Vec<_> = set.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let text = edit::set("", Dialect::Config, &draft.name, &values).expect("written");
            let read = Profiles::parse(&text, Path::new("config"), None);
            prop_assert_eq!(&read.broken, &vec![], "{}", text);
            prop_assert_eq!(read.profiles.len(), 1, "{}", text);
            let profile = read.find(&ProfileName::new(draft.name.as_str())).expect("usable");
            let back = of_profile(profile);
            // What the form shows of the public cloud is nothing, though a draft may spell it out.
            if draft.authority.is_empty() || !back.authority.is_empty() {
                prop_assert_eq!(keys(&back), keys(&draft), "{}", text);
            }
            // botocore knows no inline comments and no quotes: a line is a key, `=` and the value.
            for (line, (key, value)) in text.lines().skip(1).zip(values) {
                prop_assert_eq!(line, format!("{key} = {value}"));
            }
            prop_assert!(!draft.process
                || credential_process::line(Path::new("/rolecall"), &profile.name).is_ok());
            prop_assert_eq!(check(&draft, &[], Some(&profile.name)), [], "as an edit of itself");
        }
    }
}
