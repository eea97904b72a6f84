//! A silent sign-in from end to end: click to credentials on disk, and the peak of all processes meanwhile.

use super::processes::{has_engine, mb, pss, tree};
use super::stage::{SOON, Stage};
use crate::table::{Bound, Table};
use crate::time::{median, ms};
use rolecall_demo::entra::Page;
use rolecall_demo::rig::person::{Login, Person};
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::tray_host::Item;
use rolecall_demo::rig::{Done, Trouble, wait};
use rolecall_demo::world::PASSWORD;
use rolecall_demo::{Kind, Seen};
use std::time::{Duration, Instant};

const RUNS: usize = 7;

/// A first sign-in by a person, then silent ones.
pub(crate) async fn measure(table: &Table, stage: &Stage, item: &Item, tray: &Program) -> Done<()> {
    let person = Person::new(&stage.desktop.display);
    let login = Login { user: "bob@example.org", password: PASSWORD, stay: true };
    let mark = stage.server.mark();
    item.press(&["Sign in"], SOON).await?;
    let window = person.window("sign in for demo", SOON).await?;
    person.sign_in(&stage.server, mark, &window, &login, SOON).await?;
    let mut key = wait::until("keys", SOON, async || stage.key()).await?;
    let (mut times, mut peaks) = (vec![], vec![]);
    for _ in 0..RUNS {
        // Signing out forgets the assertion, not the cookies: the page opens again, hidden.
        item.press(&["demo — ", "Sign out"], SOON).await?;
        wait::until("the keys to go", SOON, async || stage.key().is_none().then_some(())).await?;
        item.menu_when("signed out", SOON, |menu| menu.find(&["Sign in"]).is_some()).await?;
        let mark = stage.server.mark();
        let start = Instant::now();
        item.press(&["Sign in"], SOON).await?;
        let (new, peak) = until_other_keys(stage, tray.id(), &key, start + SOON).await?;
        times.push(start.elapsed());
        peaks.push(peak);
        key = new;
        let asked = |seen: &Seen| matches!(seen.kind, Kind::Page(page) if page != Page::Working);
        if stage.server.log().iter().skip(mark).any(asked) {
            return Err(Trouble::new("a page asked something in a silent sign-in"));
        }
    }
    peaks.sort_unstable();
    let bound = Bound::NotHere("≤ 0.35 × aws-azure-login with its cookie");
    table.row("silent sign-in, click → credentials on disk", &ms(median(times)), &bound);
    let bound = Bound::NotHere("≤ 0.5 × aws-azure-login's");
    table.row("peak PSS of all processes meanwhile", &mb(peaks[RUNS / 2]), &bound);
    let gone = async || (!has_engine(tray.id())).then_some(());
    wait::until("the web engine to be gone", SOON, gone).await
}

/// The new key id, and the most that the tray and its children weighed until it was there.
async fn until_other_keys(stage: &Stage, tray: u32, before: &str, end: Instant) -> Done<(String, u64)> {
    let mut peak = 0;
    loop {
        peak = peak.max(pss(&tree(tray)));
        match stage.key().filter(|new| new != before) {
            Some(new) => return Ok((new, peak)),
            None if Instant::now() > end => return Err(Trouble::new("no new keys in a silent sign-in")),
            None => tokio::time::sleep(Duration::from_millis(2)).await,
        }
    }
}
