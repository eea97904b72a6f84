//! Entra's sessions and the cookies that carry them.

use crate::clock::span;
use crate::log::lock;
use axum::http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;
use uuid::Uuid;

/// Ends with the browser.
pub(crate) const TRANSIENT: &str = "ESTSAUTH";
/// Kept, when "Stay signed in?" was answered with yes.
pub(crate) const PERSISTENT: &str = "ESTSAUTHPERSISTENT";

#[derive(Debug, Clone)]
struct Session {
    accounts: Vec<String>,
    /// Until when the persistent cookie is good, where there is one.
    persistent_until: Option<Timestamp>,
}

/// Cookie values and the sessions that they stand for. Every answer gives new values; the old ones stay good.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    sessions: HashMap<Uuid, Session>,
    cookies: HashMap<String, Uuid>,
}

impl Sessions {
    /// The accounts that a browser with these cookies is signed in with.
    pub(crate) fn accounts(&self, headers: &HeaderMap, now: Timestamp) -> Vec<String> {
        let inner = lock(&self.0);
        inner.find(headers, now).map(|(_, session)| session.accounts.clone()).unwrap_or_default()
    }

    /// Adds an account to the browser's session, or starts one; returns the cookies to set. `stay` is the answer to
    /// "Stay signed in?", or none where nobody was asked.
    pub(crate) fn sign_in(
        &self,
        headers: &HeaderMap,
        user: &str,
        stay: Option<Duration>,
        now: Timestamp,
    ) -> Vec<HeaderValue> {
        let mut inner = lock(&self.0);
        let known = inner.find(headers, now).map(|(id, session)| (id, session.clone()));
        let (id, mut session) =
            known.unwrap_or_else(|| (Uuid::new_v4(), Session { accounts: vec![], persistent_until: None }));
        if !session.accounts.iter().any(|known| known == user) {
            session.accounts.push(user.to_owned());
        }
        if let Some(stay) = stay {
            session.persistent_until = Some(now + span(stay));
        }
        let mut cookies = vec![inner.cookie(TRANSIENT, id, None)];
        if let Some(until) = session.persistent_until {
            let left = u64::try_from(until.as_second() - now.as_second()).unwrap_or_default();
            cookies.push(inner.cookie(PERSISTENT, id, Some(left)));
        }
        inner.sessions.insert(id, session);
        cookies.into_iter().filter_map(|text| HeaderValue::from_str(&text).ok()).collect()
    }

    /// The values of all cookies that were given out.
    pub(crate) fn cookie_values(&self) -> Vec<String> {
        let inner = lock(&self.0);
        inner.cookies.keys().filter_map(|cookie| Some(cookie.split_once('=')?.1.to_owned())).collect()
    }

    /// Ends this browser's session; returns the cookies that delete the old ones.
    pub(crate) fn sign_out(&self, headers: &HeaderMap, now: Timestamp) -> Vec<HeaderValue> {
        let mut inner = lock(&self.0);
        if let Some(id) = inner.find(headers, now).map(|(id, _)| id) {
            inner.sessions.remove(&id);
        }
        let gone = |name| format!("{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
        [TRANSIENT, PERSISTENT]
            .into_iter()
            .filter_map(|name| HeaderValue::from_str(&gone(name)).ok())
            .collect()
    }

    pub(crate) fn revoke_all(&self) {
        lock(&self.0).sessions.clear();
    }
}

impl Inner {
    fn find(&self, headers: &HeaderMap, now: Timestamp) -> Option<(Uuid, &Session)> {
        let found = |name: &str| {
            let id = self.cookies.get(&format!("{name}={}", cookie(headers, name)?))?;
            Some((*id, self.sessions.get(id)?))
        };
        let kept =
            found(PERSISTENT).filter(|(_, session)| session.persistent_until.is_some_and(|end| end > now));
        kept.or_else(|| found(TRANSIENT))
    }

    /// As Entra sets them, but without Secure, and so Lax: this is http on loopback.
    fn cookie(&mut self, name: &str, id: Uuid, max_age: Option<u64>) -> String {
        let value =
            format!("0.{}{}{}", "AXUAmake-believe.", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.cookies.insert(format!("{name}={value}"), id);
        let kept = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{kept}")
    }
}

/// What Entra sets beside its sessions, and what a jar must carry along without caring.
pub(crate) fn noise() -> [HeaderValue; 4] {
    const MONTH: u32 = 30 * 24 * 3600;
    let kept = |name: &str| {
        let text =
            format!("{name}=1.{}; Path=/; Max-Age={MONTH}; HttpOnly; SameSite=Lax", Uuid::new_v4().simple());
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("fpc=1; Path=/"))
    };
    [
        kept("buid"),
        kept("fpc"),
        HeaderValue::from_static("x-ms-gateway-slice=estsfd; Path=/; HttpOnly; SameSite=Lax"),
        HeaderValue::from_static("stsservicecookie=estsfd; Path=/; HttpOnly; SameSite=Lax"),
    ]
}

pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
