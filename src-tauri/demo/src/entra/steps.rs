//! The steps of a sign-in: which page answers which request.

use super::errors::EntraError;
use super::flow::{Answer, Challenge, Flow};
use super::pages::{self, Post};
use super::request::{self, AuthnRequest};
use super::variant::Variant;
use super::{Page, response};
use crate::log::{Kind, lock};
use crate::server::World;
use crate::world::{Passive, User};
use axum::Router;
use axum::extract::{Form, Path, Query, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

type Fields = HashMap<String, String>;
type Shared = State<Arc<World>>;

const DEFAULT_ACS: &str = "https://signin.aws.amazon.com/saml";
const UNKNOWN_USER: &str = "This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin. (AADSTS50034)";
const WRONG_PASSWORD: &str =
    "Your account or password is incorrect. If you don't remember your password, reset it now. (AADSTS50126)";
/// How long one question for the approval stays open.
const LONG_POLL: Duration = Duration::from_secs(20);

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/{tenant}/saml2", get(saml2))
        .route("/{tenant}/login", post(login))
        .route("/{tenant}/reprocess", post(picked))
        .route("/common/SAS/ProcessAuth", post(numbered))
        .route("/kmsi", post(stay))
        .route("/{tenant}/oauth2/logout", get(sign_out))
        .route("/demo/page", post(page_says))
        .route("/demo/approval", get(approval))
        .route("/demo/phone", post(phone))
        .fallback(nothing)
        .with_state(world)
}

async fn nothing(State(world): Shared, method: Method, uri: Uri) -> Response {
    world.saw(method.as_str(), uri.path(), Kind::Other);
    StatusCode::NOT_FOUND.into_response()
}

/// One answered page, in the log.
fn shown(world: &World, method: &str, path: &str, page: Page, response: Response) -> Response {
    world.saw(method, path, Kind::Page(page));
    response
}

fn refused(world: &World, path: &str, error: &EntraError) -> Response {
    shown(world, "GET", path, Page::Error, pages::error(error, world.clock.now()))
}

async fn saml2(
    State(world): Shared,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let path = format!("/{tenant}/saml2");
    if !tenant.eq_ignore_ascii_case(&world.options.tenant) {
        return refused(&world, &path, &EntraError::unknown_tenant(&tenant));
    }
    let request = match request::read(&query.unwrap_or_default()) {
        Ok(request) => request,
        Err(error) => return refused(&world, &path, &error),
    };
    lock(&world.requests).push(request.clone());
    if request.issuer != world.options.app_id_uri {
        return refused(&world, &path, &EntraError::unknown_application(&request.issuer, &tenant));
    }
    let acs = acs(&request);
    if !request::is_reply_url(acs) {
        return refused(&world, &path, &EntraError::reply_url(acs, &request.issuer));
    }
    let mut accounts = world.sessions.accounts(&headers, world.clock.now());
    accounts.extend(of_device(&world, &headers).filter(|user| !accounts.contains(user)));
    if request.force_authn {
        accounts.clear();
    }
    begin(&world, &path, request, &accounts, &headers).await
}

/// Who is signed in to the computer, where its cookie says so.
fn of_device(world: &World, headers: &HeaderMap) -> Option<String> {
    world.prt.user(headers, world.clock.now())
}

/// Silently where a session fits, else the first page that asks something.
async fn begin(
    world: &World,
    path: &str,
    request: AuthnRequest,
    accounts: &[String],
    headers: &HeaderMap,
) -> Response {
    let hint = request.login_hint.clone().unwrap_or_default();
    let fitting = match accounts {
        [only] if hint.is_empty() => Some(only),
        _ => accounts.iter().find(|account| account.eq_ignore_ascii_case(&hint)),
    };
    let user = fitting.and_then(|name| world.options.user(name));
    if request.is_passive && user.is_none() {
        return passive_without_session(world, path, &request);
    }
    let mut flow = world.flows.begin(request);
    let tenant = &world.options.tenant;
    if let Some(user) = user {
        if of_device(world, headers).as_ref() == Some(&user.name) {
            world.prt.signed_in();
        }
        return finish(world, path, &flow, user, None, headers).await;
    }
    if hint.is_empty() && accounts.len() > 1 {
        return shown(world, "GET", path, Page::PickAccount, pages::pick_account(&flow, tenant, accounts));
    }
    if let Some(user) = world.options.user(&hint) {
        flow.user = Some(user.name.clone());
        world.flows.keep(&flow);
        return shown(world, "GET", path, Page::Password, pages::password(&flow, tenant, None));
    }
    shown(world, "GET", path, Page::UserName, pages::user_name(&flow, tenant, &hint, None))
}

