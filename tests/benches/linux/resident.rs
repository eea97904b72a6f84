//! The resident process: how soon its icon is there, what it weighs and how often it wakes when nothing happens.

use super::processes::{has_engine, mb, pss, switches};
use super::stage::{SOON, Stage, program};
use crate::table::{Bound, Table};
use crate::time::{median, ms};
use rolecall_demo::rig::Done;
use rolecall_demo::rig::program::Program;
use std::time::{Duration, Instant};

const RUNS: usize = 7;
/// A tenth of aws-azure-login 3.6 with its Chromium: 71 and 348 MiB.
const INSTALLED: u64 = (71 + 348) * 1024 * 1024 / 10;

/// From the start of the program until its icon is in the tray.
pub(crate) async fn registered(table: &Table, stage: &Stage) -> Done<()> {
    let mut times = vec![];
    for _ in 0..RUNS {
        let start = Instant::now();
        let (mut tray, _) = stage.tray().await?;
        times.push(start.elapsed());
        stage.rolecall(&["quit"]).output().expect("rolecall runs");
        tray.end(SOON).await?;
    }
    let time = median(times);
    let bound = Bound::Of("≤ 60 ms", time <= Duration::from_millis(60));
    table.row("exec → tray icon registered", &ms(time), &bound);
    Ok(())
}

/// A minute in which nothing happens.
pub(crate) async fn idle(table: &Table, what: &str, tray: &Program) {
    let woken = woken_in_a_minute(tray.id()).await;
    let (weight, engine) = (pss(&[tray.id()]), has_engine(tray.id()));
    let alive = if engine { "a" } else { "no" };
    let measured = format!("{} PSS, {alive} web engine, woken {woken} times in 60 s", mb(weight));
    let holds = weight <= 12_000_000 && !engine && woken <= 2;
    table.row(what, &measured, &Bound::Of("≤ 12 MB, no web engine, ≤ 2 times", holds));
}

/// What the programs take on the disk.
pub(crate) fn installed(table: &Table) {
    let size = |name| std::fs::metadata(program(name)).map_or(0, |metadata| metadata.len());
    let size: u64 = ["rolecall", "rolecall-tray", "rolecall-window"].map(size).iter().sum();
    let bound = format!("≤ {}: 1/10 of aws-azure-login with Chromium", mb(INSTALLED));
    table.row("the three programs on disk", &mb(size), &Bound::Of(&bound, size <= INSTALLED));
}

/// How often the process is woken in a minute, once the threads that its last work needed have gone.
async fn woken_in_a_minute(id: u32) -> u64 {
    tokio::time::sleep(Duration::from_secs(15)).await;
    let before = switches(id);
    tokio::time::sleep(Duration::from_secs(60)).await;
    switches(id).saturating_sub(before)
}
