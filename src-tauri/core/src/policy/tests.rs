use super::*;
use crate::profile::Profiles;
use std::path::Path;

const FULL: &str = r#"
# everything
organisation = "Example  Ltd"
login_hosts = ["LOGIN.microsoftonline.com", "login.example.org:8443", "login.example.net:443", "[::1]:4100"]
remember_sign_in = false
credentials = "process"
max_duration_hours = 4
warn_before = ["20m", "1h"]
renew = "always_ask"
renew_within = "8h"
os_sign_on = false
account_names = false
updates = true
update_feed = "https://updates.example.org/rolecall/latest.json"
update_key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"

[accounts]
"111111111111" = "Production"
"222222222222" = " Sand\tbox "

[[tenant]]
name = "Example"
id = "0f8fad5b-d9cb-469f-a165-70867728950e"

[[tenant]]
name = "Subsidiary"
id = "example.org"

[[profile]]
name = "work"
azure_tenant_id = "example.org"
azure_app_id_uri = "https://signin.aws.amazon.com/saml#2"
azure_default_username = "ada@example.org"
region = "eu-central-1"
azure_default_duration_hours = 8
azure_default_role_arn = "arn:aws:iam::111111111111:role/Admin"
azure_authority_host = "https://login.example.org:8443"
azure_default_remember_me = true
azure_credentials = "process"

[[profile]]
name = "other"
azure_tenant_id = "example.org"
azure_app_id_uri = "https://signin.aws.amazon.com/saml"
"#;

fn full() -> Policy {
    Policy::parse(FULL).expect("a policy")
}

fn profile(more: &str) -> EntraProfile {
    let text = format!(
        "[profile work]\nazure_tenant_id = example.org\nazure_app_id_uri = a\n\
         azure_default_duration_hours = 8\nazure_default_remember_me = true\n{more}"
    );
    Profiles::parse(&text, Path::new("config"), None).entra().next().expect("a profile").clone()
}

#[test]
fn everything_that_it_may_say() {
    let policy = full();
    assert_eq!(policy.by(), "Example Ltd");
    let hosts = ["login.microsoftonline.com", "login.example.org:8443", "login.example.net", "[::1]:4100"];
    assert_eq!(policy.login_hosts.as_deref(), Some(&hosts.map(str::to_owned)[..]));
    assert_eq!(policy.remember_sign_in, Some(false));
    assert_eq!(policy.credentials, Some(CredentialsKept::Process));
    assert_eq!(policy.max_duration_hours, Some(4));
    assert_eq!(policy.warn_before.as_ref().and_then(Warnings::first), Some(SignedDuration::from_hours(1)));
    assert_eq!(policy.renew, Some(Renew::AlwaysAsk));
    assert_eq!(policy.renew_within, Some(SignedDuration::from_hours(8)));
    assert_eq!((policy.os_sign_on, policy.account_names), (Some(false), Some(false)));
    assert!(!policy.forbids_updates());
    let feed = policy.update.as_ref().map(|source| source.feed().as_str());
    assert_eq!(feed, Some("https://updates.example.org/rolecall/latest.json"));
    let accounts: Vec<_> = policy.accounts.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    assert_eq!(accounts, [("111111111111", "Production"), ("222222222222", "Sand box")]);
    let tenants: Vec<_> = policy.tenants.iter().map(|tenant| tenant.id.as_str()).collect();
    assert_eq!(tenants, ["0f8fad5b-d9cb-469f-a165-70867728950e", "example.org"]);
    let work = Draft {
        name: "work".into(),
        tenant: "example.org".into(),
        app_id_uri: "https://signin.aws.amazon.com/saml#2".into(),
        username: "ada@example.org".into(),
        region: "eu-central-1".into(),
        duration: "8".into(),
        default_role: "arn:aws:iam::111111111111:role/Admin".into(),
        authority: "https://login.example.org:8443".into(),
        remember_me: true,
        process: true,
    };
    assert_eq!(policy.offers.len(), 2);
    assert_eq!(policy.offers[0], work);
    let imports = policy.imports();
    assert_eq!((imports[0].tool.as_str(), imports[0].offered), ("Example Ltd", true));
    assert_eq!(imports[0].meaning, Meaning::Entra { draft: work });
}

#[test]
fn nothing_said_is_nothing_in_force() {
    for text in ["", "# nothing\n", "remember_sign_in = true\n"] {
        let policy = Policy::parse(text).expect(text);
        assert_eq!(policy.by(), path().display().to_string());
        assert_eq!(policy.locked(), []);
        assert_eq!(policy.apply(profile("")), Ok(profile("")));
        assert_eq!(policy.settings(Settings::default()), Settings::default());
    }
}

