//! Signature Version 4 (AWS General Reference, "Signing AWS API requests"): made and checked.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What is signed: a request as it goes over the line.
#[derive(Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub raw_query: &'a str,
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

/// What a request says of its own signature, in a header or in a presigned query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub access_key_id: String,
    scope: Scope,
    signed_headers: String,
    amz_date: String,
    signature: String,
}

/// The day, region and service that a signature is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    day: String,
    region: String,
    service: String,
}

impl Claim {
    /// The signature of a request, if it carries one.
    pub fn read(request: &Request<'_>) -> Option<Self> {
        let header =
            |name: &str| request.headers.iter().find(|(key, _)| key == name).map(|(_, v)| v.as_str());
        if let Some(authorization) = header("authorization") {
            let fields = authorization.strip_prefix(ALGORITHM)?;
            let field = |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name));
            let (signed, signature) = (field("SignedHeaders=")?, field("Signature=")?);
            return Self::new(field("Credential=")?, signed, header("x-amz-date")?, signature);
        }
        let query = decoded(request.raw_query);
        let field = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (signed, signature) = (field("X-Amz-SignedHeaders")?, field("X-Amz-Signature")?);
        Self::new(field("X-Amz-Credential")?, signed, field("X-Amz-Date")?, signature)
    }

    fn new(credential: &str, signed_headers: &str, amz_date: &str, signature: &str) -> Option<Self> {
        let mut parts = credential.split('/').map(str::to_owned);
        let access_key_id = parts.next()?;
        let scope = Scope { day: parts.next()?, region: parts.next()?, service: parts.next()? };
        Some(Self {
            access_key_id,
            scope,
            signed_headers: signed_headers.to_owned(),
            amz_date: amz_date.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// Whether the request was signed with this secret.
    pub fn holds(&self, request: &Request<'_>, secret: &str) -> bool {
        let expected = signature(request, &self.signed_headers, &self.amz_date, &self.scope, secret);
        expected == self.signature
    }
}

/// The headers that sign a request without query to `host`, to be added to those that it has.
pub fn sign(
    (access_key_id, secret, token): (&str, &str, &str),
    (method, host, path, body): (&str, &str, &str, &[u8]),
    region: &str,
    now: Timestamp,
) -> Vec<(String, String)> {
    let amz_date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let scope = Scope { day: amz_date[..8].to_owned(), region: region.to_owned(), service: "sts".to_owned() };
    let mut headers = vec![
        ("host".to_owned(), host.to_owned()),
        ("x-amz-date".to_owned(), amz_date.clone()),
        ("x-amz-security-token".to_owned(), token.to_owned()),
    ];
    let signed = "host;x-amz-date;x-amz-security-token";
    let request = Request { method, path, raw_query: "", headers: &headers, body };
    let signature = signature(&request, signed, &amz_date, &scope, secret);
    let Scope { day, region, service } = scope;
    headers.push((
        "authorization".to_owned(),
        format!(
            "{ALGORITHM} Credential={access_key_id}/{day}/{region}/{service}/aws4_request, SignedHeaders={signed}, Signature={signature}"
        ),
    ));
    headers
}

fn signature(
    request: &Request<'_>,
    signed_headers: &str,
    amz_date: &str,
    scope: &Scope,
    secret: &str,
) -> String {
    let Scope { day, region, service } = scope;
    let hashed = hex(&Sha256::digest(canonical(request, signed_headers)));
    let to_sign = format!("{ALGORITHM}\n{amz_date}\n{day}/{region}/{service}/aws4_request\n{hashed}");
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day.as_str(), region, service, "aws4_request"] {
        key = keyed(&key, part);
    }
    hex(&keyed(&key, &to_sign))
}

fn canonical(request: &Request<'_>, signed_headers: &str) -> String {
    let mut query = decoded(request.raw_query);
    query.retain(|(key, _)| key != "X-Amz-Signature");
    query.sort();
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let query: Vec<_> =
        query.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let mut headers = String::new();
    for name in signed_headers.split(';') {
        let values: Vec<_> = request
            .headers
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        let _ = writeln!(headers, "{name}:{}", values.join(","));
    }
    let Request { method, path, body, .. } = request;
    let payload = hex(&Sha256::digest(body));
    format!("{method}\n{path}\n{}\n{headers}\n{signed_headers}\n{payload}", query.join("&"))
}

/// The pairs of a query, percent-decoded; a plus stays a plus.
fn decoded(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(k, v)| (decode(k), decode(v)))
        .collect()
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        // HMAC takes keys of every length; no key, no signature.
        Err(_) => Vec::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The suite's `get-vanilla-query-order-key-case`, and a request that differs in one letter.
    #[test]
    fn the_published_example_is_reproduced() {
        let headers = [
            ("host".to_owned(), "example.amazonaws.com".to_owned()),
            ("x-amz-date".to_owned(), "20150830T123600Z".to_owned()),
        ];
        let scope = Scope { day: "20150830".into(), region: "us-east-1".into(), service: "service".into() };
        let sign = |raw_query: &str| {
            let request = Request { method: "GET", path: "/", raw_query, headers: &headers, body: b"" };
            let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
            signature(&request, "host;x-amz-date", "20150830T123600Z", &scope, secret)
        };
        let published = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
        assert_eq!(sign("Param2=value2&Param1=value1"), published);
        assert_ne!(sign("Param2=value2&Param1=value2"), published);
    }
}
