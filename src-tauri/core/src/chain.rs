//! Role chaining: from a profile's role back to what it begins with, and what AWS allows on the way.

use crate::problem::Problem;
use crate::profile::{self, Origin, Profile, ProfileName, Profiles, RoleProfile};
use jiff::SignedDuration;

/// A role assumed with another role's credentials lasts no longer (IAM User Guide, "Role chaining").
pub const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Where a chain begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// A sign-in through Entra.
    Entra(ProfileName),
    /// A web identity's token, of the chain's first role profile.
    Token(ProfileName),
    /// A pod's role that was assumed once.
    Pod(ProfileName),
}

/// A role profile with everything before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain<'a> {
    pub root: Root,
    /// In the order of assuming: the first is assumed with the root's credentials or token, the last is the profile
    /// itself.
    pub links: Vec<&'a RoleProfile>,
}

impl Root {
    pub fn name(&self) -> &ProfileName {
        match self {
            Self::Entra(name) | Self::Token(name) | Self::Pod(name) => name,
        }
    }
}

/// Follows a role profile's sources back to the root. `has_keys` says which profiles have keys in the credentials
/// file that are none of ours: AWS tools begin there, and so would have to we.
///
/// # Errors
/// [`Problem::ChainLoop`], [`Problem::ChainSource`], [`Problem::ChainElsewhere`], [`Problem::ChainPartition`], or what
/// is wrong with a profile on the way.
pub fn resolve<'a>(
    profiles: &'a Profiles,
    profile: &'a RoleProfile,
    has_keys: impl Fn(&ProfileName) -> bool,
) -> Result<Chain<'a>, Problem> {
    let mut links = vec![profile];
    let root = loop {
        let link = links[links.len() - 1];
        let source = match &link.origin {
            Origin::Source { profile } => profile,
            Origin::TokenFile { .. } => break Root::Token(link.name.clone()),
            Origin::Pod { .. } => break Root::Pod(link.name.clone()),
            Origin::Elsewhere => return Err(elsewhere(profile, &link.name)),
        };
        match profiles.named(source) {
            Some(Profile::Entra(_)) => break Root::Entra(source.clone()),
            // Keys beside a role go before it, in a source (botocore's and the SDKs' rule).
            Some(Profile::Role(role)) if !role.kept && (role.has_keys || has_keys(source)) => {
                return Err(elsewhere(profile, source));
            }
            Some(Profile::Role(role)) => {
                if let Some(first) = links.iter().position(|link| link.name == role.name) {
                    return Err(loop_of(&links[first..]));
                }
                links.push(role);
            }
            Some(Profile::Other { .. }) => return Err(elsewhere(profile, source)),
            None if has_keys(source) => return Err(elsewhere(profile, source)),
            None => return Err(no_source(profiles, link, source)),
        }
    };
    links.reverse();
    partitions(profiles, &root, &links)?;
    Ok(Chain { root, links })
}

fn elsewhere(profile: &RoleProfile, begins: &ProfileName) -> Problem {
    Problem::ChainElsewhere { profile: profile.name.to_string(), source_profile: begins.to_string() }
}

/// `a → b → a`.
fn loop_of(links: &[&RoleProfile]) -> Problem {
    let names = links.iter().chain(links.first()).map(|link| link.name.to_string());
    Problem::ChainLoop { names: names.collect() }
}

fn no_source(profiles: &Profiles, link: &RoleProfile, source: &ProfileName) -> Problem {
    let broken = profiles.broken.iter().chain(&profiles.broken_roles);
    if let Some((_, problem)) = broken.into_iter().find(|(name, _)| name == source) {
        return problem.clone();
    }
    let nearest = match profile::unknown(source, profiles.profiles.iter().map(Profile::name)) {
        Problem::UnknownProfile { nearest, .. } => nearest,
        _ => None,
    };
    Problem::ChainSource { profile: link.name.to_string(), source_profile: source.to_string(), nearest }
}

/// No role of one partition can assume one of another.
fn partitions(profiles: &Profiles, root: &Root, links: &[&RoleProfile]) -> Result<(), Problem> {
    let entra = match root {
        Root::Entra(name) => profiles.find(name)?.default_role.clone(),
        Root::Token(_) | Root::Pod(_) => None,
    };
    let roles: Vec<_> = entra.iter().chain(links.iter().map(|link| &link.role)).collect();
    for pair in roles.windows(2) {
        if pair[0].partition() != pair[1].partition() {
            let (from, to) = (pair[0].clone(), pair[1].clone());
            return Err(Problem::ChainPartition { from, to });
        }
    }
    Ok(())
}

