use super::*;
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
        read_with_overrides(text, &path, &name, &overrides, None)
    };
    let profile =
        read(&[("AZURE_APP_ID_URI", "x"), ("azure_default_duration_hours", "8")]).expect("a profile");
    assert_eq!((profile.app_id_uri.as_str(), profile.duration_hours), ("x", 8));
    let problem =
        read(&[("AZURE_APP_ID_URI", "x"), ("AZURE_DEFAULT_DURATION_HOURS", "99")]).expect_err("too long");
    assert!(problem.to_string().starts_with("AZURE_DEFAULT_DURATION_HOURS in the environment"), "{problem}");
    assert!(read(&[]).is_err());
}
