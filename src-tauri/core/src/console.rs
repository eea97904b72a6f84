//! The addresses of the AWS console: federation by partition, a service's page, the way out of an older session.
//!
//! AWS IAM User Guide, "Enable custom identity broker access to the AWS console".

use crate::credentials::Credentials;
use crate::role::Partition;
use crate::secret::Secret;
use serde::Serialize;
use url::Url;

/// Where one console sign-in goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// `https://signin.aws.amazon.com`, or what `AWS_ENDPOINT_URL_SIGNIN` says.
    sign_in: Url,
    /// The page to open.
    destination: Url,
}

/// What is not the name of a service's page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the name of a console page")]
pub struct NotAService(pub String);

impl Console {
    /// The console of `partition`, in `region`; `service` names a page as its address does (`ec2`, `s3`,
    /// `cloudwatch`). `endpoint` replaces the sign-in host.
    ///
    /// # Errors
    /// [`NotAService`].
    pub fn new(
        partition: &Partition,
        region: &str,
        service: Option<&str>,
        endpoint: Option<&Url>,
    ) -> Result<Self, NotAService> {
        let (sign_in, console) = hosts(partition, region);
        let fixed = |text: &str| Url::parse(text).map_err(|_| NotAService(text.to_owned()));
        let sign_in = endpoint.cloned().map_or_else(|| fixed(&format!("https://{sign_in}")), Ok)?;
        let page = match service {
            Some(service) if is_page(service) => format!("{service}/home"),
            Some(service) => return Err(NotAService(crate::problem::foreign(service))),
            None => "console/home".to_owned(),
        };
        let mut destination = fixed(&format!("https://{console}/{page}"))?;
        destination.query_pairs_mut().append_pair("region", region);
        Ok(Self { sign_in, destination })
    }

    /// The address that answers with a sign-in token, `{"SigninToken": …}`. The session's length is left out: it is
    /// that of the credentials, and AWS refuses one for those that came from another role.
    pub fn token_url(&self, credentials: &Credentials) -> Secret {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Session<'a> {
            session_id: &'a str,
            session_key: &'a Secret,
            session_token: &'a Secret,
        }
        let session = Session {
            session_id: &credentials.access_key_id,
            session_key: &credentials.secret_access_key,
            session_token: &credentials.session_token,
        };
        let session = Secret::new(serde_json::to_string(&session).unwrap_or_default());
        let mut url = self.at("federation");
        url.query_pairs_mut()
            .append_pair("Action", "getSigninToken")
            .append_pair("Session", session.expose());
        Secret::new(url)
    }

    /// The address that signs a browser in: good for 15 minutes, for whoever has it.
    pub fn login_url(&self, token: &Secret) -> Secret {
        let mut url = self.at("federation");
        url.query_pairs_mut()
            .append_pair("Action", "login")
            .append_pair("Issuer", "rolecall")
            .append_pair("Destination", self.destination.as_str())
            .append_pair("SigninToken", token.expose());
        Secret::new(url)
    }

    /// The same by way of signing out first: a browser that is signed in to another role would be told to do so.
    pub fn fresh_login_url(&self, token: &Secret) -> Secret {
        let mut url = self.at("oauth");
        url.query_pairs_mut()
            .append_pair("Action", "logout")
            .append_pair("redirect_uri", self.login_url(token).expose());
        Secret::new(url)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.sign_in.clone();
        url.set_path(path);
        url
    }
}

/// The sign-in host and the console's.
fn hosts(partition: &Partition, region: &str) -> (String, &'static str) {
    let sign_in = partition.sign_in_domain();
    match partition.as_str() {
        "aws-us-gov" => (sign_in.to_owned(), "console.amazonaws-us-gov.com"),
        "aws-cn" => (sign_in.to_owned(), "console.amazonaws.cn"),
        // There is no global host in the European sovereign cloud.
        "aws-eusc" => (format!("{region}.{sign_in}"), "console.amazonaws-eusc.eu"),
        _ => (sign_in.to_owned(), "console.aws.amazon.com"),
    }
}

/// `ec2`, `systems-manager`, `lambda`: a path of plain words.
fn is_page(service: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    service.len() <= 60 && service.split('/').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t+/="),
            expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn hosts_follow_the_partition() {
        for (region, sign_in, console) in [
            ("eu-west-1", "signin.aws.amazon.com", "console.aws.amazon.com"),
            ("us-gov-west-1", "signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"),
            ("cn-north-1", "signin.amazonaws.cn", "console.amazonaws.cn"),
            ("eusc-de-east-1", "eusc-de-east-1.signin.amazonaws-eusc.eu", "console.amazonaws-eusc.eu"),
        ] {
            let console_of = Console::new(&Partition::of_region(region), region, Some("ec2"), None);
            let found = console_of.expect(region);
            assert_eq!(found.sign_in.host_str(), Some(sign_in));
            assert_eq!(found.destination.as_str(), format!("https://{console}/ec2/home?region={region}"));
        }
    }

    #[test]
    fn addresses_as_aws_documents_them() {
        let console = Console::new(&Partition::of_region("eu-west-1"), "eu-west-1", None, None).expect("one");
        let token = console.token_url(&credentials());
        assert_eq!(
            token.expose(),
            "https://signin.aws.amazon.com/federation?Action=getSigninToken&Session=%7B%22sessionId%22%3A%22ASIAEXAMPLE%22%2C%22sessionKey%22%3A%22s%22%2C%22sessionToken%22%3A%22t%2B%2F%3D%22%7D"
        );
        let login = console.login_url(&Secret::new("tok"));
        assert_eq!(
            login.expose(),
            "https://signin.aws.amazon.com/federation?Action=login&Issuer=rolecall&Destination=https%3A%2F%2Fconsole.aws.amazon.com%2Fconsole%2Fhome%3Fregion%3Deu-west-1&SigninToken=tok"
        );
        let fresh = console.fresh_login_url(&Secret::new("tok"));
        let fresh = Url::parse(fresh.expose()).expect("an address");
        assert_eq!(fresh.path(), "/oauth");
        let back = fresh.query_pairs().find(|(name, _)| name == "redirect_uri").map(|(_, value)| value);
        assert_eq!(back.as_deref(), Some(login.expose()));
    }

    #[test]
    fn a_page_is_made_of_plain_words() {
        for (service, good) in [
            ("s3", true),
            ("systems-manager/parameters", true),
            ("", false),
            ("../x", false),
            ("EC2", false),
            ("a?b", false),
            ("a//b", false),
            ("@evil.example.org", false),
        ] {
            let console = Console::new(&Partition::of_region("x"), "x", Some(service), None);
            assert_eq!(console.is_ok(), good, "{service}");
        }
    }
}
