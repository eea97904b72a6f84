//! The pages themselves, with the names and ids that Entra's own have.

use super::Page;
use super::errors::EntraError;
use super::flow::Flow;
use super::html::{Content, escape, render};
use super::variant::Posting;
use crate::clock::milliseconds;
use axum::response::Response;
use jiff::Timestamp;
use uuid::Uuid;

const SIGN_IN: &str = "Sign in to your account";

pub(crate) fn user_name(flow: &Flow, tenant: &str, prefill: &str, error: Option<&str>) -> Response {
    let (id, tenant, prefill, error) =
        (&flow.id, escape(tenant), escape(prefill), alert("usernameError", error));
    let body = format!(
        r#"<form id="i0281" method="post" action="/{tenant}/login" autocomplete="off">
<input type="hidden" name="flowToken" value="{id}">
<h1 id="loginHeader">Sign in</h1>
{error}<input type="email" name="loginfmt" id="i0116" value="{prefill}" maxlength="113" placeholder="Email, phone, or user name" aria-label="Enter your email, phone, or user name" autofocus>
<div class="buttons"><input type="submit" id="idSIButton9" class="primary" value="Next"></div>
</form>"#
    );
    render(Page::UserName, &Content { title: SIGN_IN.into(), flow: id.clone(), body, ..Content::default() })
}

pub(crate) fn password(flow: &Flow, tenant: &str, error: Option<&str>) -> Response {
    let (id, tenant, error) = (&flow.id, escape(tenant), alert("passwordError", error));
    let user = escape(flow.user.as_deref().unwrap_or_default());
    let body = format!(
        r#"<form id="i0281" method="post" action="/{tenant}/login" autocomplete="off">
<input type="hidden" name="flowToken" value="{id}">
<p class="who" id="displayName">{user}</p>
<h1 id="loginHeader">Enter password</h1>
{error}<input type="password" name="passwd" id="i0118" maxlength="127" placeholder="Password" aria-label="Enter the password for {user}" autofocus>
<div class="buttons"><input type="submit" id="idSIButton9" class="primary" value="Sign in"></div>
</form>"#
    );
    render(Page::Password, &Content { title: SIGN_IN.into(), flow: id.clone(), body, ..Content::default() })
}

pub(crate) fn pick_account(flow: &Flow, tenant: &str, accounts: &[String]) -> Response {
    let (id, tenant) = (&flow.id, escape(tenant));
    let tile = |name: &str, text: &str| {
        format!(r#"<div class="tile" role="button" tabindex="0" data-test-id="{name}">{text}</div>"#)
    };
    let mut tiles: String = accounts.iter().map(|name| tile(&escape(name), &escape(name))).collect();
    tiles += &tile("otherTile", "Use another account");
    let body = format!(
        r#"<form id="onward" method="post" action="/{tenant}/reprocess">
<input type="hidden" name="flowToken" value="{id}"><input type="hidden" name="pick" id="pick">
<h1 id="loginHeader">Pick an account</h1>
<div id="tilesHolder">{tiles}</div>
</form>"#
    );
    let script = r#"
const pick = (tile) => { document.getElementById("pick").value = tile.dataset.testId; document.getElementById("onward").submit(); };
for (const tile of document.querySelectorAll(".tile")) {
  tile.addEventListener("click", () => pick(tile));
  tile.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") pick(tile); });
}"#
    .to_owned();
    let content = Content { title: SIGN_IN.into(), flow: id.clone(), body, script, ..Content::default() };
    render(Page::PickAccount, &content)
}

pub(crate) fn number(flow: &Flow, number: &str) -> Response {
    let (id, user) = (&flow.id, escape(flow.user.as_deref().unwrap_or_default()));
    let body = format!(
        r#"<p class="who" id="userDisplayName">{user}</p>
<h1>Approve sign in request</h1>
<p id="idDiv_SAOTCAS_Description">Open your Authenticator app, and enter the number shown to sign in.</p>
<p class="number" id="idRichContext_DisplaySign">{number}</p>
<form id="onward" method="post" action="/common/SAS/ProcessAuth"><input type="hidden" name="flowToken" value="{id}"></form>"#
    );
    let aside = r#"<section class="phone" aria-label="A make-believe phone">
<h2>A make-believe phone</h2>
<p>Are you trying to sign in? Enter the number shown.</p>
<form id="phone" autocomplete="off">
<input type="text" id="phone-number" inputmode="numeric" maxlength="2" aria-label="Number" autofocus>
<p id="phone-says" class="alert-error" role="alert" hidden></p>
<div class="buttons"><button type="submit" class="primary" id="phone-approve">Yes</button><button type="button" id="phone-deny">No</button></div>
</form></section>"#
        .to_owned();
    let script = r#"
const says = document.getElementById("phone-says");
const answer = async (number) => {
  const body = new URLSearchParams({ flow, number });
  const reply = await fetch("/demo/phone", { method: "POST", body });
  says.textContent = reply.ok ? "" : "That is not the number shown.";
  says.hidden = reply.ok;
};
document.getElementById("phone").addEventListener("submit", (event) => {
  event.preventDefault();
  answer(document.getElementById("phone-number").value);
});
document.getElementById("phone-deny").addEventListener("click", () => answer("deny"));
(async () => {
  for (;;) {
    const reply = await fetch(`/demo/approval?flow=${flow}`);
    if (reply.status === 200) { document.getElementById("onward").submit(); return; }
  }
})();"#
        .to_owned();
    let content = Content { title: SIGN_IN.into(), flow: id.clone(), body, script, aside };
    render(Page::Number, &content)
}

pub(crate) fn denied() -> Response {
    let body = r#"<h1>Request denied</h1>
<p id="idDiv_SAASDS_Description">We sent an identity verification request to your mobile device, but you denied it.</p>"#
        .to_owned();
    render(Page::Denied, &Content { title: SIGN_IN.into(), body, ..Content::default() })
}

pub(crate) fn stay_signed_in(flow: &Flow) -> Response {
    let (id, user) = (&flow.id, escape(flow.user.as_deref().unwrap_or_default()));
    let body = format!(
        r#"<form method="post" action="/kmsi?stay=yes">
<input type="hidden" name="flowToken" value="{id}">
<p class="who" id="displayName">{user}</p>
<h1>Stay signed in?</h1>
<p id="KmsiDescription">Do this to reduce the number of times you are asked to sign in.</p>
<label class="check"><input type="checkbox" name="DontShowAgain" id="KmsiCheckboxField" value="true"> Don't show this again</label>
<div class="buttons"><input type="submit" id="idBtn_Back" value="No" formaction="/kmsi?stay=no"><input type="submit" id="idSIButton9" class="primary" value="Yes" autofocus></div>
</form>"#
    );
    render(
        Page::StaySignedIn,
        &Content { title: SIGN_IN.into(), flow: id.clone(), body, ..Content::default() },
    )
}

/// What the last page posts, where, and how.
#[derive(Debug)]
pub(crate) struct Post<'a> {
    pub(crate) acs: &'a str,
    pub(crate) saml_response: &'a str,
    pub(crate) relay_state: Option<&'a str>,
    /// None: it never posts.
    pub(crate) by: Option<Posting>,
    /// The usual page: an inline script at the end.
    pub(crate) usual: bool,
}

