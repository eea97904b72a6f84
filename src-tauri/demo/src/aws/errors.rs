//! STS's refusals: code, status and text as AWS words them.

use crate::entra::escape;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

/// A refusal in the query protocol's `ErrorResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }

    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// `1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: …`
    pub(crate) fn constraint(value: &str, member: &str, constraint: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
        ))
    }

    pub(crate) fn missing(member: &str) -> Self {
        Self::validation(format!(
            "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
        ))
    }

    pub(crate) fn not_authorized(action: &str) -> Self {
        Self::new(403, "AccessDenied", format!("Not authorized to perform sts:{action}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (code, message) = (escape(&self.code), escape(&self.message));
        let fault = if self.status < 500 { "Sender" } else { "Receiver" };
        let request_id = Uuid::new_v4();
        let body = format!(
            r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>{fault}</Type>
    <Code>{code}</Code>
    <Message>{message}</Message>
  </Error>
  <RequestId>{request_id}</RequestId>
</ErrorResponse>
"#
        );
        xml(StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), request_id, body)
    }
}

pub(crate) fn xml(status: StatusCode, request_id: Uuid, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/xml".to_owned()),
        ("x-amzn-requestid", request_id.to_string()),
    ];
    (status, headers, body).into_response()
}
