//! A token of EKS: the address of a question to STS, signed, which the cluster asks to learn who sent it
//! (kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a Cluster").

use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_core::credentials::Credentials;
use rolecall_core::role::Partition;
use rolecall_core::secret::Secret;
use std::time::Duration;

const PREFIX: &str = "k8s-aws-v1.";

/// What every client of EKS asks for; the cluster takes the token for 15 minutes all the same.
const EXPIRES: Duration = Duration::from_secs(60);

/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// # Errors
/// Why the signer refused.
pub(super) fn token(
    credentials: &Credentials,
    cluster: &str,
    region: &str,
    now: Timestamp,
) -> Result<Secret, String> {
    let url = signed(credentials, cluster, region, now)?;
    Ok(Secret::new(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(url.expose()))))
}

fn signed(credentials: &Credentials, cluster: &str, region: &str, now: Timestamp) -> Result<Secret, String> {
    let url = format!("https://{}/?Action=GetCallerIdentity&Version=2011-06-15", host(region));
    let keys = Keys::new(
        &credentials.access_key_id,
        credentials.secret_access_key.expose(),
        Some(credentials.session_token.expose().to_owned()),
        None,
        "rolecall",
    );
    let identity = keys.into();
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now.into())
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers = std::iter::once(("x-k8s-aws-id", cluster));
    let request = SignableRequest::new("GET", &url, headers, SignableBody::Bytes(&[]))
        .map_err(|error| error.to_string())?;
    let (instructions, _) = sign(request, &params).map_err(|error| error.to_string())?.into_parts();
    let (_, query) = instructions.into_parts();
    let query = query.iter().map(|(name, value)| format!("&{name}={}", utf8_percent_encode(value, RESERVED)));
    Ok(Secret::new(url + &query.collect::<String>()))
}

/// The regional endpoint of STS (AWS General Reference, "AWS Security Token Service endpoints").
fn host(region: &str) -> String {
    let domain = match Partition::of_region(region).as_str() {
        "aws-cn" => "amazonaws.com.cn",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    format!("sts.{region}.{domain}")
}

#[cfg(test)]
mod tests;