#[test]
fn what_it_locks() {
    for (text, lock) in [
        ("warn_before = []", Lock::WarnBefore),
        ("renew = 'off'", Lock::Renew),
        ("os_sign_on = true", Lock::OsSignOn),
        ("account_names = true", Lock::AccountNames),
        ("remember_sign_in = false", Lock::RememberMe),
        ("credentials = 'process'", Lock::Process),
        ("max_duration_hours = 12", Lock::Duration),
        ("login_hosts = ['login.example.org']", Lock::LoginHosts),
    ] {
        assert_eq!(Policy::parse(text).expect(text).locked(), [lock], "{text}");
    }
    let shown = full().shown();
    assert_eq!((shown.locked.len(), shown.max_hours, shown.tenants.len()), (8, Some(4), 2));
    assert_eq!(Policy::parse("renew_within = '1h'").expect("a policy").locked(), []);
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let profile = |more: &str| {
        format!("\n[[profile]]\nname = 'a'\nazure_tenant_id = 'example.org'\nazure_app_id_uri = 'x'\n{more}")
    };
    for (text, said) in [
        ("\norganization = 'x'", "line 2: unknown field `organization`"),
        ("organisation = ' '", "line 1: organisation is empty"),
        ("\n\norganisation = 5", "line 3: invalid type"),
        ("a = ", "line 1:"),
        ("a = 1\na = 2", "line 2: duplicate key"),
        ("\n[accounts]\n111 = 'x'", "line 3: the number of an account is twelve digits"),
        (
            "[accounts]\n'111111111111' = '\\t'\n'222222222222' = \"\\u202e\"",
            "line 3: the account's name is empty",
        ),
        ("[[tenant]]\nname = 'x'", "missing field `id`"),
        ("\nupdate_feed = 'https://example.org/f'", "line 2: update_feed needs update_key"),
        ("update_key = 'RWQ'", "line 1: update_key needs update_feed"),
        (
            "update_feed = 'https://example.org/f'\nupdate_key = 'RWQ'",
            "line 2: update_key is not a public key of minisign",
        ),
        (
            "update_feed = 'http://example.org/f'\nupdate_key = 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3'",
            "line 1: update_feed must be https",
        ),
        ("[[tenant]]\nname = ''\nid = 'example.org'", "line 2: the tenant's name is empty"),
        ("[[tenant]]\nname = 'x'\nid = 'common'", "line 3: id is neither a GUID"),
        ("[[tenant]]\nname = 'x'\nid = 'example.org'\nurl = 'y'", "line 4: unknown field `url`"),
        ("login_hosts = []", "line 1: login_hosts is empty"),
        ("login_hosts = ['a.org',\n'https://b.org']", "line 2: login_hosts takes names"),
        ("login_hosts = ['*.example.org']", "line 1: login_hosts takes names"),
        ("login_hosts = ['me@example.org']", "line 1: login_hosts takes names"),
        ("login_hosts = ['example.org/common']", "line 1: login_hosts takes names"),
        ("login_hosts = ['example.org:x']", "line 1: login_hosts takes names"),
        ("login_hosts = ['']", "line 1: login_hosts takes names"),
        ("login_hosts = 'example.org'", "line 1: invalid type"),
        ("credentials = 'file'", "line 1: credentials can only be \"process\""),
        ("credentials = 'vault'", "line 1: unknown variant `vault`"),
        ("max_duration_hours = 0", "line 1: max_duration_hours must be"),
        ("max_duration_hours = 13", "line 1: max_duration_hours must be"),
        ("max_duration_hours = -1", "line 1: max_duration_hours must be"),
        ("max_duration_hours = '8'", "line 1: invalid type"),
        ("renew_within = '0s'", "line 1: renew_within must be"),
        ("renew_within = '-1h'", "line 1: renew_within must be"),
        ("renew_within = '13h'", "line 1: renew_within must be"),
        ("renew_within = 8", "line 1: invalid type"),
        ("renew = 'never'", "line 1: unknown variant `never`"),
        ("warn_before = ['soon']", "line 1:"),
        ("\nwarn_before = ['99999999999h']", "line 2: warn_before must be 720h at most"),
        (&profile("azure_default_password = 'x'"), "line 6: unknown field `azure_default_password`"),
        (&profile("region = 'mars'"), "line 2: profile 'a': region is not the name"),
        (
            &profile("azure_default_duration_hours = 13"),
            "line 2: profile 'a': azure_default_duration_hours must be",
        ),
        (
            &profile("azure_default_role_arn = 'Admin'"),
            "line 2: profile 'a': azure_default_role_arn is not the ARN",
        ),
        (
            &profile("azure_default_username = 'ada'"),
            "line 2: profile 'a': azure_default_username is not a user",
        ),
        (
            &profile("azure_authority_host = 'http://a.org'"),
            "line 2: profile 'a': azure_authority_host must be https",
        ),
        (&profile("azure_credentials = 'vault'"), "line 6: unknown variant"),
        (&profile(&profile("")), "line 7: profile 'a': name is another profile's already"),
        (&profile("").replace("'a'", "'my work'"), "line 2: profile 'my work': name must not hold blanks"),
        (&profile("").replace("'a'", "\"a\\u0007\""), "line 2: profile 'a\\u{7}': name holds a character"),
        (
            &profile("").replace("'example.org'", "'common'"),
            "line 2: profile 'a': azure_tenant_id is neither",
        ),
        (&profile("").replace("'x'", "''"), "line 2: profile 'a': azure_app_id_uri is empty"),
        (
            &format!("login_hosts = ['a.org']{}", profile("azure_authority_host = 'b.org'")),
            "line 2: profile 'a': azure_authority_host is not one of login_hosts",
        ),
    ] {
        let wrong = Policy::parse(text).expect_err(text);
        assert!(wrong.contains(said), "{text}: {wrong}");
        assert!(wrong.starts_with("line ") && !wrong.contains(char::is_control), "{text}: {wrong}");
    }
}

