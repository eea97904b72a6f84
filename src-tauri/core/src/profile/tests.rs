use super::*;
use crate::aws_files::compatibility::identity_conflicts;
use std::path::PathBuf;

const GUID: &str = "11111111-1111-1111-1111-111111111111";

fn parse(text: &str) -> Profiles {
    Profiles::parse(text, &PathBuf::from("/home/ada/.aws/config"), None)
}

fn one(keys: &str) -> Result<EntraProfile, Problem> {
    parse(&format!("[profile work]\n{keys}\n")).find(&ProfileName::new("work")).cloned()
}

#[test]
fn an_aws_azure_login_profile_means_what_it_meant() {
    let profile = one(&format!(
        "azure_tenant_id={GUID}\nazure_app_id_uri = https://signin.aws.amazon.com/saml\\#2\n\
         azure_default_username=ada@example.org\nazure_default_role_arn=\nazure_default_duration_hours=1.5\n\
         azure_default_remember_me=true\nazure_default_password=never read\nregion=eu-central-1"
    ))
    .expect("a profile");
    assert_eq!(profile.app_id_uri, "https://signin.aws.amazon.com/saml#2");
    assert_eq!(profile.username.as_deref(), Some("ada@example.org"));
    assert_eq!(profile.default_role, None);
    assert_eq!(profile.duration_hours, 1);
    assert!(profile.remember_me && profile.os_sso);
    assert_eq!(profile.authority.url().as_str(), "https://login.microsoftonline.com/");
    assert_eq!(profile.acs_url, "https://signin.aws.amazon.com/saml");
    assert!(!format!("{profile:?}").contains("never read"));
}

#[test]
fn an_unescaped_fragment_is_kept() {
    let profile =
        one(&format!("azure_tenant_id={GUID}\nazure_app_id_uri=https://signin.aws.amazon.com/saml#2"));
    assert_eq!(profile.expect("a profile").app_id_uri, "https://signin.aws.amazon.com/saml#2");
}

#[test]
fn gov_cloud_changes_the_acs_but_not_the_login_host() {
    let profile =
        one(&format!("azure_tenant_id={GUID}\nazure_app_id_uri=x\nregion=us-gov-west-1")).expect("a profile");
    assert_eq!(profile.acs_url, "https://signin.amazonaws-us-gov.com/saml");
    assert_eq!(profile.authority.url().host_str(), Some("login.microsoftonline.com"));
}

#[test]
fn what_is_wrong_names_file_section_and_key() {
    let good = format!("azure_tenant_id={GUID}\nazure_app_id_uri=x\n");
    for (keys, key) in [
        ("azure_app_id_uri=x".to_owned(), "azure_tenant_id"),
        (format!("azure_tenant_id={GUID}"), "azure_app_id_uri"),
        ("azure_tenant_id=1111\nazure_app_id_uri=x".to_owned(), "azure_tenant_id"),
        ("azure_tenant_id=a/../b.c\nazure_app_id_uri=x".to_owned(), "azure_tenant_id"),
        (format!("{good}azure_default_duration_hours=13"), "azure_default_duration_hours"),
        (format!("{good}azure_default_duration_hours=0"), "azure_default_duration_hours"),
        (format!("{good}azure_default_duration_hours=eight"), "azure_default_duration_hours"),
        (format!("{good}azure_default_role_arn=Admin"), "azure_default_role_arn"),
        (format!("{good}rolecall_wsl=Ubuntu, ../root"), "rolecall_wsl"),
        (format!("{good}azure_authority_host=http://login.example.org"), "azure_authority_host"),
        (format!("{good}azure_authority_host=ftp://login.example.org"), "azure_authority_host"),
        (format!("{good}azure_acs_url=https://example.org/saml"), "azure_acs_url"),
        (format!("{good}azure_credentials=vault"), "azure_credentials"),
        (format!("{good}azure_os_sso=perhaps"), "azure_os_sso"),
        (format!("{good}region=Europe"), "region"),
        (format!("{good}role_arn=arn:aws:iam::111111111111:role/A"), "role_arn"),
    ] {
        let problem = one(&keys).expect_err(&keys);
        let said = problem.to_string();
        assert!(
            said.contains("/home/ada/.aws/config") && said.contains("[profile work]") && said.contains(key),
            "{said}"
        );
        assert_eq!(problem.kind(), crate::problem::Kind::Files);
    }
}

