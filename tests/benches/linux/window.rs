//! The main window: from the command to the first content on the screen, and what it weighs while it is open.

use super::processes::{mb, pss, tree};
use super::stage::{SOON, Stage};
use crate::table::{Bound, Table};
use crate::time::{median, ms};
use rolecall_demo::rig::person::Person;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::{Done, Trouble, wait};
use std::process::Command;
use std::time::{Duration, Instant};

const RUNS: usize = 7;

pub(crate) async fn measure(table: &Table, stage: &Stage, tray: &Program) -> Done<()> {
    let person = Person::new(&stage.desktop.display);
    let (mut answered, mut painted, mut weights) = (vec![], vec![], vec![]);
    for _ in 0..RUNS {
        let start = Instant::now();
        let mut command = stage.rolecall(&["open"]);
        let status = tokio::task::spawn_blocking(move || command.status()).await;
        if !status.is_ok_and(|status| status.is_ok_and(|status| status.success())) {
            return Err(Trouble::new("rolecall open failed"));
        }
        answered.push(start.elapsed());
        let window = person.window("Rolecall", SOON).await?;
        let (left, top, width, height) = person.place(&window)?;
        // Beneath the header: the first text of the view, in more than two shades.
        let content = (left, top + 60, width, height - 60);
        while colours(stage, content)? < 8 {
            if start.elapsed() > SOON {
                return Err(Trouble::new("nothing was painted"));
            }
        }
        painted.push(start.elapsed());
        tokio::time::sleep(Duration::from_secs(2)).await;
        weights.push(pss(&tree(tray.id())).saturating_sub(pss(&[tray.id()])));
        person.close(&window)?;
        let gone = async || (tree(tray.id()).len() == 1).then_some(());
        wait::until("the window's processes to be gone", SOON, gone).await?;
    }
    weights.sort_unstable();
    table.row("rolecall open → the page has its data", &ms(median(answered)), &Bound::None);
    table.row("rolecall open → first content seen on the screen", &ms(median(painted)), &Bound::None);
    table.row("the open window, all its processes, PSS", &mb(weights[RUNS / 2]), &Bound::None);
    Ok(())
}

/// How many colours there are in a part of the screen. Looking takes some 30 ms itself.
fn colours(stage: &Stage, (left, top, width, height): (u32, u32, u32, u32)) -> Done<u32> {
    let crop = format!("{width}x{height}+{left}+{top}");
    let output = Command::new("import")
        .args([
            "-display",
            stage.desktop.display.name(),
            "-window",
            "root",
            "-crop",
            &crop,
            "-format",
            "%k",
            "info:",
        ])
        .output()
        .map_err(Trouble::at("import"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0))
}
