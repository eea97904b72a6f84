//! A draft as the keys of its section, and a profile as a draft.

use super::Draft;
use crate::profile::{Authority, CredentialsKept, EntraProfile};
use crate::role::RoleArn;
use crate::saml::acs;
use crate::wsl::{self, Distribution};

/// The keys to set in the profile's section, with values as they stand there, and those to remove, because they are
/// empty or say what a profile without them means anyway. Keys that a draft does not know (`azure_acs_url`,
/// `azure_provider_arn`, `azure_domain_hint`, `azure_os_sso`, `rolecall_wsl`, `credential_process`, another tool's) are in neither
/// list: an edited profile keeps them as they are. For drafts that [`super::check`] finds nothing wrong with.
pub fn keys(draft: &Draft) -> (Vec<(&'static str, String)>, Vec<&'static str>) {
    let flag = |set: bool, value: &str| if set { value.to_owned() } else { String::new() };
    let (set, remove): (Vec<_>, Vec<_>) = [
        ("azure_tenant_id", tidy(&draft.tenant)),
        ("azure_app_id_uri", tidy(&draft.app_id_uri)),
        ("azure_default_username", tidy(&draft.username)),
        ("azure_default_role_arn", tidy(&draft.default_role)),
        ("azure_default_duration_hours", duration(&draft.duration)),
        ("azure_default_remember_me", flag(draft.remember_me, "true")),
        ("region", tidy(&draft.region)),
        ("azure_authority_host", authority(&draft.authority)),
        ("azure_credentials", flag(draft.process, "process")),
    ]
    .into_iter()
    .partition(|(_, value)| !value.is_empty());
    (set, remove.into_iter().map(|(key, _)| key).collect())
}

/// The profile in the form.
pub fn of_profile(profile: &EntraProfile) -> Draft {
    let host = profile.authority.url().as_str().trim_end_matches('/');
    Draft {
        name: profile.name.as_str().to_owned(),
        tenant: profile.tenant.clone(),
        app_id_uri: profile.app_id_uri.clone(),
        username: profile.username.clone().unwrap_or_default(),
        region: profile.region.clone().unwrap_or_default(),
        duration: profile.duration_hours.to_string(),
        default_role: profile.default_role.as_ref().map(ToString::to_string).unwrap_or_default(),
        // Not what the environment makes of a profile that is silent: that is for today.
        authority: if profile.names_authority { host.to_owned() } else { String::new() },
        remember_me: profile.remember_me,
        process: profile.credentials == CredentialsKept::Process,
    }
}

/// A profile of its own for another role of the same sign-in: the draft, and the keys of the source that a draft does
/// not know, to be set beside [`keys`]. `azure_provider_arn` comes along only within its own account.
pub fn also_into(source: &EntraProfile, role: &RoleArn, name: &str) -> (Draft, Vec<(&'static str, String)>) {
    let draft = Draft { name: name.to_owned(), default_role: role.to_string(), ..of_profile(source) };
    let acs_url =
        (source.acs_url != acs::default_url(source.region.as_deref())).then(|| source.acs_url.clone());
    let account = format!(":{}:", role.account());
    let provider = source.provider_arn.as_ref().map(ToString::to_string).filter(|arn| arn.contains(&account));
    let distributions: Vec<_> = source.wsl.iter().map(Distribution::as_str).collect();
    let distributions = distributions.join(", ");
    let more = [
        ("azure_acs_url", acs_url),
        ("azure_provider_arn", provider),
        ("azure_domain_hint", source.domain_hint.clone()),
        ("azure_os_sso", (!source.os_sso).then(|| "false".to_owned())),
        (wsl::KEY, Some(distributions).filter(|names| !names.is_empty())),
    ];
    (draft, more.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

/// A value as it is written: without blanks at its ends, and with `#` for aws-azure-login's `\#`, which people may
/// have copied from its file.
pub(super) fn tidy(text: &str) -> String {
    text.trim().replace("\\#", "#").replace("\\;", ";")
}

fn duration(text: &str) -> String {
    match tidy(text).parse::<u8>() {
        Ok(1) => String::new(),
        Ok(hours) => hours.to_string(),
        Err(_) => tidy(text),
    }
}

fn authority(text: &str) -> String {
    let text = tidy(text);
    match Authority::parse(&text) {
        Ok(authority) if !text.is_empty() => authority.url().as_str().trim_end_matches('/').to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws_files::document::Dialect;
    use crate::aws_files::edit;
    use crate::profile::{ProfileName, Profiles};
    use std::path::Path;

    const FULL: &str = "# ours\n[profile work]\nazure_tenant_id = example.org\n\
        azure_app_id_uri = https://signin.aws.amazon.com/saml\\#2\nazure_default_username = ada@example.org\n\
        azure_default_duration_hours = 8\nazure_default_remember_me = true\nregion = eu-central-1\n\
        azure_default_role_arn = arn:aws:iam::111111111111:role/team/Admin\n\
        azure_authority_host = login.microsoftonline.us\nazure_credentials = process\n\
        azure_acs_url = https://eu-central-1.signin.aws.amazon.com/saml\n\
        azure_provider_arn = arn:aws:iam::111111111111:saml-provider/Entra\n\
        azure_domain_hint = example.org\nazure_os_sso = false\noutput = json\n";

    fn profile(text: &str) -> EntraProfile {
        let profiles = Profiles::parse(text, Path::new("config"), None);
        profiles.find(&ProfileName::new("work")).expect("a usable profile").clone()
    }

    fn full() -> Draft {
        Draft {
            name: "work".into(),
            tenant: "example.org".into(),
            app_id_uri: "https://signin.aws.amazon.com/saml#2".into(),
            username: "ada@example.org".into(),
            region: "eu-central-1".into(),
            duration: "8".into(),
            default_role: "arn:aws:iam::111111111111:role/team/Admin".into(),
            authority: "https://login.microsoftonline.us".into(),
            remember_me: true,
            process: true,
        }
    }

    #[test]
    fn a_profile_fills_the_form() {
        assert_eq!(of_profile(&profile(FULL)), full());
        let least = "[profile work]\nazure_tenant_id = example.org\nazure_app_id_uri = a\n";
        let named = format!("{least}azure_authority_host = https://login.microsoftonline.com/\n");
        assert_eq!(of_profile(&profile(&named)).authority, "https://login.microsoftonline.com");
        assert_eq!(
            of_profile(&profile(least)),
            Draft {
                name: "work".into(),
                tenant: "example.org".into(),
                app_id_uri: "a".into(),
                duration: "1".into(),
                ..Draft::default()
            }
        );
    }

    #[test]
    fn what_is_empty_or_means_nothing_is_removed() {
        let (set, remove) = keys(&full());
        assert_eq!(set.len(), 9);
        assert!(remove.is_empty());
        assert!(set.contains(&("azure_app_id_uri", "https://signin.aws.amazon.com/saml#2".to_owned())));
        let draft = Draft {
            tenant: " example.org ".into(),
            app_id_uri: "https://signin.aws.amazon.com/saml\\#2".into(),
            duration: "01".into(),
            authority: "LOGIN.microsoftonline.us/common/".into(),
            ..Draft::default()
        };
        let (set, remove) = keys(&draft);
        let wanted = [
            ("azure_tenant_id", "example.org"),
            ("azure_app_id_uri", "https://signin.aws.amazon.com/saml#2"),
            ("azure_authority_host", "https://login.microsoftonline.us"),
        ];
        assert_eq!(set, wanted.map(|(key, value)| (key, value.to_owned())));
        assert_eq!(
            remove,
            [
                "azure_default_username",
                "azure_default_role_arn",
                "azure_default_duration_hours",
                "azure_default_remember_me",
                "region",
                "azure_credentials",
            ]
        );
    }

    #[test]
    fn an_edited_profile_keeps_what_the_form_does_not_show() {
        let before = profile(FULL);
        let edited = Draft { tenant: "example.net".into(), duration: String::new(), ..of_profile(&before) };
        let (set, remove) = keys(&edited);
        let set: Vec<_> = set.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let text = edit::set(FULL, Dialect::Config, "work", &set).expect("written");
        let text = edit::remove(&text, Dialect::Config, "work", &remove).expect("removed");
        let after = profile(&text);
        assert_eq!(after, EntraProfile { tenant: "example.net".into(), duration_hours: 1, ..before });
        assert!(text.starts_with("# ours\n") && text.ends_with("output = json\n"), "{text}");
    }

    #[test]
    fn another_role_of_the_same_sign_in() {
        let source = profile(FULL);
        for (role, more) in [
            (
                "arn:aws:iam::111111111111:role/Reader",
                &[
                    ("azure_acs_url", "https://eu-central-1.signin.aws.amazon.com/saml"),
                    ("azure_provider_arn", "arn:aws:iam::111111111111:saml-provider/Entra"),
                    ("azure_domain_hint", "example.org"),
                    ("azure_os_sso", "false"),
                ][..],
            ),
            (
                "arn:aws:iam::222222222222:role/Reader",
                &[
                    ("azure_acs_url", "https://eu-central-1.signin.aws.amazon.com/saml"),
                    ("azure_domain_hint", "example.org"),
                    ("azure_os_sso", "false"),
                ][..],
            ),
        ] {
            let role = RoleArn::parse(role).expect("a role");
            let (draft, extra) = also_into(&source, &role, "reader");
            assert_eq!(draft, Draft { name: "reader".into(), default_role: role.to_string(), ..full() });
            let extra: Vec<_> = extra.iter().map(|(key, value)| (*key, value.as_str())).collect();
            assert_eq!(extra, more);
        }
        let plain =
            "[profile work]\nazure_tenant_id = example.org\nazure_app_id_uri = a\nregion = cn-north-1\n";
        let role = RoleArn::parse("arn:aws-cn:iam::111111111111:role/Reader").expect("a role");
        assert_eq!(also_into(&profile(plain), &role, "reader").1, []);
    }
}