#[test]
fn loopback_may_be_plain_http() {
    for host in
        ["http://127.0.0.1:4100", "http://localhost:4100", "http://[::1]:4100", "login.microsoftonline.us"]
    {
        let keys = format!("azure_tenant_id={GUID}\nazure_app_id_uri=x\nazure_authority_host={host}");
        assert!(one(&keys).is_ok(), "{host}");
    }
}

#[test]
fn other_profiles_are_left_alone_and_never_an_error() {
    let text = format!(
        "[default]\nregion=eu-west-1\n[profile chained]\nrole_arn=arn:aws:iam::111111111111:role/A\nsource_profile=work\n\
         [profile pod]\nrole_arn=arn:aws:iam::111111111111:role/B\nweb_identity_token_file=/tmp/token\n\
         [sso-session x]\nsso_region=eu-west-1\n[services y]\ns3 =\n  endpoint_url = http://127.0.0.1\n\
         [profile work]\nazure_tenant_id={GUID}\nazure_app_id_uri=x\n[profile broken]\nazure_tenant_id={GUID}\n"
    );
    let profiles = parse(&text);
    let kinds: Vec<&str> = profiles
        .profiles
        .iter()
        .map(|profile| match profile {
            Profile::Entra(_) => "entra",
            Profile::Role(role) if role.is_chained() => "chained",
            Profile::Role(_) => "web identity",
            Profile::Other { .. } => "other",
        })
        .collect();
    assert_eq!(kinds, ["other", "chained", "web identity", "entra"]);
    assert_eq!(profiles.broken.len(), 1);
}

#[test]
fn the_nearest_name_is_offered() {
    let profiles = parse(&format!("[profile work]\nazure_tenant_id={GUID}\nazure_app_id_uri=x\n"));
    let nearest = |name: &str| match profiles.find(&ProfileName::new(name)) {
        Err(Problem::UnknownProfile { nearest, .. }) => nearest,
        other => panic!("{other:?}"),
    };
    assert_eq!(nearest("wokr").as_deref(), Some("work"));
    assert_eq!(nearest("production"), None);
}

#[test]
fn a_clients_variables_override_the_file_for_its_request() {
    let text = "[profile work]\nazure_tenant_id=example.org\n";
    let path = PathBuf::from("/home/ada/.aws/config");
    let name = ProfileName::new("work");
    let read = |variables: &[(&str, &str)]| {
        let overrides = Overrides::from_variables(|wanted| {
            variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
        });
        read_with_overrides(&ProfileFiles::config_only(text, &path), &name, &overrides, None)
    };
    let profile =
        read(&[("AZURE_APP_ID_URI", "x"), ("azure_default_duration_hours", "8")]).expect("a profile");
    assert_eq!((profile.app_id_uri.as_str(), profile.duration_hours), ("x", 8));
    let problem =
        read(&[("AZURE_APP_ID_URI", "x"), ("AZURE_DEFAULT_DURATION_HOURS", "99")]).expect_err("too long");
    assert!(problem.to_string().starts_with("AZURE_DEFAULT_DURATION_HOURS in the environment"), "{problem}");
    assert!(read(&[]).is_err());
}

#[test]
fn a_clients_login_host_is_a_default_and_nobody_elses() {
    let path = PathBuf::from("/home/ada/.aws/config");
    let name = ProfileName::new("work");
    let own = "azure_authority_host=login.microsoftonline.us\n";
    let usual = Some("https://service.example.org");
    let read = |more: &str, host: Option<&str>| {
        let text = format!("[profile work]\nazure_tenant_id=example.org\nazure_app_id_uri=x\n{more}");
        let overrides = Overrides::from_variables(|wanted| {
            (wanted == "AZURE_AUTHORITY_HOST").then_some(host?).map(str::to_owned)
        });
        read_with_overrides(&ProfileFiles::config_only(&text, &path), &name, &overrides, usual)
    };
    let host = |more: &str, host: Option<&str>| {
        let profile = read(more, host).expect("a profile");
        profile.authority.url().host_str().map(str::to_owned).expect("a host")
    };
    assert_eq!(host("", None), "service.example.org");
    assert_eq!(host("", Some("login.partner.microsoftonline.cn")), "login.partner.microsoftonline.cn");
    assert_eq!(host(own, Some("login.partner.microsoftonline.cn")), "login.microsoftonline.us");
    assert_eq!(host(own, Some("http://example.org")), "login.microsoftonline.us", "not even looked at");
    let problem = read("", Some("http://example.org")).expect_err("not https");
    assert!(problem.to_string().starts_with("AZURE_AUTHORITY_HOST in the environment"), "{problem}");
}

