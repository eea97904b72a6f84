//! Assertion consumer services of AWS: where the request asks the answer to go, and which form actions end a sign-in.

use crate::role::Partition;
use crate::sign_in::Acs;
use url::Url;

const DOMAINS: [&str; 4] = [
    "signin.aws.amazon.com",
    "signin.amazonaws-us-gov.com",
    "signin.amazonaws.cn",
    "signin.amazonaws-eusc.eu",
];

/// The ACS that an application in `region` has by default (aws-azure-login's rule; the EU sovereign cloud has
/// regional hosts only).
pub fn default_url(region: Option<&str>) -> String {
    let partition = region.map_or_else(|| Partition::of_region(""), Partition::of_region);
    let domain = partition.sign_in_domain();
    match region {
        Some(region) if partition.as_str() == "aws-eusc" => format!("https://{region}.{domain}/saml"),
        _ => format!("https://{domain}/saml"),
    }
}

/// Every form action that ends a sign-in: AWS's sign-in hosts of every partition, global and regional, as they are
/// and as a conditional-access proxy (Microsoft Defender) rewrites them. The post itself never happens, so a
/// generous list costs nothing: the assertion goes to STS only.
pub fn accepted() -> Vec<Acs> {
    let hosts = DOMAINS.iter().flat_map(|domain| {
        [
            domain.to_string(),
            format!("*.{domain}"),
            format!("{domain}.mcas.ms"),
            format!("*.{domain}.mcas.ms"),
        ]
    });
    hosts.map(|host| Acs { scheme: "https".into(), host, path: "/saml".into() }).collect()
}

/// Whether a form action is one of [`accepted`].
pub fn is_accepted(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| accepted().iter().any(|acs| acs.matches(&url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_by_region() {
        for (region, url) in [
            (None, "https://signin.aws.amazon.com/saml"),
            (Some("eu-central-1"), "https://signin.aws.amazon.com/saml"),
            (Some("us-gov-west-1"), "https://signin.amazonaws-us-gov.com/saml"),
            (Some("cn-north-1"), "https://signin.amazonaws.cn/saml"),
            (Some("eusc-de-east-1"), "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml"),
        ] {
            assert_eq!(default_url(region), url);
            assert!(is_accepted(url), "{url}");
        }
    }

    #[test]
    fn other_hosts_are_not_accepted() {
        for url in [
            "https://signin.aws.amazon.com.example.org/saml",
            "https://example.org/saml",
            "http://signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com/oauth",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!is_accepted(url), "{url}");
        }
        assert!(is_accepted("https://signin.aws.amazon.com.mcas.ms/saml"));
        assert!(is_accepted("https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE"));
    }
}
