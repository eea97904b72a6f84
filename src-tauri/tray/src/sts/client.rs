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
use rolecall_core::secret::Secret;
use std::time::Duration;
use tokio::sync::Semaphore;

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
        let _turn = self.turns.acquire().await;
        let client = self.client(&ask.region);
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
        let output =
            answer.map_err(|error| errors::problem(&error, &ask.role.role, &endpoint, &ask.region))?;
        let expiration = output.credentials().map(|c| (c, c.expiration().to_millis()));
        let Some((credentials, Ok(millis))) = expiration else { return Err(Problem::AwsNotAws { endpoint }) };
        Ok(Credentials {
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: Secret::new(credentials.secret_access_key()),
            session_token: Secret::new(credentials.session_token()),
            expiration: jiff::Timestamp::from_millisecond(millis)
                .map_err(|_| Problem::AwsNotAws { endpoint: self.shown_endpoint(&ask.region) })?,
        })
    }

    fn client(&self, region: &str) -> aws_sdk_sts::Client {
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
        config.set_endpoint_url(self.endpoint.url.clone());
        aws_sdk_sts::Client::from_conf(config.build())
    }

    /// The endpoint that the environment names.
    pub(crate) fn url(&self) -> Option<String> {
        self.endpoint.url.clone()
    }

    /// Where STS is asked, in words.
    fn shown_endpoint(&self, region: &str) -> String {
        self.endpoint.url.clone().unwrap_or_else(|| format!("AWS STS in {region}"))
    }
}

fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, _| web::connector(settings.cloned()))
}
