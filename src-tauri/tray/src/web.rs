//! Plain HTTPS requests to AWS, over the same stack and through the same proxies as the SDK's own.

use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

const CONNECT: Duration = Duration::from_secs(8);
const WHOLE: Duration = Duration::from_secs(20);
/// What AWS answers here is a few kilobytes.
const LARGEST: usize = 256 * 1024;
/// Hundreds of profiles.
const LARGEST_TEXT: usize = 1024 * 1024;
/// A page that lists hundreds of accounts with thousands of roles.
const LARGEST_PAGE: usize = 16 * 1024 * 1024;

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The `Date` header.
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// A connector by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.
pub(crate) fn connector(settings: Option<HttpConnectorSettings>) -> Connector {
    let mut connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .proxy_config(ProxyConfig::from_env());
    connector.set_connector_settings(settings);
    connector.build()
}

/// Gets `url`, which may hold secrets; `shown` is what it is called in problems.
///
/// # Errors
/// [`Problem::AwsTimeout`], [`Problem::AwsUnreachable`], [`Problem::AwsNotAws`].
pub(crate) async fn get(url: &Secret, shown: &str) -> Result<Answer, Problem> {
    let endpoint = shown.to_owned();
    let timeout = Problem::AwsTimeout { endpoint: endpoint.clone() };
    let request = HttpRequest::get(url.expose()).ok();
    tokio::time::timeout(WHOLE, ask(request, endpoint, LARGEST)).await.unwrap_or(Err(timeout))
}

/// The text at an address that a person named: https, or http on loopback. Wherever it would send us on to is not
/// followed.
///
/// # Errors
/// Why it could not be read, as a half-sentence.
pub(crate) async fn text(url: &str) -> Result<String, String> {
    let parsed = Url::parse(url).map_err(|_| "it is not an address")?;
    if !rolecall_core::profile::is_private_address(&parsed) {
        return Err("it must be https (http is for loopback only)".into());
    }
    let request = HttpRequest::get(url).ok();
    let asked = tokio::time::timeout(WHOLE, ask(request, url.to_owned(), LARGEST_TEXT)).await;
    let answer = match asked {
        Ok(Ok(answer)) => answer,
        Ok(Err(Problem::AwsUnreachable { reason, .. })) => return Err(reason),
        Ok(Err(Problem::AwsNotAws { .. })) => return Err("it is too large or broke off".into()),
        Ok(Err(_)) | Err(_) => return Err("it did not answer in time".into()),
    };
    match answer.status {
        200 => String::from_utf8(answer.body.to_vec()).map_err(|_| "it is not UTF-8 text".into()),
        300..400 => Err("it sends on to another address; name that one".into()),
        status => Err(format!("the server answered {status}")),
    }
}

/// Posts a form of one field to a page.
///
/// # Errors
/// As [`get`].
pub(crate) async fn post(url: &str, field: &str, value: &Secret) -> Result<Answer, Problem> {
    let timeout = Problem::AwsTimeout { endpoint: url.to_owned() };
    let body: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair(field, value.expose()).finish();
    let mut request = HttpRequest::new(SdkBody::from(body));
    let sound = request.set_method("POST").is_ok() && request.set_uri(url).is_ok();
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
    request.headers_mut().insert("user-agent", concat!("Rolecall/", env!("CARGO_PKG_VERSION")));
    let asked = ask(sound.then_some(request), url.to_owned(), LARGEST_PAGE);
    tokio::time::timeout(WHOLE, asked).await.unwrap_or(Err(timeout))
}

async fn ask(request: Option<HttpRequest>, endpoint: String, largest: usize) -> Result<Answer, Problem> {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
    let unreachable =
        |reason: &str| Problem::AwsUnreachable { endpoint: endpoint.clone(), reason: foreign(reason) };
    let request = request.ok_or_else(|| unreachable("its address is not one"))?;
    let response = connector(Some(settings)).call(request).await.map_err(|error| {
        if error.is_timeout() {
            return Problem::AwsTimeout { endpoint: endpoint.clone() };
        }
        unreachable(&innermost(&error))
    })?;
    let status = response.status().as_u16();
    let date = response.headers().get("date").map(str::to_owned);
    let not_aws = || Problem::AwsNotAws { endpoint: endpoint.clone() };
    let length = response.headers().get("content-length").and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > largest) {
        return Err(not_aws());
    }
    let mut stream = ByteStream::new(response.into_body());
    let mut body = Zeroizing::new(Vec::new());
    while let Some(part) = stream.next().await {
        body.extend_from_slice(&part.map_err(|_| not_aws())?);
        if body.len() > largest {
            return Err(not_aws());
        }
    }
    Ok(Answer { status, date, body })
}

/// The innermost cause: "connection refused" says more than "dispatch failure".
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    foreign(cause.to_string().trim_end_matches('.'))
}
