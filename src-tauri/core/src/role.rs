//! Roles, accounts and partitions: the ARNs of IAM, parsed.

use serde::{Deserialize, Serialize};

/// A twelve-digit AWS account number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let right = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        right.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/[PATH/]NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(as = "String"))]
#[serde(try_from = "String", into = "String")]
pub struct RoleArn(String);

/// The ARN of a SAML identity provider: `arn:PARTITION:iam::ACCOUNT:saml-provider/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProviderArn(String);

/// Why a text is not the ARN it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not the ARN of {wanted}")]
pub struct NotAnArn {
    pub text: String,
    pub wanted: &'static str,
}

impl RoleArn {
    pub fn parse(text: &str) -> Result<Self, NotAnArn> {
        let text = text.trim();
        match iam_resource(text) {
            Some(("role", rest)) if rest.rsplit('/').next().is_some_and(|name| !name.is_empty()) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(NotAnArn { text: text.to_owned(), wanted: "an IAM role" }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The role's name without its path: what a person calls it.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Path and name: `team/Admin`. Only the two together are one role's alone.
    pub fn path_and_name(&self) -> &str {
        iam_resource(&self.0).map_or("", |(_, rest)| rest)
    }

    pub fn account(&self) -> AccountId {
        AccountId(self.0.split(':').nth(4).unwrap_or_default().to_owned())
    }

    pub fn partition(&self) -> Partition {
        Partition(self.0.split(':').nth(1).unwrap_or_default().to_owned())
    }
}

impl ProviderArn {
    pub fn parse(text: &str) -> Result<Self, NotAnArn> {
        let text = text.trim();
        match iam_resource(text) {
            Some(("saml-provider", name)) if is_provider_name(name) => Ok(Self(text.to_owned())),
            _ => Err(NotAnArn { text: text.to_owned(), wanted: "a SAML identity provider" }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An AWS partition: `aws`, `aws-us-gov`, `aws-cn`, `aws-eusc`, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition(String);

impl Partition {
    /// The partition that a region belongs to, by its name's prefix.
    pub fn of_region(region: &str) -> Self {
        let name = match region {
            r if r.starts_with("us-gov-") => "aws-us-gov",
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("eusc-") => "aws-eusc",
            r if r.starts_with("us-iso-") => "aws-iso",
            r if r.starts_with("us-isob-") => "aws-iso-b",
            r if r.starts_with("eu-isoe-") => "aws-iso-e",
            r if r.starts_with("us-isof-") => "aws-iso-f",
            _ => "aws",
        };
        Self(name.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain below which this partition's sign-in hosts live (FACTS: AWS sign-in endpoints).
    pub fn sign_in_domain(&self) -> &'static str {
        match self.0.as_str() {
            "aws-us-gov" => "signin.amazonaws-us-gov.com",
            "aws-cn" => "signin.amazonaws.cn",
            "aws-eusc" => "signin.amazonaws-eusc.eu",
            _ => "signin.aws.amazon.com",
        }
    }

    /// The region whose STS endpoint answers for the partition when a profile names none.
    pub fn default_region(&self) -> &'static str {
        match self.0.as_str() {
            "aws-us-gov" => "us-gov-west-1",
            "aws-cn" => "cn-north-1",
            "aws-eusc" => "eusc-de-east-1",
            "aws-iso" => "us-iso-east-1",
            "aws-iso-b" => "us-isob-east-1",
            "aws-iso-e" => "eu-isoe-west-1",
            "aws-iso-f" => "us-isof-south-1",
            _ => "us-east-1",
        }
    }
}

/// A role that an assertion lists, with the provider that vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OfferedRole {
    pub role: RoleArn,
    pub provider: ProviderArn,
}

impl OfferedRole {
    /// One value of the attribute `https://aws.amazon.com/SAML/Attributes/Role`: the two ARNs with a comma between,
    /// in either order, spaces allowed. A role's name and path may contain commas, so every comma is tried; a
    /// provider's name contains none, so at most one of them fits.
    pub fn parse(value: &str) -> Option<Self> {
        let pair = |role: &str, provider: &str| {
            let role = RoleArn::parse(role).ok().filter(|role| !role.as_str().contains(",arn:"))?;
            Some(Self { role, provider: ProviderArn::parse(provider).ok()? })
        };
        value.match_indices(',').find_map(|(comma, _)| {
            let (left, right) = (&value[..comma], &value[comma + 1..]);
            pair(left, right).or_else(|| pair(right, left))
        })
    }
}

/// What IAM takes for the name of a SAML provider (IAM API Reference, CreateSAMLProvider).
fn is_provider_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// `("role", "team/Admin")` of `arn:aws:iam::111111111111:role/team/Admin`.
fn iam_resource(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (prefix, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let clean = arn.bytes().all(|b| b.is_ascii_graphic()) && arn.len() <= 2048;
    let right = prefix == "arn"
        && (partition == "aws" || partition.starts_with("aws-"))
        && service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit());
    if clean && right { resource.split_once('/') } else { None }
}

macro_rules! text_conversions {
    ($($arn:ty),*) => {$(
        impl TryFrom<String> for $arn {
            type Error = NotAnArn;
            fn try_from(text: String) -> Result<Self, NotAnArn> {
                Self::parse(&text)
            }
        }
        impl From<$arn> for String {
            fn from(arn: $arn) -> String {
                arn.0
            }
        }
        impl std::fmt::Display for $arn {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
text_conversions!(RoleArn, ProviderArn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_values_in_either_order_and_every_partition() {
        let role = "arn:aws-us-gov:iam::111111111111:role/team/Admin";
        let provider = "arn:aws-us-gov:iam::111111111111:saml-provider/Entra";
        for value in
            [format!("{role},{provider}"), format!("{provider},{role}"), format!("  {provider} ,\n {role} ")]
        {
            let offered = OfferedRole::parse(&value).expect(&value);
            assert_eq!(offered.role.as_str(), role);
            assert_eq!(offered.provider.as_str(), provider);
            assert_eq!(offered.role.name(), "Admin");
            assert_eq!(offered.role.account().as_str(), "111111111111");
            assert_eq!(offered.role.partition().sign_in_domain(), "signin.amazonaws-us-gov.com");
        }
    }

    /// IAM allows `+ = , . @ - _` in the name of a role, and nearly everything in its path.
    #[test]
    fn role_values_with_commas_in_the_name_or_the_path() {
        let provider = "arn:aws:iam::111111111111:saml-provider/Entra";
        for name in ["a,b", ",", "a,", ",a", "a,b,c", "team,one/a", "a+=,.@-_", "team/arn:aws:x,y/a,b"] {
            let role = format!("arn:aws:iam::111111111111:role/{name}");
            for value in [
                format!("{role},{provider}"),
                format!("{provider},{role}"),
                format!(" {provider} , {role} "),
                format!("{role}\n,\t{provider}"),
            ] {
                let offered = OfferedRole::parse(&value).expect(&value);
                assert_eq!((offered.role.as_str(), offered.provider.as_str()), (role.as_str(), provider));
            }
        }
    }

    #[test]
    fn what_is_no_role_is_refused() {
        for text in [
            "",
            "Admin",
            "arn:aws:iam::111111111111:role/",
            "arn:aws:iam::1111:role/Admin",
            "arn:aws:iam::11111111111x:role/Admin",
            "arn:aws:sts::111111111111:assumed-role/Admin/x",
            "arn:aws:iam::111111111111:user/Admin",
            "arn:aws:iam::111111111111:role/Ad min",
            "arn:evil:iam::111111111111:role/Admin",
            "arn:aws:iam::111111111111:role/Admin\n[other]",
        ] {
            assert!(RoleArn::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn junk_role_values_are_no_roles() {
        for value in [
            "",
            ",",
            "a,b",
            "arn:aws:iam::111111111111:role/A",
            "arn:aws:iam::111111111111:role/A,arn:aws:iam::111111111111:role/B",
            "arn:aws:iam::111111111111:role/A,arn:aws:iam::111111111111:role/B,arn:aws:iam::111111111111:saml-provider/E",
            "arn:aws:iam::111111111111:role/A,arn:aws:iam::111111111111:saml-provider/E,F",
            "arn:aws:iam::111111111111:saml-provider/E,arn:aws:iam::111111111111:saml-provider/F",
        ] {
            assert_eq!(OfferedRole::parse(value), None, "{value}");
        }
    }
}
