//! The STS client: built when it is first needed, for the region of the profile, through the proxy of
//! the environment or the system.

use super::{Ask, Grant, assume_longest, errors};
use crate::proxy::{self, Route};
use crate::web;
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rolecall_core::credentials::Credentials;
use rolecall_core::policy::Policy;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::refusal::{Caller, Refusal};
use rolecall_core::secret::Secret;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// Where and how STS is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoint {
    /// Else the region's own.
    pub url: Option<Url>,
    pub use_fips: bool,
    pub use_dualstack: bool,
    /// A file with more root certificates.
    pub ca_bundle: Option<PathBuf>,
    /// The policy, where it says which hosts may be asked.
    pub policy: Option<Policy>,
}

impl Endpoint {
    /// The address that is asked, by the SDK's own rules.
    ///
    /// # Errors
    /// [`Problem::AwsUnreachable`]: the region has no such endpoint.
    pub async fn address(&self, region: &str) -> Result<String, Problem> {
        let unknown = || Problem::AwsUnreachable {
            endpoint: self.shown(region),
            reason: "there is no endpoint of this kind in that region".into(),
        };
        let mut params = Params::builder()
            .region(region)
            .use_fips(self.use_fips)
            .use_dual_stack(self.use_dualstack)
            .use_global_endpoint(false);
        if let Some(url) = &self.url {
            params = params.endpoint(url.as_str());
        }
        let params = params.build().map_err(|_| unknown())?;
        let resolver = DefaultResolver::new();
        let endpoint = resolver.resolve_endpoint(&params).await.map_err(|_| unknown())?;
        Ok(endpoint.url().to_owned())
    }

    /// # Errors
    /// [`Problem::PolicyForbids`], or as [`Endpoint::address`].
    async fn allowed(&self, region: &str) -> Result<(), Problem> {
        let Some(policy) = &self.policy else { return Ok(()) };
        let address = self.address(region).await?;
        if Url::parse(&address).is_ok_and(|url| policy.allows_sts(&url)) {
            return Ok(());
        }
        Err(Problem::PolicyForbids { by: policy.by(), what: format!("asking STS at {}", foreign(&address)) })
    }

    /// Where STS is asked, in words.
    pub(super) fn shown(&self, region: &str) -> String {
        match &self.url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("AWS STS in {region}"),
        }
    }
}

/// The SDK's client, and how it reaches STS.
pub(super) struct Client {
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) route: Route,
}

/// Asks STS. TLS roots and connection pool live for one sign-in only: a day has few of them, and idle memory counts.
pub struct Sts {
    turns: Semaphore,
}

/// Signing in to thirty profiles asks for so many at a time, rather than being told to slow down.
const AT_ONCE: usize = 4;
const CONNECT: Duration = Duration::from_secs(8);
const ATTEMPT: Duration = Duration::from_secs(10);
const OPERATION: Duration = Duration::from_secs(25);

impl Sts {
    pub fn new() -> Self {
        Self { turns: Semaphore::new(AT_ONCE) }
    }

    /// # Errors
    /// A problem for each thing that AWS, the network or a proxy can say.
    pub async fn assume(&self, ask: &Ask) -> Result<Grant, Problem> {
        let _turn = self.turn().await;
        let client = self.client(&ask.endpoint, &ask.region, None).await?;
        assume_longest(ask, async |hours| self.call(&client, ask, hours).await).await
    }