impl RoleProfile {
    /// Whether its role is assumed with the credentials of another role, which AWS limits to [`LONGEST`].
    pub fn is_chained(&self) -> bool {
        matches!(self.origin, Origin::Source { .. })
    }

    /// What to say to whoever expects more of the section than AWS gives.
    pub fn remarks(&self) -> Vec<Problem> {
        let profile = || self.name.to_string();
        let asked = self.duration.filter(|seconds| i64::from(*seconds) > LONGEST.as_secs());
        let one_hour = asked
            .filter(|_| self.is_chained())
            .map(|seconds| Problem::ChainOneHour { profile: profile(), seconds });
        let mfa = self.mfa_serial.as_ref().filter(|_| self.is_chained());
        one_hour.into_iter().chain(mfa.map(|_| Problem::ChainMfa { profile: profile() })).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const ENTRA: &str = "azure_tenant_id=example.org\nazure_app_id_uri=x\n";

    fn role(account: u8, name: &str) -> String {
        let account = account.to_string().repeat(12);
        format!("role_arn=arn:aws:iam::{account}:role/{name}\n")
    }

    fn resolved(text: &str, name: &str, keys: &[&str]) -> Result<(String, Vec<String>), &'static str> {
        let profiles = Profiles::parse(text, Path::new("/home/ada/.aws/config"), None);
        let profile = profiles.roles().find(|role| role.name.as_str() == name).expect(name);
        resolve(&profiles, profile, |name| keys.contains(&name.as_str()))
            .map(|chain| {
                let links = chain.links.iter().map(|link| link.name.to_string()).collect();
                (chain.root.name().to_string(), links)
            })
            .map_err(|problem| problem.code())
    }

    #[test]
    fn three_deep_to_the_sign_in() {
        let text = format!(
            "[profile work]\n{ENTRA}[profile c]\n{}source_profile=b\n[profile a]\n{}source_profile=work\n\
             [profile b]\n{}source_profile=a\n",
            role(3, "C"),
            role(1, "A"),
            role(2, "B")
        );
        let (root, links) = resolved(&text, "c", &[]).expect("a chain");
        assert_eq!((root.as_str(), links), ("work", vec!["a".into(), "b".into(), "c".into()]));
    }

    #[test]
    fn what_leads_nowhere() {
        let a = role(1, "A");
        for (text, keys, code) in [
            (
                format!("[profile a]\n{a}source_profile=b\n[profile b]\n{a}source_profile=a\n"),
                &[][..],
                "chain.loop",
            ),
            (format!("[profile a]\n{a}source_profile=a\n"), &[], "chain.loop"),
            // Its own keys, which AWS tools allow.
            (format!("[profile a]\n{a}source_profile=a\n"), &["a"], "chain.elsewhere"),
            (format!("[profile a]\n{a}source_profile=b\n"), &[], "chain.source"),
            (format!("[profile a]\n{a}source_profile=b\n"), &["b"], "chain.elsewhere"),
            (format!("[profile a]\n{a}source_profile=b\n[profile b]\nregion=x\n"), &[], "chain.elsewhere"),
            (format!("[profile a]\n{a}credential_source=Environment\n"), &[], "chain.elsewhere"),
            (
                format!("[profile a]\n{a}source_profile=b\n[profile b]\nazure_tenant_id=x\n"),
                &[],
                "config.key_invalid",
            ),
            (
                format!(
                    "[profile a]\n{a}source_profile=b\n[profile b]\n{ENTRA}azure_default_role_arn=arn:aws-cn:iam::111111111111:role/A\n"
                ),
                &[],
                "chain.partition",
            ),
        ] {
            assert_eq!(resolved(&text, "a", keys), Err(code), "{text}");
        }
    }

    #[test]
    fn what_aws_does_not_give_is_said() {
        let text = format!(
            "[profile a]\n{}source_profile=work\nduration_seconds=14400\nmfa_serial=arn:aws:iam::111111111111:mfa/ada\n\
             [profile t]\n{}web_identity_token_file=/run/token\nduration_seconds=14400\n",
            role(1, "A"),
            role(1, "T")
        );
        let profiles = Profiles::parse(&text, Path::new("/home/ada/.aws/config"), None);
        let codes = |name: &str| {
            let profile = profiles.roles().find(|role| role.name.as_str() == name).expect(name);
            profile.remarks().iter().map(Problem::code).collect::<Vec<_>>()
        };
        assert_eq!(codes("a"), ["chain.one_hour", "chain.mfa"]);
        assert!(codes("t").is_empty());
    }
}
