//! A page that needs a person: from the moment it was served until its window is on the screen.

use super::stage::{SOON, Stage};
use crate::table::{Bound, Table};
use crate::time::{median, ms};
use rolecall_demo::Kind;
use rolecall_demo::rig::person::Person;
use rolecall_demo::rig::tray_host::Item;
use rolecall_demo::rig::{Done, Trouble, wait};
use std::time::{Duration, Instant};

const RUNS: usize = 7;
/// The need has to stand for so long: `NEED` of the sign-in window.
const STABLE: Duration = Duration::from_millis(400);
const BOUND: Duration = Duration::from_millis(300);

pub(crate) async fn measure(table: &Table, stage: &Stage, item: &Item) -> Done<()> {
    let person = Person::new(&stage.desktop.display);
    let mut times = vec![];
    item.press(&["demo — ", "Sign out"], SOON).await?;
    for _ in 0..RUNS {
        stage.server.revoke_sessions();
        item.menu_when("signed out", SOON, |menu| menu.find(&["Sign in"]).is_some()).await?;
        let mark = stage.server.mark();
        item.press(&["Sign in"], SOON).await?;
        let page = |seen: &rolecall_demo::Seen| matches!(seen.kind, Kind::Page(_));
        let served = async || stage.server.log().iter().skip(mark).any(page).then(Instant::now);
        let served = wait::until("the page", SOON, served).await?;
        let end = served + SOON;
        while person.visible("sign in for demo").is_empty() {
            if Instant::now() > end {
                return Err(Trouble::new("no window"));
            }
        }
        times.push(served.elapsed());
        let window = person.window("sign in for demo", SOON).await?;
        person.close(&window)?;
        person.window_gone("sign in for demo", SOON).await?;
    }
    let time = median(times);
    let late = time.saturating_sub(STABLE);
    let measured = format!("{}: the need's 400 ms and {}", ms(time), ms(late));
    let bound = Bound::Of("≤ 300 ms after the need has stood for 400 ms", late <= BOUND);
    table.row("a page that asks something is served → its window is on the screen", &measured, &bound);
    Ok(())
}