fn both(config: &str, credentials: &str) -> Profiles {
    let (config_path, credentials_path) =
        (PathBuf::from("/home/ada/.aws/config"), PathBuf::from("/home/ada/.aws/credentials"));
    let files = ProfileFiles {
        config,
        config_path: &config_path,
        credentials: &without_secrets(credentials),
        credentials_path: &credentials_path,
        credentials_conflicts: Some(&identity_conflicts(credentials, Dialect::Credentials)),
    };
    Profiles::parse_both(&files, None)
}

#[test]
fn profile_default_goes_before_default() {
    let text = "[default]\nazure_tenant_id=old.example.org\nazure_app_id_uri=x\nregion=eu-west-1\n\
        [profile default]\nazure_tenant_id=new.example.org\nazure_app_id_uri=x\n";
    let profiles = parse(text);
    let profile = profiles.find(&ProfileName::new("default")).expect("a profile");
    assert_eq!((profile.tenant.as_str(), &profile.region), ("new.example.org", &None));
    assert_eq!(profiles.entra().count(), 1);
}

#[test]
fn where_tools_would_be_somebody_else_nobody_is_signed_in() {
    let entra = "azure_tenant_id=example.org\nazure_app_id_uri=x\n";
    let role =
        |name: &str| format!("role_arn = arn:aws:iam::111111111111:role/{name}\nsource_profile = work\n");
    let work = format!("[profile work]\n{entra}");
    for (text, name, said) in [
        // The AWS CLI takes [default] here, the SDKs [profile default].
        (format!("{work}[profile default]\n{}[default]\n{}", role("A"), role("B")), "default", "line 7"),
        // The AWS CLI sees a role here, the SDK for Rust sees none.
        (
            format!("[profile work]\n{entra}role_arn\u{a0}= arn:aws:iam::111111111111:role/A\n"),
            "work",
            "line 4",
        ),
        // The AWS CLI gives the role to every profile.
        (format!("[DEFAULT]\nrole_arn = arn:aws:iam::111111111111:role/A\n{work}"), "work", "line 1"),
        // Which of the two spellings wins is left to chance.
        (format!("{work}[profile a]\n{}[profile  a]\n{}", role("A"), role("B")), "a", "line 7"),
    ] {
        let problem = parse(&text).find(&ProfileName::new(name)).expect_err(&text);
        assert_eq!(problem.code(), "file.not_understood", "{problem}");
        assert!(problem.to_string().contains(said), "{problem}");
    }
    // A tool that takes a comment for part of a value fails: nobody is anybody else.
    let noted = format!("{work}[profile a]\n{}", role("A").replace("work", "work # main"));
    assert_eq!(parse(&noted).roles().count(), 1);
}

#[test]
fn sections_of_one_name_are_one_profile() {
    let text = "[profile work]\nazure_tenant_id=a.example.org\nazure_app_id_uri=x\n\
        [profile work]\nazure_tenant_id=b.example.org\n";
    let profiles = parse(text);
    let profile = profiles.find(&ProfileName::new("work")).expect("a profile");
    assert_eq!((profile.tenant.as_str(), profile.app_id_uri.as_str()), ("b.example.org", "x"));
}

#[test]
fn both_files_make_one_profile_and_the_credentials_file_goes_first() {
    let config = "[profile work]\nazure_tenant_id=example.org\nazure_app_id_uri=x\nregion=eu-west-1\n";
    let credentials = "[work]\naws_access_key_id=ASIAEXAMPLE\naws_secret_access_key=planted-secret\nregion = eu-central-1\n\
        [chained]\nrole_arn=arn:aws:iam::111111111111:role/A\nsource_profile=work\nduration_seconds=x\n\
        [good]\nrole_arn=arn:aws:iam::111111111111:role/B\nsource_profile=work\n\
        [static]\naws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=planted-secret\n";
    let profiles = both(config, credentials);
    let work = profiles.find(&ProfileName::new("work")).expect("a profile");
    assert_eq!(work.region.as_deref(), Some("eu-central-1"));
    let roles: Vec<_> = profiles.roles().map(|role| role.name.as_str()).collect();
    assert_eq!(roles, ["good"]);
    let (name, problem) = &profiles.broken_roles[0];
    assert_eq!(name.as_str(), "chained");
    assert!(problem.to_string().starts_with("/home/ada/.aws/credentials, section [chained]"), "{problem}");
    assert_eq!(profiles.profiles.len(), 2, "a section of keys alone says nothing of a profile");
}

