//! Plain HTTPS requests to AWS, over the same stack and through the same proxies as the SDK's own ([`proxy`]).

use crate::proxy;
use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
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

/// The root certificates of the whole world are a quarter of a megabyte.
const LARGEST_BUNDLE: u64 = 4 * 1024 * 1024;

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The `Date` header.
    pub(crate) date: Option<String>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// A connector through the proxy of a [`proxy::Route`].
pub(crate) fn connector(
    settings: Option<HttpConnectorSettings>,
    roots: &Roots,
    proxy: ProxyConfig,
) -> Connector {
    let mut connector = Connector::builder()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .proxy_config(proxy);
    if let Some(context) = &roots.0 {
        connector.set_tls_context(context.clone());
    }
    connector.set_connector_settings(settings);
    connector.build()
}

/// The root certificates of TLS: the system's, and those of a file, which companies name whose proxies read along.
pub(crate) struct Roots(Option<tls::TlsContext>);

impl Roots {
    /// Those of `bundle`, else of this process's own `AWS_CA_BUNDLE`, beside the system's.
    ///
    /// # Errors
    /// [`Problem::CaBundle`].
    pub(crate) async fn read(bundle: Option<PathBuf>) -> Result<Self, Problem> {
        let own = || std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let Some(path) = bundle.or_else(own) else { return Ok(Self(None)) };
        let shown = foreign(&path.display().to_string());
        let read = tokio::task::spawn_blocking(move || certificates(&path));
        let read = tokio::time::timeout(CONNECT, read).await.ok().and_then(Result::ok);
        let pem = read.unwrap_or_else(|| Err("it could not be read in time".into()));
        let pem = pem.map_err(|reason| Problem::CaBundle { path: shown.clone(), reason })?;
        let roots = tls::TrustStore::empty().with_native_roots(true).with_pem_certificate(pem);
        let context = tls::TlsContext::builder().with_trust_store(roots).build();
        let refused = |error: &dyn std::fmt::Display| Problem::CaBundle {
            path: shown.clone(),
            reason: foreign(&error.to_string()),
        };
        context.map(|context| Self(Some(context))).map_err(|error| refused(&error))
    }
}

/// The text of a file of certificates, each of which can be used: what cannot would end the process later.
fn certificates(path: &Path) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| foreign(&error.to_string()))?;
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Err("it is not a file".into());
    }
    let mut text = vec![];
    file.take(LARGEST_BUNDLE + 1).read_to_end(&mut text).map_err(|error| foreign(&error.to_string()))?;
    if text.len() as u64 > LARGEST_BUNDLE {
        return Err("it is too large".into());
    }
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|_| "it is not in PEM format")?;
        roots.add(certificate).map_err(|_| "a certificate in it is damaged")?;
    }
    if roots.is_empty() { Err("no certificate in PEM format is in it".into()) } else { Ok(text) }
}

/// A connection that came to nothing; a certificate that is not trusted has advice of its own.
pub(crate) fn unreachable(endpoint: String, reason: String) -> Problem {
    if reason.contains("invalid peer certificate") {
        return Problem::AwsCertificate { endpoint, reason };
    }
    Problem::AwsUnreachable { endpoint, reason }
}

/// Gets `url`, which may hold secrets; `shown` is what it is called in problems.
///
/// # Errors
/// [`Problem::AwsTimeout`], [`Problem::AwsUnreachable`], [`Problem::AwsNotAws`], or what a proxy has to do with it.
pub(crate) async fn get(url: &Secret, shown: &str, ca_bundle: Option<PathBuf>) -> Result<Answer, Problem> {
    let endpoint = shown.to_owned();
    let timeout = Problem::AwsTimeout { endpoint: endpoint.clone() };
    let request = HttpRequest::get(url.expose()).ok();
    tokio::time::timeout(WHOLE, ask(request, endpoint, LARGEST, ca_bundle)).await.unwrap_or(Err(timeout))
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
    let asked = tokio::time::timeout(WHOLE, ask(request, url.to_owned(), LARGEST_TEXT, None)).await;
    let answer = match asked {
        Ok(Ok(answer)) => answer,
        Ok(Err(Problem::AwsUnreachable { reason, .. } | Problem::AwsCertificate { reason, .. })) => {
            return Err(reason);
        }
        Ok(Err(Problem::AwsNotAws { .. })) => return Err("it is too large or broke off".into()),
        Ok(Err(Problem::AwsTimeout { .. })) | Err(_) => return Err("it did not answer in time".into()),
        Ok(Err(problem)) => return Err(problem.to_string().trim_end_matches('.').to_owned()),
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
    let asked = ask(sound.then_some(request), url.to_owned(), LARGEST_PAGE, None);
    tokio::time::timeout(WHOLE, asked).await.unwrap_or(Err(timeout))
}

async fn ask(
    request: Option<HttpRequest>,
    endpoint: String,
    largest: usize,
    ca_bundle: Option<PathBuf>,
) -> Result<Answer, Problem> {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
    let failed = |reason: &str| unreachable(endpoint.clone(), foreign(reason));
    let request = request.ok_or_else(|| failed("its address is not one"))?;
    let url = Url::parse(request.uri()).map_err(|_| failed("its address is not one"))?;
    let (roots, route) = tokio::join!(Roots::read(ca_bundle), proxy::route(&url));
    let connector = connector(Some(settings), &roots?, route.client_config()?);
    let response = connector.call(request).await.map_err(|error| {
        if let Some(problem) = route.trouble(&endpoint, &error, error.is_timeout()) {
            return problem;
        }
        if error.is_timeout() {
            return Problem::AwsTimeout { endpoint: endpoint.clone() };
        }
        failed(&innermost(&error))
    })?;
    let status = response.status().as_u16();
    if let Some(problem) = route.refusal(status) {
        return Err(problem);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bundle_that_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path
        };
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        // Windows does not even open a folder.
        let no_file = if cfg!(windows) { "(os error 5)" } else { "not a file" };
        for (path, reason) in [
            (folder.path().join("missing"), "(os error 2)"),
            (folder.path().to_owned(), no_file),
            (at("empty", ""), "no certificate"),
            (at("other", "garbage"), "no certificate"),
            (at("damaged", damaged), "damaged"),
        ] {
            let problem = Roots::read(Some(path.clone())).await.map(|_| ()).expect_err(reason);
            assert_eq!(problem.code(), "environment.ca_bundle");
            let said = problem.to_string();
            assert!(said.contains(reason) && said.contains(&path.display().to_string()), "{said}");
        }
    }
}
