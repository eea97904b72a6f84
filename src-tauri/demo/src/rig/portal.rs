//! A make-believe desktop portal that knows the network settings: which proxy each host is reached through.

use super::Done;
use super::bus::Bus;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::Connection;
use zbus::fdo;

/// org.freedesktop.portal.Desktop with its ProxyResolver. Dropping it takes it off the bus.
#[derive(Debug)]
pub struct FakePortal {
    _connection: Connection,
    asked: Arc<Mutex<Vec<String>>>,
}

impl FakePortal {
    /// For every address it says `ways`, such as `http://127.0.0.1:3128` or `direct://`. None: it never answers.
    pub async fn start(bus: &Bus, ways: Option<&[&str]>) -> Done<Self> {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let ways = ways.map(|ways| ways.iter().map(|way| (*way).to_owned()).collect());
        let resolver = Resolver { ways, asked: Arc::clone(&asked) };
        let connection = zbus::connection::Builder::address(bus.address())?
            .serve_at("/org/freedesktop/portal/desktop", resolver)?
            .name("org.freedesktop.portal.Desktop")?
            .build()
            .await?;
        Ok(Self { _connection: connection, asked })
    }

    /// Every address that it was asked about, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The D-Bus side.
#[derive(Debug)]
struct Resolver {
    ways: Option<Vec<String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

#[zbus::interface(name = "org.freedesktop.portal.ProxyResolver")]
impl Resolver {
    async fn lookup(&self, uri: String) -> fdo::Result<Vec<String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(uri);
        match &self.ways {
            Some(ways) => Ok(ways.clone()),
            None => std::future::pending().await,
        }
    }
}
