//! One call of the AWS query protocol: parameters from the query and from a posted form alike.

use axum::http::request::Parts;
use url::form_urlencoded;

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// As it stood in the request line, for the signature.
    pub(crate) raw_query: String,
    /// In lower case, as they came.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    parameters: Vec<(String, String)>,
}

impl Call {
    pub(crate) fn read(parts: &Parts, body: &[u8]) -> Self {
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let mut parameters: Vec<(String, String)> =
            form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect();
        parameters.extend(form_urlencoded::parse(body).into_owned());
        let headers = parts
            .headers
            .iter()
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.trim().to_owned()))
            })
            .collect();
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            raw_query,
            headers,
            body: body.to_vec(),
            parameters,
        }
    }

    /// A parameter that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(value)
    }

    pub(crate) fn action(&self) -> &str {
        self.get("Action").unwrap_or_default()
    }
}