fn passive_without_session(world: &World, path: &str, request: &AuthnRequest) -> Response {
    match world.options.passive {
        Passive::ErrorPage => refused(world, path, &EntraError::no_session()),
        Passive::SamlStatus => {
            let acs = acs(request);
            let saml_response = response::encoded_no_passive(world, request, acs);
            let relay_state = request.relay_state.as_deref();
            let post = Post { acs, saml_response: &saml_response, relay_state, by: None, usual: true };
            shown(world, "GET", path, Page::Working, pages::working(&post))
        }
    }
}

/// User name, or password: the form says by its fields which it is.
async fn login(
    State(world): Shared,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let path = format!("/{tenant}/login");
    let Some(mut flow) = flow_of(&world, &fields) else {
        return refused(&world, &path, &EntraError::lost_flow());
    };
    if let Some(name) = fields.get("loginfmt") {
        world.saw("POST", &path, Kind::Form(Page::UserName));
        let Some(user) = world.options.user(name) else {
            let page = pages::user_name(&flow, &tenant, name, Some(UNKNOWN_USER));
            return shown(&world, "POST", &path, Page::UserName, page);
        };
        flow.user = Some(user.name.clone());
        world.flows.keep(&flow);
        return shown(&world, "POST", &path, Page::Password, pages::password(&flow, &tenant, None));
    }
    world.saw("POST", &path, Kind::Form(Page::Password));
    let Some(user) = flow.user.as_deref().and_then(|name| world.options.user(name)) else {
        return refused(&world, &path, &EntraError::lost_flow());
    };
    if fields.get("passwd") != Some(&user.password) {
        let page = pages::password(&flow, &tenant, Some(WRONG_PASSWORD));
        return shown(&world, "POST", &path, Page::Password, page);
    }
    flow.password_given = true;
    if user.number_matching {
        let challenge = Challenge::new();
        let page = pages::number(&flow, &challenge.number);
        flow.challenge = Some(challenge);
        world.flows.keep(&flow);
        return shown(&world, "POST", &path, Page::Number, page);
    }
    world.flows.keep(&flow);
    signed_in(&world, &path, &flow, user, &headers).await
}

/// The page of tiles: an account of this session, or another.
async fn picked(
    State(world): Shared,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let path = format!("/{tenant}/reprocess");
    world.saw("POST", &path, Kind::Form(Page::PickAccount));
    let Some(flow) = flow_of(&world, &fields) else {
        return refused(&world, &path, &EntraError::lost_flow());
    };
    let pick = fields.get("pick").map(String::as_str).unwrap_or_default();
    let known = world.sessions.accounts(&headers, world.clock.now());
    match world.options.user(pick).filter(|user| known.contains(&user.name)) {
        Some(user) => finish(&world, &path, &flow, user, None, &headers).await,
        None => shown(&world, "POST", &path, Page::UserName, pages::user_name(&flow, &tenant, "", None)),
    }
}

/// The page with the number comes by itself once the phone has answered.
async fn numbered(State(world): Shared, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let path = "/common/SAS/ProcessAuth";
    world.saw("POST", path, Kind::Form(Page::Number));
    let flow = flow_of(&world, &fields).filter(|flow| flow.password_given);
    let Some(flow) = flow else { return refused(&world, path, &EntraError::lost_flow()) };
    let user = flow.user.as_deref().and_then(|name| world.options.user(name));
    match (flow.challenge.as_ref().map(|challenge| challenge.answer), user) {
        (Some(Answer::Approved), Some(user)) => signed_in(&world, path, &flow, user, &headers).await,
        (Some(Answer::Denied), _) => shown(&world, "POST", path, Page::Denied, pages::denied()),
        _ => refused(&world, path, &EntraError::lost_flow()),
    }
}

async fn stay(
    State(world): Shared,
    Query(query): Query<Fields>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    world.saw("POST", "/kmsi", Kind::Form(Page::StaySignedIn));
    let flow = flow_of(&world, &fields).filter(may_finish);
    let Some(flow) = flow else { return refused(&world, "/kmsi", &EntraError::lost_flow()) };
    let Some(user) = flow.user.as_deref().and_then(|name| world.options.user(name)) else {
        return refused(&world, "/kmsi", &EntraError::lost_flow());
    };
    let stay = query.get("stay").is_some_and(|answer| answer == "yes");
    let stay = stay.then_some(world.options.stay_signed_in);
    finish(&world, "/kmsi", &flow, user, stay, &headers).await
}

fn may_finish(flow: &Flow) -> bool {
    let approved = |challenge: &Challenge| challenge.answer == Answer::Approved;
    flow.password_given && flow.challenge.as_ref().is_none_or(approved)
}

async fn signed_in(world: &World, path: &str, flow: &Flow, user: &User, headers: &HeaderMap) -> Response {
    if world.options.asks_to_stay_signed_in {
        return shown(world, "POST", path, Page::StaySignedIn, pages::stay_signed_in(flow));
    }
    finish(world, path, flow, user, None, headers).await
}

