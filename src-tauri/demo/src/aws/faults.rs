//! What AWS does wrong on purpose: switched on and off while it runs.

use super::errors::Refusal;
use crate::log::lock;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

/// One way in which an answer of STS or federation goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A refusal of AWS's: `Fault::refuse(403, "RegionDisabledException", "…")`.
    Refuse { status: u16, code: String, message: String },
    /// "Rate exceeded": status 400, as STS throttles. Meant for [`Faults::next`].
    Throttle,
    /// Never answers; the line stays open.
    Hang,
    /// Answers half, then the line is cut.
    CutLine,
    /// A page for people instead of XML: a captive portal with 200, a broken proxy with 502.
    Html { status: u16 },
    /// Answers 200 with XML that lacks the credentials.
    NoCredentials,
}

impl Fault {
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse { status, code: code.to_owned(), message: message.to_owned() }
    }
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Switched>);

#[derive(Debug, Default)]
struct Switched {
    always: Option<Fault>,
    next: Vec<Fault>,
}

impl Faults {
    /// Every answer from now on.
    pub fn always(&self, fault: Fault) {
        lock(&self.0).always = Some(fault);
    }

    /// The next `times` answers, after those already asked for.
    pub fn next(&self, times: usize, fault: Fault) {
        lock(&self.0).next.extend(std::iter::repeat_n(fault, times));
    }

    /// Nothing goes wrong any more.
    pub fn clear(&self) {
        *lock(&self.0) = Switched::default();
    }

    pub(crate) fn take(&self) -> Option<Fault> {
        let mut switched = lock(&self.0);
        if switched.next.is_empty() { switched.always.clone() } else { Some(switched.next.remove(0)) }
    }
}

impl Fault {
    pub(crate) async fn answer(self) -> Response {
        match self {
            Self::Refuse { status, code, message } => Refusal::new(status, &code, message).into_response(),
            Self::Throttle => Refusal::new(400, "Throttling", "Rate exceeded").into_response(),
            Self::Hang => std::future::pending().await,
            Self::CutLine => {
                let headers = [(header::CONTENT_TYPE, "text/xml"), (header::CONTENT_LENGTH, "2048")];
                (headers, Body::from_stream(Half::default())).into_response()
            }
            Self::Html { status } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
                (status, Html("<!doctype html><title>Proxy</title><h1>Please sign in to the Wi-Fi</h1>"))
                    .into_response()
            }
            Self::NoCredentials => {
                let body = r#"<AssumeRoleWithSAMLResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithSAMLResult/></AssumeRoleWithSAMLResponse>"#;
                ([(header::CONTENT_TYPE, "text/xml")], body).into_response()
            }
        }
    }
}

/// The start of an answer, a moment for it to leave, then an error that cuts the line.
#[derive(Default)]
struct Half {
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Half {
    const START: &str =
        "<AssumeRoleWithSAMLResponse><AssumeRoleWithSAMLResult><Credentials><AccessKeyId>ASIA";
}

impl futures_core::Stream for Half {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.pause {
            None => {
                self.pause = Some(Box::pin(tokio::time::sleep(Duration::from_millis(20))));
                Poll::Ready(Some(Ok(Bytes::from_static(Self::START.as_bytes()))))
            }
            Some(pause) => {
                pause.as_mut().poll(context).map(|()| Some(Err(io::Error::other("cut on purpose"))))
            }
        }
    }
}
