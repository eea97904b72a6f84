//! A page's frame: style, script, and a content security policy that lets nothing else run.

use super::Page;
use super::session::noise;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use uuid::Uuid;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a page is made of. Everything is HTML already: the maker escapes.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) flow: String,
    pub(crate) body: String,
    /// Runs after the page's own script.
    pub(crate) script: String,
    /// Beside the card: the make-believe phone.
    pub(crate) aside: String,
}

/// A page of Entra's, with the cookies that Entra sets on every page.
pub(crate) fn render(page: Page, content: &Content) -> Response {
    let nonce = Uuid::new_v4().simple().to_string();
    let Content { title, flow, body, script, aside } = content;
    let own = if page == Page::Working { "" } else { SCRIPT };
    let name = page.name();
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style nonce="{nonce}">{STYLE}</style>
</head>
<body data-page="{name}" data-flow="{flow}">
<main class="card">
<p class="brand"><span class="mark" aria-hidden="true"></span>Example Org<span class="label">make-believe Entra</span></p>
{body}
</main>
{aside}
<footer>A rehearsal on this computer. Nothing typed here leaves it.</footer>
<script nonce="{nonce}">{own}{script}</script>
</body>
</html>
"#
    );
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    for cookie in noise() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Text for HTML and XML, in elements and attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