    async fn call(&self, client: &Client, ask: &Ask, hours: u8) -> Result<Credentials, Problem> {
        let answer = client
            .sts
            .assume_role_with_saml()
            .role_arn(ask.role.role.as_str())
            .principal_arn(ask.role.provider.as_str())
            .saml_assertion(ask.assertion.expose())
            .duration_seconds(i32::from(hours) * 3600)
            .send()
            .await;
        let endpoint = ask.endpoint.shown(&ask.region);
        let refusal = || Refusal {
            role: ask.role.role.clone(),
            caller: Caller::Saml { provider: ask.role.provider.clone(), audience: ask.audience.clone() },
            external_id: false,
            message: String::new(),
        };
        let output = answer
            .map_err(|error| errors::problem(&error, &refusal(), &endpoint, &ask.region, &client.route))?;
        credentials_of(output.credentials(), &ask.endpoint, &ask.region)
    }

    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// A client that signs with these credentials, or not at all.
    ///
    /// # Errors
    /// [`Problem::PolicyForbids`], [`Problem::CaBundle`], [`Problem::ProxyUnusable`].
    pub(super) async fn client(
        &self,
        endpoint: &Endpoint,
        region: &str,
        keys: Option<&Credentials>,
    ) -> Result<Client, Problem> {
        endpoint.allowed(region).await?;
        let address = endpoint.address(region).await?;
        let address = Url::parse(&address).map_err(|_| Problem::AwsUnreachable {
            endpoint: endpoint.shown(region),
            reason: "its address is not one".into(),
        })?;
        let (roots, route) =
            tokio::join!(web::Roots::read(endpoint.ca_bundle.clone()), proxy::route(&address));
        let (roots, proxy) = (roots?, route.client_config()?);
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let mut config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(http_client(roots, proxy))
            .use_fips(endpoint.use_fips)
            .use_dual_stack(endpoint.use_dualstack)
            .retry_config(RetryConfig::standard().with_max_attempts(5))
            .timeout_config(timeouts);
        if let Some(keys) = keys {
            config = config.credentials_provider(aws_sdk_sts::config::Credentials::new(
                keys.access_key_id.clone(),
                keys.secret_access_key.expose(),
                Some(keys.session_token.expose().to_owned()),
                None,
                "rolecall",
            ));
        }
        config.set_endpoint_url(endpoint.url.as_ref().map(ToString::to_string));
        Ok(Client { sts: aws_sdk_sts::Client::from_conf(config.build()), route })
    }
}

impl Default for Sts {
    fn default() -> Self {
        Self::new()
    }
}

/// What STS gave, as ours.
pub(super) fn credentials_of(
    given: Option<&aws_sdk_sts::types::Credentials>,
    endpoint: &Endpoint,
    region: &str,
) -> Result<Credentials, Problem> {
    let not_aws = || Problem::AwsNotAws { endpoint: endpoint.shown(region) };
    let given = given.ok_or_else(not_aws)?;
    let millis = given.expiration().to_millis().map_err(|_| not_aws())?;
    Ok(Credentials {
        access_key_id: given.access_key_id().to_owned(),
        secret_access_key: Secret::new(given.secret_access_key()),
        session_token: Secret::new(given.session_token()),
        expiration: jiff::Timestamp::from_millisecond(millis).map_err(|_| not_aws())?,
    })
}

fn http_client(roots: web::Roots, proxy: ProxyConfig) -> SharedHttpClient {
    Builder::new()
        .build_with_connector_fn(move |settings, _| web::connector(settings.cloned(), &roots, proxy.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_by_region_fips_and_dualstack() {
        for (region, use_fips, use_dualstack, address) in [
            ("eu-central-1", false, false, "https://sts.eu-central-1.amazonaws.com"),
            ("us-east-2", true, false, "https://sts-fips.us-east-2.amazonaws.com"),
            ("eu-central-1", false, true, "https://sts.eu-central-1.api.aws"),
            ("us-west-2", true, true, "https://sts-fips.us-west-2.api.aws"),
            ("us-gov-west-1", true, false, "https://sts.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", false, false, "https://sts.cn-north-1.amazonaws.com.cn"),
        ] {
            let endpoint = Endpoint { use_fips, use_dualstack, ..Endpoint::default() };
            assert_eq!(endpoint.address(region).await.as_deref(), Ok(address));
        }
        let url = Some(Url::parse("https://vpce-1.sts.example.org/").expect("an address"));
        let endpoint = Endpoint { url, ..Endpoint::default() };
        assert_eq!(endpoint.address("eu-central-1").await.as_deref(), Ok("https://vpce-1.sts.example.org/"));
    }

    #[tokio::test]
    async fn a_policy_names_the_hosts_that_may_be_asked() {
        let policy = Policy::parse("sts_hosts = ['sts.eu-central-1.amazonaws.com']").expect("a policy");
        let endpoint = Endpoint { policy: Some(policy), ..Endpoint::default() };
        assert_eq!(endpoint.allowed("eu-central-1").await, Ok(()));
        let refused = endpoint.allowed("us-east-1").await.expect_err("another host");
        assert_eq!(refused.code(), "policy.forbids");
        let url = Some(Url::parse("http://127.0.0.1:4566").expect("an address"));
        let local = Endpoint { url, ..endpoint };
        assert_eq!(local.allowed("eu-central-1").await.map_err(|p| p.code()), Err("policy.forbids"));
    }
}
