//! The STS client: built when it is first needed, for the region of the profile, through the environment's proxies.

use super::{Ask, Grant, assume_longest, errors};
use crate::web;
use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::refusal::{Caller, Refusal};
use rolecall_core::secret::Secret;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Where STS is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoint {
    /// `AWS_ENDPOINT_URL_STS` or `AWS_ENDPOINT_URL`; else the region's own.
    pub url: Option<String>,
}

/// Asks STS. TLS roots and connection pool live for one sign-in only: a day has few of them, and idle memory counts.
pub struct Sts {
    endpoint: Endpoint,
    turns: Semaphore,
}

/// Signing in to thirty profiles asks for so many at a time, rather than being told to slow down.
const AT_ONCE: usize = 4;
const CONNECT: Duration = Duration::from_secs(8);
const ATTEMPT: Duration = Duration::from_secs(10);
const OPERATION: Duration = Duration::from_secs(25);

impl Sts {
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, turns: Semaphore::new(AT_ONCE) }
    }

    /// # Errors
    /// A problem for each thing that AWS, the network or a proxy can say.
    pub async fn assume(&self, ask: &Ask) -> Result<Grant, Problem> {
        let _turn = self.turn().await;
        let client = self.client(&ask.region, None);
        assume_longest(ask, async |hours| self.call(&client, ask, hours).await).await
    }

    async fn call(&self, client: &aws_sdk_sts::Client, ask: &Ask, hours: u8) -> Result<Credentials, Problem> {
        let answer = client
            .assume_role_with_saml()
            .role_arn(ask.role.role.as_str())
            .principal_arn(ask.role.provider.as_str())
            .saml_assertion(ask.assertion.expose())
            .duration_seconds(i32::from(hours) * 3600)
            .send()
            .await;
        let endpoint = self.shown_endpoint(&ask.region);
        let refusal = || Refusal {
            role: ask.role.role.clone(),
            caller: Caller::Saml { provider: ask.role.provider.clone(), audience: ask.audience.clone() },
            external_id: false,
            message: String::new(),
        };
        let output = answer.map_err(|error| errors::problem(&error, &refusal(), &endpoint, &ask.region))?;
        self.credentials(output.credentials(), &ask.region)
    }

    /// What STS gave, as ours.
    pub(super) fn credentials(
        &self,
        given: Option<&aws_sdk_sts::types::Credentials>,
        region: &str,
    ) -> Result<Credentials, Problem> {
        let not_aws = || Problem::AwsNotAws { endpoint: self.shown_endpoint(region) };
        let given = given.ok_or_else(not_aws)?;
        let millis = given.expiration().to_millis().map_err(|_| not_aws())?;
        Ok(Credentials {
            access_key_id: given.access_key_id().to_owned(),
            secret_access_key: Secret::new(given.secret_access_key()),
            session_token: Secret::new(given.session_token()),
            expiration: jiff::Timestamp::from_millisecond(millis).map_err(|_| not_aws())?,
        })
    }

    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// A client that signs with these credentials, or not at all.
    pub(super) fn client(&self, region: &str, keys: Option<&Credentials>) -> aws_sdk_sts::Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let mut config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .http_client(http_client())
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
        config.set_endpoint_url(self.endpoint.url.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// The endpoint that the environment names.
    pub(crate) fn url(&self) -> Option<String> {
        self.endpoint.url.clone()
    }

    /// Where STS is asked, in words.
    pub(super) fn shown_endpoint(&self, region: &str) -> String {
        self.endpoint.url.clone().unwrap_or_else(|| format!("AWS STS in {region}"))
    }
}

fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, _| web::connector(settings.cloned()))
}
