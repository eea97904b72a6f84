//! The operating system's sign-on: the cookie that an identity broker gives, which says who is signed in to this
//! computer, and that it is a compliant one.

use super::session::cookie;
use crate::clock::span;
use crate::log::lock;
use crate::server::World;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// The cookie's name.
pub const PRT_COOKIE: &str = "x-ms-RefreshTokenCredential";
/// How long one is good, however often it is used.
const GOOD: Duration = Duration::from_secs(5 * 60);

/// One request that brought the cookie along, to Entra or to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrtSeen {
    /// As the browser named it: `127.0.0.1:4100`.
    pub host: String,
    pub path: String,
    /// Whether it was one of ours, and still good.
    pub good: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Prt(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By value: the user's name, and when it was made.
    minted: HashMap<String, (String, Timestamp)>,
    seen: Vec<PrtSeen>,
    sign_ins: usize,
}

impl Prt {
    /// A value that looks like the signed token that it is elsewhere.
    pub(crate) fn mint(&self, user: &str, now: Timestamp) -> String {
        let part = |uuids: usize| -> String {
            std::iter::repeat_with(|| Uuid::new_v4().simple().to_string()).take(uuids).collect()
        };
        let value = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", part(48), part(2));
        lock(&self.0).minted.insert(value.clone(), (user.to_owned(), now));
        value
    }

    /// Whom the request's cookie stands for.
    pub(crate) fn user(&self, headers: &HeaderMap, now: Timestamp) -> Option<String> {
        let inner = lock(&self.0);
        let (user, made) = inner.minted.get(cookie(headers, PRT_COOKIE)?)?;
        (now < *made + span(GOOD)).then(|| user.clone())
    }

    pub(crate) fn signed_in(&self) {
        lock(&self.0).sign_ins += 1;
    }

    pub(crate) fn sign_ins(&self) -> usize {
        lock(&self.0).sign_ins
    }

    pub(crate) fn seen(&self) -> Vec<PrtSeen> {
        lock(&self.0).seen.clone()
    }

    pub(crate) fn values(&self) -> Vec<String> {
        lock(&self.0).minted.keys().cloned().collect()
    }

    /// None is good any more. They stay secrets.
    pub(crate) fn revoke_all(&self) {
        for (user, made) in lock(&self.0).minted.values_mut() {
            user.clear();
            *made = Timestamp::MIN;
        }
    }
}

/// Before every request to either side: remembers where the cookie went.
pub(crate) async fn watch(State(world): State<Arc<World>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if cookie(headers, PRT_COOKIE).is_some() {
        let host =
            headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
        let good = world.prt.user(headers, world.clock.now()).is_some();
        let path = request.uri().path().to_owned();
        lock(&world.prt.0).seen.push(PrtSeen { host, path, good });
    }
    next.run(request).await
}
