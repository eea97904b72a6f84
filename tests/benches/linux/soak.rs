//! Eight hours at sixty times their speed: sessions of an hour are a minute, and are renewed with nobody there. What
//! the resident process holds must not grow.

use super::processes::{has_engine, mb, pss, tree};
use super::stage::{SOON, Stage};
use crate::table::{Bound, Table};
use rolecall_demo::Options;
use rolecall_demo::rig::person::{Login, Person};
use rolecall_demo::rig::{Done, Trouble, wait};
use rolecall_demo::world::PASSWORD;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const SPEED: u32 = 60;
const HOURS: u32 = 8;
/// The first hour is for everything that is done once.
const SETTLED: Duration = Duration::from_secs(60);
const SAMPLES: Duration = Duration::from_secs(10);

/// What a process holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    pss: u64,
    files: usize,
    watches: usize,
    threads: usize,
}

impl Held {
    fn of(id: u32) -> Self {
        let count = |what: &str| std::fs::read_dir(format!("/proc/{id}/{what}")).map_or(0, Iterator::count);
        let infos = std::fs::read_dir(format!("/proc/{id}/fdinfo")).into_iter().flatten().flatten();
        let texts = infos.filter_map(|info| std::fs::read_to_string(info.path()).ok());
        let watches =
            texts.map(|text| text.lines().filter(|line| line.starts_with("inotify ")).count()).sum();
        Self { pss: pss(&[id]), files: count("fd"), watches, threads: count("task") }
    }
}

pub(crate) async fn measure(table: &Table) -> Done<()> {
    let stage = Stage::start(Options { speed: SPEED, ..Options::default() }).await?;
    let config = stage.desktop.home.config_file();
    let text = std::fs::read_to_string(&config).map_err(Trouble::at("the config file"))?;
    stage.desktop.home.write_config(&text.replace("duration_hours = 8", "duration_hours = 1"))?;
    let (tray, item) = stage.tray().await?;
    let person = Person::new(&stage.desktop.display);
    let login = Login { user: "bob@example.org", password: PASSWORD, stay: true };
    let mark = stage.server.mark();
    item.press(&["Sign in"], SOON).await?;
    let window = person.window("sign in for demo", SOON).await?;
    person.sign_in(&stage.server, mark, &window, &login, SOON).await?;
    let mut key = wait::until("keys", SOON, async || stage.key()).await?;
    let start = Instant::now();
    let end = start + Duration::from_secs(u64::from(HOURS * 3600 / SPEED));
    let (mut held, mut renewals) = (vec![], 0_usize);
    while Instant::now() < end {
        tokio::time::sleep(SAMPLES).await;
        // What a day has besides: somebody looks.
        stage.rolecall(&["status"]).output().map_err(Trouble::at("rolecall"))?;
        let now = stage.key().ok_or_else(|| Trouble::new("the keys are gone"))?;
        renewals += usize::from(now != key);
        key = now;
        if start.elapsed() > SETTLED && tree(tray.id()).len() == 1 {
            held.push(Held::of(tray.id()));
        }
    }
    wait::until("the web engine to be gone", SOON, async || (!has_engine(tray.id())).then_some(())).await?;
    let third = held.len() / 3;
    if third == 0 || renewals < 5 {
        return Err(Trouble::new(format!("{} samples, {renewals} renewals", held.len())));
    }
    let median = |part: &[Held], of: fn(&Held) -> u64| {
        let mut values: Vec<_> = part.iter().map(of).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let (first, last) = (&held[..third], &held[held.len() - third..]);
    let hours = format!("{HOURS} hours at {SPEED} times their speed, {renewals} renewals seen");
    let (before, after) = (median(first, |held| held.pss), median(last, |held| held.pss));
    let measured = format!("{} → {}", mb(before), mb(after));
    let flat = after <= before + before / 10;
    table.row(
        &format!("{hours}: memory, first third → last third"),
        &measured,
        &Bound::Of("flat: + 10 %", flat),
    );
    let same = |what: &str, of: fn(&Held) -> u64| {
        let (before, after) = (median(first, of), median(last, of));
        table.row(what, &format!("{before} → {after}"), &Bound::Of("the same", after <= before));
    };
    same("open files", |held| held.files as u64);
    same("inotify watches", |held| held.watches as u64);
    same("threads", |held| held.threads as u64);
    let left: BTreeMap<u32, String> = tree(tray.id())
        .into_iter()
        .filter(|id| *id != tray.id())
        .map(|id| (id, std::fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default()))
        .collect();
    table.row("processes left below it", &left.len().to_string(), &Bound::Of("none", left.is_empty()));
    Ok(())
}