#[test]
fn a_credentials_file_is_judged_as_it_is_on_the_disk() {
    let role = "role_arn\u{a0}= arn:aws:iam::111111111111:role/A\nsource_profile = work\n";
    for (credentials, name, line) in [
        // The AWS CLI sees a role here, the SDK for Rust sees none.
        (format!("# keys\n\n[work]\naws_access_key_id = AKIAEXAMPLE\n[a]\n{role}"), "a", 6),
        // The AWS CLI gives this key to every profile.
        ("[work]\nregion = x\n\n[DEFAULT]\naws_access_key_id = AKIAEXAMPLE\n".to_owned(), "work", 4),
    ] {
        let config = "[profile work]\nazure_tenant_id=example.org\nazure_app_id_uri=x\n";
        let profiles = both(config, &credentials);
        let problem = profiles.find(&ProfileName::new(name)).expect_err(&credentials).to_string();
        assert!(
            problem.contains("/home/ada/.aws/credentials") && problem.contains(&format!("line {line}")),
            "{problem}"
        );
    }
}

#[test]
fn a_profile_names_its_own_endpoint_of_sts_as_the_sdks_read_it() {
    let services = "[services lab]\ns3 =\n  endpoint_url = http://minio.example.org\nsts =\n  # ours\n  \
        Endpoint_URL = https://sts.example.org\n[services only-s3]\ns3 =\n  endpoint_url = https://s3.example.org\n\
        [services bad]\nsts =\n  endpoint_url = http://sts.example.org\n";
    let read = |keys: &str| {
        let entra = "azure_tenant_id=example.org\nazure_app_id_uri=x\n";
        let role = "role_arn=arn:aws:iam::111111111111:role/A\nsource_profile=work\n";
        let profiles =
            parse(&format!("{services}[profile work]\n{entra}{keys}\n[profile a]\n{role}{keys}\n"));
        let name = ProfileName::new("work");
        let sts = profiles.find(&name).map(|profile| profile.network.sts.clone());
        let of_role = profiles.roles().next().map(|role| role.network.sts.clone());
        assert_eq!(sts.as_ref().ok(), of_role.as_ref(), "{keys}");
        sts.map(|url| url.map_or_else(String::new, Into::into)).map_err(|problem| problem.to_string())
    };
    for (keys, wanted) in [
        ("region = x", ""),
        ("endpoint_url = https://any.example.org", "https://any.example.org/"),
        ("endpoint_url = http://localhost:4566", "http://localhost:4566/"),
        ("services = lab", "https://sts.example.org/"),
        // What is meant for other services is not judged.
        ("services = lab\nendpoint_url = http://minio.example.org", "https://sts.example.org/"),
        ("services = only-s3\nendpoint_url = https://any.example.org", "https://any.example.org/"),
        ("services = bad\nendpoint_url = ftp://x\nignore_configured_endpoint_urls = true", ""),
        ("services = lab\nignore_configured_endpoint_urls = false", "https://sts.example.org/"),
    ] {
        assert_eq!(read(keys).as_deref(), Ok(wanted), "{keys}");
    }
    for (keys, said) in [
        ("services = bad", "section [services bad]"),
        ("services = nowhere", "is missing"),
        ("endpoint_url = http://sts.example.org", "must be an https address"),
        ("endpoint_url = https://ada:planted@sts.example.org", "must not hold a user name"),
        ("ignore_configured_endpoint_urls = maybe", "must be true or false"),
    ] {
        let problem = read(keys).expect_err(keys);
        assert!(problem.contains(said) && !problem.contains("planted"), "{problem}");
    }
}

#[test]
fn a_credentials_file_without_its_secrets_holds_none() {
    let text = "[a]\naws_access_key_id = AKIAEXAMPLE\nAWS_Secret_Access_Key = planted\naws_session_token = planted\n\
        aws_security_token=planted\nazure_default_password: planted\nx_token = planted\nregion = x # note\n\
        web_identity_token_file = /t\n[b]\naws_secret_access_key = planted\n  planted\n";
    assert_eq!(without_secrets(text), "[a]\nregion = x\nweb_identity_token_file = /t\n");
}

#[test]
fn ten_thousand_profiles_are_found_by_their_names() {
    let text: String = (0..10_000)
        .map(|n| format!("[profile p{n}]\nazure_tenant_id=example.org\nazure_app_id_uri=x\n"))
        .collect();
    let profiles = parse(&text);
    assert_eq!(profiles.entra().count(), 10_000);
    for (place, profile) in profiles.profiles.iter().enumerate() {
        assert_eq!(profiles.places.get(profile.name()), Some(&place));
    }
}
