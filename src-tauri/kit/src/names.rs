//! The names that AWS and Kubernetes take, checked before they are written into anything.

use std::fmt;
use std::str::FromStr;

macro_rules! name {
    ($(#[doc = $doc:literal])* $name:ident, $check:expr) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(String);

        impl $name {
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let check: fn(&str) -> Result<String, String> = $check;
                check(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// An IAM role's name, without a path.
    RoleName,
    |text| {
        let right = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
        if text.starts_with("arn:") {
            return Err("write the role's name alone, without arn:…".to_owned());
        }
        checked(text, 64, right, "letters, digits and + = , . @ _ -")
    }
);

name!(
    /// A namespace of Kubernetes: a DNS label.
    Namespace,
    |text| {
        let text = checked(text, 63, |b| label(b) || b == b'-', "small letters, digits and -")?;
        ends(text, "a namespace begins and ends with a letter or a digit")
    }
);

name!(
    /// A name of an object of Kubernetes: a DNS subdomain.
    ObjectName,
    |text| {
        let right = |b| label(b) || b == b'-' || b == b'.';
        let text = checked(text, 253, right, "small letters, digits, dots and -")?;
        if text.split('.').any(|part| part.is_empty() || part.starts_with('-') || part.ends_with('-')) {
            return Err("each part between dots begins and ends with a letter or a digit".to_owned());
        }
        Ok(text)
    }
);

name!(
    /// A region of AWS: it becomes part of a host's name.
    Region,
    |text| checked(text, 40, |b| label(b) || b == b'-', "small letters, digits and -, as in eu-central-1")
);

name!(
    /// An EKS cluster.
    ClusterName,
    |text| {
        let right = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let text = checked(text, 100, right, "letters, digits, - and _")?;
        if text.starts_with(['-', '_']) {
            return Err("a cluster's name begins with a letter or a digit".to_owned());
        }
        Ok(text)
    }
);

name!(
    /// The address of an OIDC issuer: `https://HOST[/PATH]`, kept so.
    Issuer,
    |text| {
        let text = text.trim().trim_end_matches('/');
        let bare = text.strip_prefix("https://").unwrap_or(text);
        if bare.contains("://") {
            return Err("an issuer's address begins with https://".to_owned());
        }
        let host = bare.split(['/', ':']).next().unwrap_or_default();
        let right = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/".contains(&b);
        if !host.contains('.') || host.starts_with('.') || !bare.bytes().all(right) {
            return Err("write https://HOST/PATH, as `aws eks describe-cluster` prints it".to_owned());
        }
        Ok(format!("https://{bare}"))
    }
);

name!(
    /// What a stranger must say to be let in: 2 to 1,224 characters.
    ExternalId,
    |text| {
        let right = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@:/_-".contains(&b);
        if text.len() < 2 {
            return Err("it has at least two characters".to_owned());
        }
        checked(text, 1224, right, "letters, digits and + = , . @ : / _ -")
    }
);

name!(
    /// The audience of a token or an assertion.
    Audience,
    |text| checked(text, 255, |b| b.is_ascii_graphic() && b != b'"' && b != b'\'' && b != b'*', "letters, digits and signs, no blanks or quotes")
);

name!(
    /// `https://HOST[:PORT]` of a Kubernetes API server.
    Server,
    |text| {
        let host = text.strip_prefix("https://").ok_or("it begins with https://")?;
        let right = |b: u8| b.is_ascii_alphanumeric() || b"-._:/[]".contains(&b);
        if host.is_empty() || !host.bytes().all(right) {
            return Err("write https://HOST, as `aws eks describe-cluster` prints it as endpoint".to_owned());
        }
        Ok(text.trim_end_matches('/').to_owned())
    }
);

name!(
    /// Certificates in base64, as EKS gives them.
    CaData,
    |text| {
        let text: String = text.split_whitespace().collect();
        let right = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
        if text.len() < 16 || !text.len().is_multiple_of(4) || !text.bytes().all(right) {
            return Err("it is base64, as `aws eks describe-cluster` prints it as certificateAuthority.data".to_owned());
        }
        Ok(text)
    }
);

name!(
    /// An access policy of EKS, by its name.
    AccessPolicy,
    |text| checked(text, 128, |b| b.is_ascii_alphanumeric(), "letters and digits, such as AmazonEKSViewPolicy")
);

name!(
    /// An image of a container.
    Image,
    |text| checked(text, 512, |b| b.is_ascii_graphic() && b != b'"', "letters, digits and signs, no blanks")
);

fn label(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

fn checked(text: &str, longest: usize, right: impl Fn(u8) -> bool, of: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if text.chars().count() > longest {
        return Err(format!("it has more than {longest} characters"));
    }
    if !text.bytes().all(right) {
        return Err(format!("it may have {of}"));
    }
    Ok(text.to_owned())
}

fn ends(text: String, or: &str) -> Result<String, String> {
    if text.starts_with('-') || text.ends_with('-') { Err(or.to_owned()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_and_kubernetes_refuse_is_refused() {
        assert!("web-1_=,.@+".parse::<RoleName>().is_ok());
        for text in ["", "a b", "team/web", "ü", "arn:aws:iam::111111111111:role/web", &"x".repeat(65)] {
            assert!(text.parse::<RoleName>().is_err(), "{text}");
        }
        for text in ["on", "1e3", "0123", "null", "a"] {
            assert!(text.parse::<Namespace>().is_ok() && text.parse::<ObjectName>().is_ok(), "{text}");
        }
        for text in ["", "Web", "a_b", "-a", "a-", "a b", "'a'", "a.b"] {
            assert!(text.parse::<Namespace>().is_err(), "{text}");
        }
        for text in ["a.b", "1.0"] {
            assert!(text.parse::<ObjectName>().is_ok(), "{text}");
        }
        for text in [".a", "a..b", "a.-b", "A", "a:b", "\"a\""] {
            assert!(text.parse::<ObjectName>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_issuer_is_an_address() {
        for text in
            ["https://oidc.example.org/id/A", "oidc.example.org/id/A/", " https://oidc.example.org/id/A "]
        {
            assert_eq!(text.parse::<Issuer>().expect(text).as_str(), "https://oidc.example.org/id/A");
        }
        for text in
            ["", "http://oidc.example.org", "oidc", "https://a b.c", "https://", "https://a.b?x=y", "a.b/$"]
        {
            assert!(text.parse::<Issuer>().is_err(), "{text}");
        }
    }
}
