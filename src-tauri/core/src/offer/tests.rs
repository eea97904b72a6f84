use super::*;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::profile::Profiles;
use proptest::prelude::*;
use std::path::Path;

const OFFER: &str = "\
# Example Ltd
[default]
region = eu-central-1

[profile work]
azure_tenant_id = example.org
azure_app_id_uri = https://signin.aws.amazon.com/saml\\#2   # the second application
Azure_Default_Duration_Hours = 8
region = eu-central-1

[profile chained]
role_arn = arn:aws:iam::111111111111:role/team/Admin
source_profile = work
output = json
";

const WORK: &str = "[profile work]\nazure_tenant_id = example.org\nazure_app_id_uri = a\n";

fn offer(text: &str) -> Offer {
    read(text, "https://example.org/profiles", None).expect(text)
}

fn reasons(read: Result<impl std::fmt::Debug, Problem>) -> Vec<String> {
    match read {
        Err(Problem::OfferRefused { origin, reasons }) if origin == "https://example.org/profiles" => reasons,
        other => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> Vec<String> {
    reasons(read(text, "https://example.org/profiles", None))
}

fn apply(text: &str, config: &str) -> Result<String, Problem> {
    offer(text).apply(config, Path::new("/home/ada/.aws/config"))
}

fn told(changes: &[Change]) -> Vec<String> {
    let told = changes.iter().flat_map(|change| {
        change.keys.iter().map(|key| {
            let (new, before) = (if change.new { "+" } else { "" }, key.before.as_deref().unwrap_or("-"));
            format!("{new}{} {}: {before} > {}", change.profile, key.key, key.after)
        })
    });
    told.collect()
}

#[test]
fn an_offer_and_what_it_changes() {
    let offer = offer(&format!("\u{feff}{}", OFFER.replace('\n', "\r\n")));
    assert_eq!(offer.count(), 3);
    assert_eq!(
        told(&offer.changes("")),
        [
            "+default region: - > eu-central-1",
            "+work azure_tenant_id: - > example.org",
            "+work azure_app_id_uri: - > https://signin.aws.amazon.com/saml#2",
            "+work azure_default_duration_hours: - > 8",
            "+work region: - > eu-central-1",
            "+chained role_arn: - > arn:aws:iam::111111111111:role/team/Admin",
            "+chained source_profile: - > work",
            "+chained output: - > json",
        ]
    );
    let config = "[profile default]\nREGION=us-east-1\n[profile work] # mine\nazure_tenant_id = example.org\n\
        azure_app_id_uri = https://signin.aws.amazon.com/saml\\#2\nazure_default_duration_hours =\n";
    assert_eq!(
        told(&offer.changes(config)),
        [
            "default region: us-east-1 > eu-central-1",
            "work azure_default_duration_hours: - > 8",
            "work region: - > eu-central-1",
            "+chained role_arn: - > arn:aws:iam::111111111111:role/team/Admin",
            "+chained source_profile: - > work",
            "+chained output: - > json",
        ]
    );
}

#[test]
fn it_is_written_beside_what_is_there_and_then_there_is_nothing_left_to_do() {
    let config = "# mine\n[profile other]\nsso_session = s\n\n[profile work]\nazure_tenant_id = example.net # old\n\
        azure_app_id_uri = a\ns3 =\n  max = 1\n[sso-session s]\n";
    let text = apply(OFFER, config).expect("written");
    assert_eq!(
        text,
        "# mine\n[profile other]\nsso_session = s\n\n[profile work]\n# old\nazure_tenant_id = example.org\n\
         azure_app_id_uri = https://signin.aws.amazon.com/saml#2\ns3 =\n  max = 1\n\
         azure_default_duration_hours = 8\nregion = eu-central-1\n[sso-session s]\n\n[default]\n\
         region = eu-central-1\n\n[profile chained]\nrole_arn = arn:aws:iam::111111111111:role/team/Admin\n\
         source_profile = work\noutput = json\n"
    );
    assert_eq!(offer(OFFER).changes(&text), []);
    assert_eq!(apply(OFFER, &text).as_deref(), Ok(text.as_str()));
}

#[test]
fn what_must_not_stand_there_is_refused_by_its_name() {
    let chained = "[profile a]\nrole_arn = arn:aws:iam::111111111111:role/Admin\nsource_profile = b\n";
    let work = |line: &str| format!("{WORK}{line}\n");
    for (text, wanted) in [
        ("", "it has no profile"),
        ("# nothing\n", "it has no profile"),
        (" <!DOCTYPE html>\n<html>", "it is a web page, not profiles"),
        ("{\"profiles\": []}", "line 1: a key stands before the first section"),
        ("[sso-session x]\nsso_region = eu-central-1\n", "section [sso-session x]: it is not a profile"),
        ("[services x]\n", "section [services x]: it is not a profile"),
        ("[plugins]\n", "section [plugins]: it is not a profile"),
        ("[work]\nregion = eu-central-1\n", "section [work]: it is not a profile"),
        ("[DEFAULT]\nregion = eu-central-1\n", "section [DEFAULT]: it is not a profile"),
        ("[profile DEFAULT]\nregion = eu-central-1\n", "section [profile DEFAULT]: its name is not one"),
        ("[profile \"a b\"]\nregion = eu-central-1\n", "section [profile \"a b\"]: its name is not one"),
        ("[profile \"\"]\nregion = eu-central-1\n", "section [profile \"\"]: its name is not one"),
        ("[profile -a]\nregion = eu-central-1\n", "section [profile -a]: its name is not one"),
        ("[profile a$(id)]\nregion = eu-central-1\n", "its name is not one"),
        ("[profile a]\n", "section [profile a]: it has no keys"),
        ("[profile a]\nregion\n", "line 2: a line is neither"),
        ("region = eu-central-1\n", "line 1: a key stands before"),
        ("[profile a\nregion = eu-central-1\n", "line 1: a section's header is not clearly"),
        (
            &work("credential_process = /bin/sh -c id"),
            "section [profile work]: credential_process is not accepted",
        ),
        (&work("Credential_Process = x"), "section [profile work]: Credential_Process is not accepted"),
        (&work("endpoint_url = https://evil.org"), "endpoint_url is not accepted"),
        (&work("ca_bundle = /tmp/x"), "ca_bundle is not accepted"),
        (&work("web_identity_token_file = x"), "web_identity_token_file is not accepted"),
        (&work("aws_access_key_id = AKIAEXAMPLE"), "aws_access_key_id is not accepted"),
        (&work("cli_pager = sh"), "cli_pager is not accepted"),
        (&work("credential_source = Environment"), "credential_source is not accepted"),
        (&work("azure_unheard_of = 1"), "azure_unheard_of is not accepted"),
        (&work("azure_default_password = planted-hunter2"), "azure_default_password is a secret"),
        (&work("s3 =\n  max = 1"), "s3 is not accepted"),
        (&work("region =\n  eu-central-1"), "region has lines below it"),
        (&work("azure_default_username ="), "azure_default_username has no value"),
        (&work("azure_default_username = a\n  b"), "azure_default_username has lines below it"),
        (&work("region = eu-central-1\nREGION = us-east-1"), "REGION stands there for the second time"),
        (&format!("{WORK}{WORK}"), "line 4, section [profile work]: the section stands there for the second"),
        ("[default]\nregion = eu-central-1\n[profile default]\noutput = json\n", "for the second time"),
        (
            &work("azure_default_username = ad\u{202e}a@example.org"),
            "line 4: it holds a character that nobody sees",
        ),
        (&work("# \u{7}"), "line 4: it holds a character that nobody sees"),
        (&work("# \u{0}"), "line 4: it holds a character that nobody sees"),
        (&work("# a\rb"), "line 4: it holds a character that nobody sees"),
        (&work("role_arn = arn:aws:iam::111111111111:role/Admin"), "role_arn stands beside azure_ keys"),
        (&work("source_profile = b"), "source_profile stands beside azure_ keys"),
        ("[profile a]\nazure_tenant_id = example.org\n", "section [profile a]: azure_app_id_uri is missing"),
        ("[profile a]\nazure_os_sso = true\n", "section [profile a]: azure_tenant_id is missing"),
        ("[profile a]\nsource_profile = b\n", "section [profile a]: role_arn is missing"),
        ("[profile a]\nrole_arn = arn:aws:iam::111111111111:role/Admin\n", "source_profile is missing"),
        (&chained.replace("arn:aws:iam", "Admin"), "role_arn has a value that it cannot have"),
        (&format!("{chained}output = $(id)\n"), "output has a value that it cannot have"),
        (&format!("{chained}region = Mars\n"), "region is not the name of an AWS region"),
        ("[default]\nregion = Mars\n", "section [default]: region is not the name of an AWS region"),
        (
            &work("azure_default_duration_hours = 13"),
            "azure_default_duration_hours must be a number of hours",
        ),
        (&work("azure_default_role_arn = Admin"), "azure_default_role_arn is not the ARN of an IAM role"),
        (&work("azure_credentials = vault"), "azure_credentials must be file or process"),
        (&work("azure_os_sso = perhaps"), "azure_os_sso must be true or false"),
        (
            &work("azure_acs_url = https://evil.org/saml"),
            "azure_acs_url must be the address of an AWS sign-in",
        ),
        (&work("azure_provider_arn = x"), "azure_provider_arn is not the ARN"),
        (&work("azure_authority_host = https://evil.org"), "azure_authority_host is not a host at which"),
        (&work("azure_authority_host = http://evil.org"), "azure_authority_host must be https"),
        (&work("azure_authority_host = http://127.0.0.1:1"), "azure_authority_host is not a host at which"),
        (&work("azure_authority_host = login.microsoftonline.com:99"), "azure_authority_host is not a host"),
        (&work("azure_authority_host = login.microsoftonline.com.evil.org"), "azure_authority_host is not a"),
        (
            &work("azure_authority_host = https://login.microsoftonline.com@evil.org"),
            "azure_authority_host must",
        ),
    ] {
        let said = refused(text);
        assert!(said.iter().any(|reason| reason.contains(wanted)), "{text}: {said:?}");
        assert!(!said.iter().any(|reason| reason.contains("hunter2") || reason.contains(char::is_control)));
    }
}

#[test]
fn all_refusals_come_at_once_but_not_without_end() {
    let said = refused("[profile a]\nendpoint_url = x\ncredential_process = y\n[plugins]\ncli = z\n[c]\n");
    assert_eq!(
        said,
        [
            "section [profile a]: endpoint_url is not accepted",
            "section [profile a]: credential_process is not accepted",
            "section [plugins]: it is not a profile",
            "section [c]: it is not a profile",
        ]
    );
    let many: String = (0..30).map(|number| format!("[x{number}]\n")).collect();
    let said = refused(&many);
    assert_eq!((said.len(), said[20].as_str()), (21, "and 10 more"));
}

#[test]
fn sizes() {
    let profiles = |count: usize| -> String {
        (0..count).map(|number| format!("[profile p{number}]\nregion = eu-central-1\n")).collect()
    };
    assert_eq!(offer(&profiles(500)).count(), 500);
    assert_eq!(refused(&profiles(501)), ["it has more than 500 profiles"]);
    let limit = 1024 * 1024;
    let text = format!("{WORK}#{}", "x".repeat(limit - WORK.len() - 1));
    assert_eq!(offer(&text).count(), 1);
    assert_eq!(refused(&format!("{text}x")), ["it is larger than a megabyte"]);
}

#[test]
fn hosts_that_a_policy_names() {
    let with = |host: &str| format!("{WORK}azure_authority_host = {host}\n");
    let named = Policy::parse("login_hosts = ['login.example.org:8443']").expect("a policy");
    let silent = Policy::default();
    for (host, policy, good) in [
        ("https://login.microsoftonline.com/common", None, true),
        ("login.microsoftonline.us", None, true),
        ("LOGIN.partner.microsoftonline.cn", None, true),
        ("login.example.org:8443", None, false),
        ("login.microsoftonline.com", Some(&silent), true),
        ("login.example.org:8443", Some(&silent), false),
        ("login.example.org:8443", Some(&named), true),
        ("login.example.org", Some(&named), false),
        ("login.microsoftonline.com", Some(&named), false),
    ] {
        assert_eq!(read(&with(host), "x", policy).is_ok(), good, "{host} {policy:?}");
    }
}

#[test]
fn a_profile_of_another_kind_is_left_alone() {
    let chained = "[profile work]\nrole_arn = arn:aws:iam::111111111111:role/Admin\nsource_profile = b\n";
    let plain = "[profile work]\nregion = eu-central-1\n";
    let sso = "[profile work]\nsso_session = s\n";
    let ours = format!(
        "{WORK}azure_credentials = process\ncredential_process = \"/usr/bin/rolecall\" credential-process --profile \"work\"\n"
    );
    for (offered, config, refusal) in [
        (WORK, "", None),
        (WORK, "[profile work]\n", None),
        (WORK, "[profile work]\nregion = us-east-1\ncli_pager =\n", None),
        (
            WORK,
            "[profile work]\nazure_default_username = ada@example.org\nazure_default_password = x\n",
            None,
        ),
        (WORK, "[profile work]\nazure_tenant_id = common\n", None),
        (WORK, &ours, None),
        (WORK, chained, Some("profile work: it is set up in another way already")),
        (WORK, sso, Some("profile work: sso_session stands there already")),
        (
            WORK,
            "[profile work]\ncredential_process = aws-vault exec\n",
            Some("credential_process stands there"),
        ),
        (WORK, "[profile work]\naws_access_key_id = AKIA\n", Some("aws_access_key_id stands there already")),
        (WORK, "[profile work]\nrole_arn = x\n", Some("role_arn stands there already")),
        (
            WORK,
            &format!("{WORK}role_arn = arn:aws:iam::111111111111:role/A\n"),
            Some("role_arn stands there"),
        ),
        (chained, "", None),
        (chained, "[profile work]\noutput = json\n", None),
        (chained, &chained.replace("Admin", "Reader"), None),
        (chained, WORK, Some("profile work: it is set up in another way already")),
        (chained, sso, Some("sso_session stands there already")),
        (
            chained,
            "[profile work]\nrole_arn = arn:aws:iam::111111111111:role/Admin\nweb_identity_token_file = x\n",
            Some("role_arn stands there already"),
        ),
        (chained, &format!("{chained}credential_process = x\n"), Some("stands there already")),
        (plain, WORK, None),
        (plain, chained, None),
        (plain, sso, None),
        // Files whose process another tool serves cannot be kept out of plain text by us.
        (
            &format!("{WORK}azure_credentials = process\n"),
            &format!("{WORK}credential_process = aws-vault exec\n"),
            Some("has a credential_process of another tool"),
        ),
    ] {
        let applied = apply(offered, config);
        match refusal {
            None => {
                let text = applied.expect(config);
                let read = Profiles::parse(&text, Path::new("config"), None);
                assert_eq!(read.broken, [], "{text}");
                assert_eq!(offer(offered).changes(&text), [], "{text}");
            }
            Some(part) => {
                let said = reasons(applied);
                assert!(said.len() == 1 && said[0].contains(part), "{offered} {config}: {said:?}");
            }
        }
    }
}

#[test]
fn a_file_that_cannot_be_edited() {
    for (config, part) in [
        ("[profile work\n", "line 1"),
        ("[profile work]\n[profile work]\n", "line 2: the section of 'work'"),
        (
            "[profile work]\nregion = a\nregion = b\nazure_tenant_id = example.org\nazure_tenant_id = c\n",
            "stands on line",
        ),
    ] {
        let problem = apply(WORK, config).expect_err(config);
        assert_eq!(problem.code(), "file.edit_refused");
        assert!(problem.to_string().contains(part), "{problem}");
    }
}

#[test]
fn a_digest_is_of_the_offer_and_of_what_it_changes() {
    let (one, other) = (offer(WORK), offer(&WORK.replace("= a", "= b")));
    let of = |offer: &Offer, config: &str| offer.digest(&offer.changes(config));
    let digest = of(&one, "");
    assert!(digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{digest}");
    assert_eq!(digest, of(&offer(&format!("# c\n{WORK}")), "[profile b]\nregion = x\n"));
    assert_ne!(digest, of(&other, ""));
    assert_ne!(digest, of(&one, "[profile work]\n"));
    assert_ne!(of(&one, "[profile work]\n"), of(&one, &WORK.replace("= a", "= c")));
    assert_ne!(of(&one, &WORK.replace("= a", "= b")), of(&one, &WORK.replace("= a", "= c")));
}

/// A section that is often right, with `more` among its keys.
fn section(more: &'static str) -> impl Strategy<Value = String> {
    let header = prop_oneof![Just("default"), Just("profile work"), Just("profile b"), Just("profile c d")];
    let keys = prop_oneof![
        Just("azure_tenant_id = example.org\nazure_app_id_uri = a\n"),
        Just(
            "AZURE_TENANT_ID=example.net # n\n  # m\nazure_app_id_uri: b\\#2\nazure_credentials = process\n"
        ),
        Just("role_arn = arn:aws:iam::111111111111:role/a/B\nsource_profile = work\n"),
        Just("role_arn = arn:aws:iam::222222222222:role/B\nsource_profile = b\noutput = json\n"),
        Just("region = us-east-1\n"),
        Just("output=text\n"),
        Just(""),
    ];
    let more = prop_oneof![3 => Just(String::new()), 1 => more];
    (header, keys, more).prop_map(|(header, keys, more)| format!("[{header}]\n{keys}{more}\n"))
}

/// What may stand in an offer, and what must not.
const OFFERED: &str = "region = eu-central-1|azure_default_username = [!-~]{1,6}@x|azure_os_sso = (no|perhaps)|\
    azure_domain_hint = [ -~]{1,9}|credential_process = x|[ -~\u{e9}\u{0}\t]{0,20}";
/// What people and other tools write.
const THERE: &str = "region = eu-central-1|credential_process = x|sso_session = s|role_arn = x|s3 =\n  max = 1|\
    web_identity_token_file = f|azure_default_password = x|cli_pager =|; c|[ -~]{0,20}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn what_is_accepted_adds_nothing_but_known_keys(
        offer in prop::collection::vec(section(OFFERED), 1..3),
        config in prop::collection::vec(section(THERE), 0..4),
    ) {
        let (text, config) = (offer.concat(), config.concat());
        let Ok(offer) = read(&text, "x", None) else { return Ok(()) };
        let changes = offer.changes(&config);
        prop_assert!(!changes.iter().flat_map(|change| &change.keys).any(|key| key.key == "credential_process"));
        let Ok(applied) = offer.apply(&config, Path::new("config")) else { return Ok(()) };
        prop_assert_eq!(offer.changes(&applied), vec![], "{}", applied);
        let (before, after) = (Profiles::parse(&config, Path::new(""), None), Profiles::parse(&applied, Path::new(""), None));
        prop_assert!(after.broken.iter().all(|(name, _)| before.broken.iter().any(|(broken, _)| broken == name)));
        for profile in &before.profiles {
            if !changes.iter().any(|change| change.profile == *profile.name()) {
                prop_assert!(after.profiles.contains(profile), "{:?} in {}", profile, applied);
            }
        }
    }
}
