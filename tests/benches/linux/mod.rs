//! The built programs on a private desktop: how soon, how light, how quick.

mod clients;
mod processes;
mod resident;
mod shown;
mod silent;
mod soak;
mod stage;
mod window;

use crate::table::Table;
use rolecall_demo::Options;
use rolecall_demo::rig::Done;
use stage::Stage;

pub(crate) fn measure(table: &Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Err(trouble) = runtime.block_on(day(table)) {
        table.missing("what follows", &trouble.0);
    }
}

pub(crate) fn soak(table: &Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Err(trouble) = runtime.block_on(soak::measure(table)) {
        table.missing("the soak", &trouble.0);
    }
}

/// One tray from its start to its end, measured as it goes.
async fn day(table: &Table) -> Done<()> {
    let stage = Stage::start(Options::default()).await?;
    resident::registered(table, &stage).await?;
    let (tray, item) = stage.tray().await?;
    clients::status(table, &stage);
    resident::idle(table, "idle, nobody signed in", &tray).await;
    silent::measure(table, &stage, &item, &tray).await?;
    clients::credential_process(table, &stage);
    clients::eks_token(table, &stage);
    resident::idle(table, "idle, signed in", &tray).await;
    window::measure(table, &stage, &tray).await?;
    shown::measure(table, &stage, &item).await?;
    resident::installed(table);
    Ok(())
}
