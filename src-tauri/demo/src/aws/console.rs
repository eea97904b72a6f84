//! The way into AWS's console: federation trades live keys for a sign-in token, and a token for a signed-in browser.

use super::call::Call;
use super::keys::Issued;
use crate::clock::span;
use crate::entra::escape;
use crate::log::lock;
use crate::server::World;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// How long a sign-in token can be used.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);

/// The sign-in tokens that were handed out: until when each is good, and whose it is.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<String, (Timestamp, String)>>);

impl Tokens {
    fn issue(&self, issued: &Issued, now: Timestamp) -> String {
        let random: Vec<u8> = (0..32).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
        let token = URL_SAFE_NO_PAD.encode(random);
        lock(&self.0).insert(token.clone(), (now + span(GOOD_FOR), issued.arn.clone()));
        token
    }

    pub(crate) fn all(&self) -> Vec<String> {
        lock(&self.0).keys().cloned().collect()
    }

    /// The ARN of whoever the token signs in.
    fn whose(&self, token: &str, now: Timestamp) -> Option<String> {
        let tokens = lock(&self.0);
        let (until, arn) = tokens.get(token)?;
        (now < *until).then(|| arn.clone())
    }
}

/// `getSigninToken` gives a token for live keys; `login` with one shows a page that says who is signed in.
pub(crate) fn federation(world: &World, call: &Call) -> Response {
    match call.action() {
        "getSigninToken" => signin_token(world, call),
        "login" => login(world, call),
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// `/oauth?Action=logout`: ends the browser's older session, then leads on, to a page of its own site only.
pub(crate) fn oauth(world: &World, call: &Call) -> Response {
    let target = call.get("redirect_uri").and_then(|text| Url::parse(text).ok());
    let own = |target: &Url| Url::parse(&world.aws_url).is_ok_and(|own| own.origin() == target.origin());
    match (call.action(), target.filter(own)) {
        ("logout", Some(target)) => {
            (StatusCode::FOUND, [(header::LOCATION, String::from(target))]).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn signin_token(world: &World, call: &Call) -> Response {
    let session = call.get("Session").and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let Some(session) = session else { return StatusCode::BAD_REQUEST.into_response() };
    let now = world.clock.now();
    let issued = session["sessionId"].as_str().and_then(|id| world.keys.find(id));
    let Some(issued) = issued.filter(|issued| {
        session["sessionKey"] == issued.secret_access_key
            && session["sessionToken"] == issued.session_token
            && issued.expiration > now
    }) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // AWS refuses a length of its own for keys that came from another role's session.
    if issued.chained && call.get("SessionDuration").is_some() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    Json(json!({ "SigninToken": world.signin_tokens.issue(&issued, now) })).into_response()
}

fn login(world: &World, call: &Call) -> Response {
    let whose = call.get("SigninToken").and_then(|token| world.signin_tokens.whose(token, world.clock.now()));
    let (Some(arn), Some(destination)) = (whose, call.get("Destination")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (arn, destination) = (escape(&arn), escape(destination));
    Html(format!(
        "<!doctype html><title>Make-believe AWS console</title><h1>Make-believe AWS console</h1><p>{arn}</p><p>{destination}</p>"
    ))
    .into_response()
}
