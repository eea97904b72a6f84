//! Pictures of a private display, taken by ImageMagick.

use super::display::Display;
use super::{Done, Trouble, wait};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Part of the screen: left, top, width, height.
pub type Area = (u32, u32, u32, u32);

/// The whole screen, as PNG.
pub fn shot(display: &Display, file: &Path) -> Done<()> {
    let (width, height) = display.size();
    shot_of(display, (0, 0, width, height), file)
}

/// Part of the screen, as PNG.
pub fn shot_of(display: &Display, (left, top, width, height): Area, file: &Path) -> Done<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(Trouble::at("the folder for pictures"))?;
    }
    let mut command = Command::new("import");
    command.args(["-display", display.name(), "-silent", "-window", "root"]);
    command.arg("-crop").arg(format!("{width}x{height}+{left}+{top}")).args(["+repage", "-strip"]).arg(file);
    let status = command.status().map_err(Trouble::at("ImageMagick's import does not start"))?;
    if status.success() { Ok(()) } else { Err(Trouble::new(format!("import ended with {status}"))) }
}

/// The whole screen once it stands still: two pictures in a row are the same. A screen that never does is taken as
/// it is after five seconds: a blinking caret is nobody's fault.
pub async fn still(display: &Display, file: &Path) -> Done<()> {
    let mut before = Vec::new();
    let mut last = Ok(());
    let still = wait::until("the screen to stand still", Duration::from_secs(5), async || {
        last = shot(display, file);
        let now = std::fs::read(file).unwrap_or_default();
        let same = now == before;
        before = now;
        (last.is_err() || same).then_some(())
    });
    // Late or not, there is a picture, or a reason why there is none.
    let _ = still.await;
    last
}

/// A coloured backdrop instead of black, for pictures. Without ImageMagick's `display` it stays black.
pub fn backdrop(display: &Display, colour: &str) {
    let mut command = Command::new("display");
    command.args(["-display", display.name(), "-window", "root", &format!("xc:{colour}")]);
    let _ = command.stderr(std::process::Stdio::null()).status();
}
