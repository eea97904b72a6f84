//! Linux: com.microsoft.identity.broker1 on the session bus, asked over a connection that lives as long as the
//! question.

use super::messages::{self, Account};
use super::{Ask, for_host_of};
use rolecall_core::sign_in::Cookie;
use std::time::Duration;
use zbus::Connection;

/// For the whole conversation: somebody waits for the page.
const PATIENCE: Duration = Duration::from_secs(5);
const NAME: &str = "com.microsoft.identity.broker1";
/// The version of the protocol, as every client says it.
const VERSION: &str = "0.0";

/// Why there is no cookie; without a word of the broker's, which might hold one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Trouble {
    #[error("there is none")]
    Absent,
    #[error("it has no account for this sign-in")]
    NoAccount,
    #[error("the session bus cannot be reached")]
    NoBus,
    #[error("it refuses")]
    Refused,
    #[error("it does not answer")]
    Silent,
    #[error("its answer is not understood")]
    NotUnderstood,
    #[error("its cookie is another person's")]
    OtherPerson,
}

pub(super) async fn cookie(ask: &Ask, bus: Option<&str>) -> Option<Cookie> {
    let conversation = tokio::time::timeout(PATIENCE, converse(ask, bus));
    match conversation.await.unwrap_or(Err(Trouble::Silent)) {
        Ok(cookie) => Some(cookie),
        Err(usual @ (Trouble::Absent | Trouble::NoAccount)) => {
            tracing::debug!("no sign-on by the identity broker: {usual}");
            None
        }
        Err(trouble) => {
            tracing::warn!("no sign-on by the identity broker: {trouble}");
            None
        }
    }
}

/// The bus is asked, and not the broker: it knows who has the name, and whom it could start for it.
pub(super) async fn is_there(bus: Option<&str>) -> Option<bool> {
    let looking = async {
        let connection = connect(bus).await?;
        let owned = ask_bus(&connection, "NameHasOwner", &(NAME,)).await?.body().deserialize::<bool>()?;
        let startable = ask_bus(&connection, "ListActivatableNames", &()).await?;
        let startable = startable.body().deserialize::<Vec<String>>()?;
        zbus::Result::Ok(owned || startable.iter().any(|name| name == NAME))
    };
    Some(matches!(tokio::time::timeout(PATIENCE, looking).await, Ok(Ok(true))))
}

async fn ask_bus<B>(connection: &Connection, method: &str, body: &B) -> zbus::Result<zbus::Message>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    const BUS: &str = "org.freedesktop.DBus";
    connection.call_method(Some(BUS), "/org/freedesktop/DBus", Some(BUS), method, body).await
}

async fn converse(ask: &Ask, bus: Option<&str>) -> Result<Cookie, Trouble> {
    let connection = connect(bus).await.map_err(|_| Trouble::NoBus)?;
    let session = uuid::Uuid::new_v4().to_string();
    let reply = call(&connection, "getAccounts", &session, &messages::get_accounts(&session)).await?;
    let accounts = messages::accounts(&reply).ok_or(Trouble::NotUnderstood)?;
    let account = Account::choose(&accounts, ask.username.as_deref(), &ask.tenant);
    let account = account.ok_or(Trouble::NoAccount)?;
    let request = messages::acquire_cookie(account, ask.url.as_str());
    let reply = call(&connection, "acquirePrtSsoCookie", &session, &request).await?;
    let given = messages::cookie(&reply).ok_or(Trouble::NotUnderstood)?;
    if !given.may_be_of(account) {
        return Err(Trouble::OtherPerson);
    }
    for_host_of(&ask.url, given.name, given.value).ok_or(Trouble::NotUnderstood)
}

async fn connect(bus: Option<&str>) -> zbus::Result<Connection> {
    match bus {
        Some(address) => zbus::connection::Builder::address(address)?.build().await,
        None => Connection::session().await,
    }
}

async fn call(
    connection: &Connection,
    method: &str,
    session: &str,
    request: &str,
) -> Result<zeroize::Zeroizing<String>, Trouble> {
    const PATH: &str = "/com/microsoft/identity/broker1";
    const INTERFACE: &str = "com.microsoft.identity.Broker1";
    let body = (VERSION, session, request);
    let answer = connection.call_method(Some(NAME), PATH, Some(INTERFACE), method, &body).await;
    let answer = answer.map_err(|error| trouble(&error))?;
    answer.body().deserialize::<String>().map(Into::into).map_err(|_| Trouble::NotUnderstood)
}

fn trouble(error: &zbus::Error) -> Trouble {
    match error {
        zbus::Error::MethodError(name, ..) if is_absent(name.as_str()) => Trouble::Absent,
        zbus::Error::MethodError(name, ..) if name.as_str() == "org.freedesktop.DBus.Error.NoReply" => {
            Trouble::Silent
        }
        zbus::Error::MethodError(..) => Trouble::Refused,
        _ => Trouble::NoBus,
    }
}

/// D-Bus Specification, "Message Bus Messages": nobody has the name, and nobody can be started for it.
fn is_absent(error: &str) -> bool {
    matches!(error, "org.freedesktop.DBus.Error.ServiceUnknown" | "org.freedesktop.DBus.Error.NameHasNoOwner")
}
