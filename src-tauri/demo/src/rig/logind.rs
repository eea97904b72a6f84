//! A make-believe logind: says that the computer sleeps and wakes.

use super::Done;
use super::bus::Bus;
use zbus::Connection;
use zbus::object_server::SignalEmitter;

const PATH: &str = "/org/freedesktop/login1";

/// org.freedesktop.login1 on a private system bus. Dropping it takes it off the bus.
#[derive(Debug)]
pub struct FakeLogind {
    connection: Connection,
}

impl FakeLogind {
    /// `bus` is [`super::desktop::Desktop::system_bus`], or one in its place.
    pub async fn start(bus: &Bus) -> Done<Self> {
        let connection = zbus::connection::Builder::address(bus.address())?
            .serve_at(PATH, Manager)?
            .name("org.freedesktop.login1")?
            .build()
            .await?;
        Ok(Self { connection })
    }

    /// The computer is about to sleep.
    pub async fn sleep(&self) -> Done<()> {
        self.prepare(true).await
    }

    /// It is awake again.
    pub async fn wake(&self) -> Done<()> {
        self.prepare(false).await
    }

    async fn prepare(&self, start: bool) -> Done<()> {
        let emitter = SignalEmitter::new(&self.connection, PATH)?;
        Ok(Manager::prepare_for_sleep(&emitter, start).await?)
    }
}

/// The D-Bus side.
#[derive(Debug)]
struct Manager;

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}