#[test]
fn a_profile_under_a_policy() {
    let policy = Policy { login_hosts: None, ..full() };
    let applied = policy.apply(profile("")).expect("allowed");
    assert!(!applied.remember_me && !applied.os_sso);
    assert_eq!((applied.credentials, applied.duration_hours), (CredentialsKept::Process, 4));
    let wider = Policy { max_duration_hours: Some(12), ..Policy::default() };
    assert_eq!(wider.apply(profile("")), Ok(profile("")));
    // On is the usual; the profile's own no stays.
    let on = Policy { os_sign_on: Some(true), ..Policy::default() };
    assert!(!on.apply(profile("azure_os_sso = false\n")).expect("allowed").os_sso);
}

#[test]
fn login_hosts() {
    let policy = full();
    for (host, allowed) in [
        ("", true),
        ("https://login.microsoftonline.com/common", true),
        ("LOGIN.MICROSOFTONLINE.COM:443", true),
        ("login.microsoftonline.com:8443", false),
        ("login.microsoftonline.us", false),
        ("login.microsoftonline.com.example.org", false),
        ("login.example.org:8443", true),
        ("login.example.org", false),
        ("login.example.net", true),
        ("http://[::1]:4100", true),
        ("http://[::1]:4101", false),
        ("http://127.0.0.1:4100", false),
    ] {
        let line = if host.is_empty() { String::new() } else { format!("azure_authority_host = {host}\n") };
        let profile = profile(&line);
        assert_eq!(policy.allows_host(profile.authority.url()), allowed, "{host}");
        assert_eq!(policy.apply(profile).is_ok(), allowed, "{host}");
    }
    let problem = policy.apply(profile("azure_authority_host = evil.org:99\n")).expect_err("forbidden");
    assert_eq!(problem.to_string(), "The policy of Example Ltd does not allow signing in at evil.org:99.");
}

#[test]
fn settings_under_a_policy() {
    let mine = Settings { os_sign_on: true, console_multi_session: true, ..Settings::default() };
    let settings = full().settings(mine.clone());
    assert_eq!(
        (settings.renew, settings.os_sign_on, settings.console_multi_session),
        (Renew::AlwaysAsk, false, true)
    );
    assert_eq!(settings.warnings.first(), Some(SignedDuration::from_hours(1)));
    let on = Policy { os_sign_on: Some(true), ..Policy::default() };
    assert!(on.settings(Settings { os_sign_on: false, ..mine }).os_sign_on);
}

#[cfg(unix)]
#[test]
fn a_policy_that_others_could_have_written_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.toml");
    assert_eq!(Policy::read(&path), Ok(None));
    std::fs::write(&path, "renew = 'never'").expect("written");
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(&path, permissions).expect("permissions");
    let problem = Policy::read(&path).expect_err("refused");
    assert!(matches!(&problem, Problem::PolicyRefused { path: of, .. } if *of == path.display().to_string()));
    assert_eq!(problem.code(), "policy.refused");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*", pieces in proptest::collection::vec(
        "[a-z_]{1,9} = |'[^']{0,9}'|\\[|\\]|\n|\\[accounts\\]\n|\\[\\[profile\\]\\]\n|login_hosts = |name = |5|ä", 0..12,
    )) {
        for text in [text.clone(), pieces.concat()] {
            if let Err(wrong) = Policy::parse(&text) {
                proptest::prop_assert!(!wrong.contains('\n'), "{wrong:?}");
            }
        }
    }
}
