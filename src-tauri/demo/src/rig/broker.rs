//! A make-believe Microsoft identity broker, good-natured or not; it remembers what it was asked.

use super::Done;
use super::bus::Bus;
use crate::entra::PRT_COOKIE;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zbus::Connection;
use zbus::fdo;

/// What it does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// Has this account, and gives this cookie for it.
    Right { username: String, realm: String, cookie: String },
    /// As [`Behaviour::Right`], but the reply says that the cookie is another person's.
    Lies { username: String, realm: String, cookie: String },
    /// Never answers.
    Hangs,
    /// Answers with JSON that nobody understands.
    OtherVersion,
    /// Answers with a D-Bus error.
    Refuses,
}

/// One question to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `getAccounts`, or `acquirePrtSsoCookie`.
    pub method: String,
    /// The protocol's, `0.0`.
    pub version: String,
    /// The conversation's id.
    pub session: String,
    /// The request; null where it was no JSON.
    pub request: Value,
}

/// com.microsoft.identity.broker1. Dropping it takes it off the bus.
#[derive(Debug)]
pub struct FakeBroker {
    _connection: Connection,
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    behaviour: Mutex<Behaviour>,
    asked: Mutex<Vec<Asked>>,
}

impl FakeBroker {
    pub async fn start(bus: &Bus, behaviour: Behaviour) -> Done<Self> {
        let kept = Arc::new(Kept { behaviour: Mutex::new(behaviour), asked: Mutex::default() });
        let connection = zbus::connection::Builder::address(bus.address())?
            .serve_at("/com/microsoft/identity/broker1", Broker { kept: Arc::clone(&kept) })?
            .name("com.microsoft.identity.broker1")?
            .build()
            .await?;
        Ok(Self { _connection: connection, kept })
    }

    /// What it does from now on.
    pub fn does(&self, behaviour: Behaviour) {
        *lock(&self.kept.behaviour) = behaviour;
    }

    /// Every question so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.kept.asked).clone()
    }
}

impl Kept {
    /// Remembers a question; returns what to do about it.
    fn ask(&self, method: &str, [version, session, request]: [String; 3]) -> Behaviour {
        let request = serde_json::from_str(&request).unwrap_or_default();
        lock(&self.asked).push(Asked { method: method.to_owned(), version, session, request });
        lock(&self.behaviour).clone()
    }
}

/// The D-Bus side.
#[derive(Debug)]
struct Broker {
    kept: Arc<Kept>,
}

#[zbus::interface(name = "com.microsoft.identity.Broker1")]
impl Broker {
    #[zbus(name = "getAccounts")]
    async fn get_accounts(&self, version: String, session: String, request: String) -> fdo::Result<String> {
        let behaviour = self.kept.ask("getAccounts", [version, session, request]);
        answer(behaviour, |username, realm, _| json!({ "accounts": [account(username, realm)] })).await
    }

    #[zbus(name = "acquirePrtSsoCookie")]
    async fn acquire_prt_sso_cookie(
        &self,
        version: String,
        session: String,
        request: String,
    ) -> fdo::Result<String> {
        let behaviour = self.kept.ask("acquirePrtSsoCookie", [version, session, request]);
        let lies = matches!(behaviour, Behaviour::Lies { .. });
        answer(behaviour, |username, realm, cookie| {
            json!({
                "account": account(if lies { "mallory@example.org" } else { username }, realm),
                "cookieItems": [{ "cookieName": PRT_COOKIE, "cookieContent": cookie }],
                "state": {},
            })
        })
        .await
    }
}

async fn answer(behaviour: Behaviour, right: impl Fn(&str, &str, &str) -> Value) -> fdo::Result<String> {
    match behaviour {
        Behaviour::Right { username, realm, cookie } | Behaviour::Lies { username, realm, cookie } => {
            Ok(right(&username, &realm, &cookie).to_string())
        }
        Behaviour::Hangs => std::future::pending().await,
        Behaviour::OtherVersion => Ok(r#"{"protocol":"2.0","result":[]}"#.to_owned()),
        Behaviour::Refuses => Err(fdo::Error::Failed("make-believe refusal".into())),
    }
}

/// With what the real one says beside name and tenant.
fn account(username: &str, realm: &str) -> Value {
    json!({
        "environment": "login.windows.net",
        "homeAccountId": "00000000-0000-4000-8000-000000000001.00000000-0000-4000-8000-000000000002",
        "localAccountId": "00000000-0000-4000-8000-000000000001",
        "name": "Make Believe",
        "realm": realm,
        "username": username,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