pub(crate) fn working(post: &Post<'_>) -> Response {
    let (acs, value) = (escape(post.acs), escape(post.saml_response));
    let relay = post
        .relay_state
        .map(|state| format!(r#"<input type="hidden" name="RelayState" value="{}">"#, escape(state)))
        .unwrap_or_default();
    let button = if post.by == Some(Posting::Button) {
        r#"<input type="submit" class="primary" value="Continue" autofocus>"#
    } else {
        ""
    };
    let form = format!(
        r#"<form method="POST" name="hiddenform" action="{acs}"><input type="hidden" name="SAMLResponse" value="{value}">{relay}{button}</form>"#
    );
    let working = "<p>Working...</p>";
    let (body, script) = match post.by {
        _ if post.usual => (format!("{working}{form}"), "document.forms[0].submit();".to_owned()),
        None => (working.to_owned(), String::new()),
        Some(Posting::Button) => (format!("{working}{form}"), String::new()),
        Some(Posting::OnLoad) => {
            (format!("{working}{form}"), "window.onload = () => document.forms[0].submit();".to_owned())
        }
        Some(Posting::After(pause)) => {
            let ms = pause.as_millis();
            (format!("{working}{form}"), format!("setTimeout(() => document.forms[0].submit(), {ms});"))
        }
        Some(Posting::RequestSubmit) => {
            (format!("{working}{form}"), "document.forms[0].requestSubmit();".to_owned())
        }
        Some(Posting::AppendAndRemove) => (
            format!("{working}<template id=\"later\">{form}</template>"),
            "const form = document.getElementById('later').content.firstElementChild.cloneNode(true); document.body.append(form); form.submit(); form.remove();".to_owned(),
        ),
    };
    render(Page::Working, &Content { title: "Working...".into(), body, script, ..Content::default() })
}

pub(crate) fn error(error: &EntraError, at: Timestamp) -> Response {
    let (code, text) = (escape(&error.code), escape(&error.text));
    let body = format!(
        r#"<h1>Sorry, but we’re having trouble signing you in.</h1>
<p id="service_exception_message">{code}: {text}</p>
<dl><dt>Request Id</dt><dd>{}</dd><dt>Correlation Id</dt><dd>{}</dd><dt>Timestamp</dt><dd>{}</dd></dl>"#,
        Uuid::new_v4(),
        Uuid::new_v4(),
        milliseconds(at)
    );
    render(Page::Error, &Content { title: SIGN_IN.into(), body, ..Content::default() })
}

pub(crate) fn plain(page: Page, title: &str, text: &str) -> Response {
    let body = format!("<h1>{}</h1><p>{}</p>", escape(title), escape(text));
    render(page, &Content { title: escape(title), body, ..Content::default() })
}

fn alert(id: &str, text: Option<&str>) -> String {
    text.map(|text| {
        format!(r#"<div id="{id}" class="alert alert-error" role="alert">{}</div>"#, escape(text))
    })
    .unwrap_or_default()
}