/// The person is known: the policies' say, then the page that posts the response, with the session's cookies.
async fn finish(
    world: &World,
    path: &str,
    flow: &Flow,
    user: &User,
    stay: Option<Duration>,
    headers: &HeaderMap,
) -> Response {
    let cookies = world.sessions.sign_in(headers, &user.name, stay, world.clock.now());
    world.flows.end(&flow.id);
    let mut answer = if !user.assigned {
        refused(world, path, &EntraError::not_assigned(&user.name, &world.options.app_id_uri))
    } else if !user.compliant && of_device(world, headers).as_ref() != Some(&user.name) {
        refused(world, path, &EntraError::not_compliant())
    } else {
        last_page(world, path, &flow.request, user).await
    };
    for cookie in cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

async fn last_page(world: &World, path: &str, request: &AuthnRequest, user: &User) -> Response {
    let variant = lock(&world.variant).clone();
    match &variant {
        Variant::ErrorPage(code, text) => return refused(world, path, &EntraError::new(code, text.as_str())),
        Variant::Elsewhere => {
            let page = pages::plain(
                Page::Elsewhere,
                "Welcome to Example Org",
                "This page has nothing to do with AWS.",
            );
            return shown(world, "GET", path, Page::Elsewhere, page);
        }
        Variant::Hangs => {
            world.saw("GET", path, Kind::Other);
            return std::future::pending().await;
        }
        Variant::Status(status) => {
            world.saw("GET", path, Kind::Other);
            return StatusCode::from_u16(*status)
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                .into_response();
        }
        _ => {}
    }
    let acs = acs(request);
    let saml_response = response::encoded(world, request, acs, user, &variant);
    let (acs, by, usual) = match &variant {
        Variant::OtherAcs(other) => (other.as_str(), None, true),
        Variant::NeverPosts => (acs, None, false),
        Variant::Posts(posting) => (acs, Some(*posting), false),
        _ => (acs, None, true),
    };
    let post =
        Post { acs, saml_response: &saml_response, relay_state: request.relay_state.as_deref(), by, usual };
    shown(world, "GET", path, Page::Working, pages::working(&post))
}

async fn sign_out(State(world): Shared, uri: Uri, headers: HeaderMap) -> Response {
    let cookies = world.sessions.sign_out(&headers, world.clock.now());
    let page = pages::plain(
        Page::SignedOut,
        "You signed out of your account",
        "It's a good idea to close all windows.",
    );
    let mut answer = shown(&world, "GET", uri.path(), Page::SignedOut, page);
    for cookie in cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

async fn page_says(State(world): Shared, Query(query): Query<Fields>) -> StatusCode {
    let page = query.get("page").and_then(|name| Page::of_name(name));
    let is = query.get("is").map(String::as_str);
    let kind = match (page, is) {
        (Some(page), Some("loaded")) => Kind::Loaded(page),
        (Some(page), Some("visible")) => Kind::Visible(page),
        (Some(page), Some("focused")) => Kind::Focused(page),
        _ => Kind::Other,
    };
    world.saw("POST", "/demo/page", kind);
    StatusCode::NO_CONTENT
}

/// 200 once the phone has answered, 204 when the page should ask again.
async fn approval(State(world): Shared, Query(query): Query<Fields>) -> StatusCode {
    let id = query.get("flow").cloned().unwrap_or_default();
    let mut bell = world.log.bell();
    let answered = async {
        loop {
            bell.mark_unchanged();
            let challenge = world.flows.get(&id).and_then(|flow| flow.challenge);
            if challenge.is_none_or(|challenge| challenge.answer != Answer::None)
                || bell.changed().await.is_err()
            {
                return;
            }
        }
    };
    match tokio::time::timeout(LONG_POLL, answered).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::NO_CONTENT,
    }
}

async fn phone(State(world): Shared, Form(fields): Form<Fields>) -> StatusCode {
    let flow = fields.get("flow").and_then(|id| world.flows.get(id));
    let Some((mut flow, mut challenge)) = flow.and_then(|flow| Some((flow.clone(), flow.challenge?))) else {
        return StatusCode::GONE;
    };
    let typed = fields.get("number").map(String::as_str).unwrap_or_default();
    challenge.answer = match typed {
        "deny" => Answer::Denied,
        typed if typed == challenge.number => Answer::Approved,
        _ => Answer::None,
    };
    let answer = challenge.answer;
    flow.challenge = Some(challenge);
    world.flows.keep(&flow);
    world.saw("POST", "/demo/phone", Kind::Phone);
    if answer == Answer::None { StatusCode::BAD_REQUEST } else { StatusCode::OK }
}

fn flow_of(world: &World, fields: &Fields) -> Option<Flow> {
    fields.get("flowToken").and_then(|id| world.flows.get(id))
}

fn acs(request: &AuthnRequest) -> &str {
    request.acs.as_deref().unwrap_or(DEFAULT_ACS)
}
