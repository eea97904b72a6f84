//! AWS's sign-in site: the page of accounts that a posted assertion leads to.

use super::call::Call;
use crate::entra::escape;
use crate::server::World;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

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
