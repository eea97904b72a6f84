//! AWS's sign-in site: console federation, and the page of accounts that a posted assertion leads to.

use super::call::Call;
use crate::entra::escape;
use crate::server::World;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use uuid::Uuid;

/// `getSigninToken` gives a token for live keys; `login` with one shows a page that says so.
pub(crate) fn federation(world: &World, call: &Call) -> Response {
    match call.action() {
        "getSigninToken" => signin_token(world, call),
        "login" if call.get("SigninToken").is_some() => {
            let destination = escape(call.get("Destination").unwrap_or_default());
            Html(format!(
                "<!doctype html><title>Make-believe AWS console</title><h1>Make-believe AWS console</h1><p>{destination}</p>"
            ))
            .into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn signin_token(world: &World, call: &Call) -> Response {
    let session = call.get("Session").and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let Some(session) = session else { return StatusCode::BAD_REQUEST.into_response() };
    let issued = session["sessionId"].as_str().and_then(|id| world.keys.find(id));
    let Some(issued) = issued.filter(|issued| {
        session["sessionKey"] == issued.secret_access_key
            && session["sessionToken"] == issued.session_token
            && issued.expiration > world.clock.now()
    }) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // AWS refuses a length of its own for keys that came from another role's session.
    if issued.chained && call.get("SessionDuration").is_some() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let random: Vec<u8> = (0..32).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
    Json(json!({ "SigninToken": URL_SAFE_NO_PAD.encode(random) })).into_response()
}

/// The page on which AWS lists the accounts and roles of an assertion.
pub(crate) fn accounts(world: &World, call: &Call) -> Response {
    let decoded = call.get("SAMLResponse").and_then(|text| STANDARD.decode(text.trim()).ok());
    let Some(assertion) = decoded.and_then(|xml| world.assertions.genuine(&xml)) else {
        let text = "<!doctype html><title>Amazon Web Services Sign-In</title><p>Your request included an invalid SAML response. To logout, click here";
        return (StatusCode::BAD_REQUEST, Html(text)).into_response();
    };
    let mut page = String::from(
        "<!doctype html><title>Amazon Web Services Sign-In</title><p>Make-believe AWS</p><form id=\"saml_form\"><fieldset>",
    );
    let mut shown: Vec<&str> = Vec::new();
    for role in &assertion.roles {
        let account = role.account();
        if shown.contains(&account) {
            continue;
        }
        shown.push(account);
        let known = world.options.account_names.iter().find(|(number, _)| number == account);
        let title = match known {
            Some((_, name)) => format!("Account: {} ({account})", escape(name)),
            None => format!("Account: {account}"),
        };
        page.push_str(&format!(
            "<div class=\"saml-account\"><div class=\"saml-account-name\">{title}</div><div class=\"saml-account\" id=\"{account}\">"
        ));
        for role in assertion.roles.iter().filter(|role| role.account() == account) {
            let (arn, name) = (escape(&role.arn), escape(role.name()));
            page.push_str(&format!(
                "<div class=\"saml-role\"><input type=\"radio\" name=\"roleIndex\" value=\"{arn}\" id=\"{arn}\"><label for=\"{arn}\" class=\"saml-role-description\">{name}</label></div>"
            ));
        }
        page.push_str("</div></div>");
    }
    page.push_str("</fieldset></form>");
    Html(page).into_response()
}
