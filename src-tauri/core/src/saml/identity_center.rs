//! AWS applications of Entra that lead to IAM Identity Center: no IAM SAML provider takes their answers.

use url::Url;

/// AWS's sign-in hosts, with those of the isolated partitions.
const DOMAINS: [&str; 7] = [
    "signin.aws.amazon.com",
    "signin.aws",
    "signin.amazonaws-us-gov.com",
    "signin.amazonaws.cn",
    "signin.amazonaws-eusc.eu",
    "signin.c2shome.ic.gov",
    "signin.sc2shome.sgov.gov",
];

/// What a conditional-access proxy (Microsoft Defender) puts behind a host.
const PROXY: &str = ".mcas.ms";

/// Whether an application's identifier, or an address that it posts to, is IAM Identity Center's:
/// `https://REGION.signin.aws.amazon.com/platform/saml/d-…`, `…/platform/saml/acs/…`.
pub fn is_identity_center(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_end_matches('.');
    let host = host.strip_suffix(PROXY).unwrap_or(host);
    let of =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let mut path = url.path_segments().into_iter().flatten();
    let mut next_is = |word: &str| path.next().is_some_and(|segment| segment.eq_ignore_ascii_case(word));
    DOMAINS.into_iter().any(of) && next_is("platform") && next_is("saml")
}

/// The same of a text, with or without its scheme.
pub fn names_identity_center(text: &str) -> bool {
    let text = text.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Url::parse(&text).is_ok_and(|url| is_identity_center(&url))
}

/// Whether an address is the start page of IAM Identity Center.
pub fn is_start_page(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.ends_with(".awsapps.com") || host.ends_with(".app.aws")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_addresses() {
        for (text, expected) in [
            ("https://eu-central-1.signin.aws.amazon.com/platform/saml/d-1234567890", true),
            ("https://eu-central-1.signin.aws.amazon.com/platform/saml/d-1234567890#2", true),
            ("https://eu-central-1.signin.aws.amazon.com/platform/saml/acs/0a1b2c3d", true),
            ("https://us-east-1.signin.aws/platform/saml/d-1234567890", true),
            ("https://us-gov-west-1.signin.amazonaws-us-gov.com/platform/saml/d-1", true),
            ("https://cn-north-1.signin.amazonaws.cn/platform/saml/d-1", true),
            ("https://eusc-de-east-1.signin.amazonaws-eusc.eu/platform/saml/d-1", true),
            ("eu-central-1.signin.aws.amazon.com/Platform/SAML/d-1", true),
            ("https://eu-central-1.signin.aws.amazon.com.mcas.ms/platform/saml/acs/1", true),
            ("https://signin.aws.amazon.com/saml", false),
            ("https://signin.aws.amazon.com/saml#2", false),
            ("https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE", false),
            ("https://eu-central-1.signin.aws.amazon.com/platform/samlx", false),
            ("https://eu-central-1.signin.aws.amazon.com.example.org/platform/saml/d-1", false),
            ("https://xsignin.aws/platform/saml/d-1", false),
            ("https://example.org/platform/saml/d-1", false),
            ("urn:amazon:webservices", false),
            ("", false),
        ] {
            assert_eq!(names_identity_center(text), expected, "{text}");
        }
    }
}
