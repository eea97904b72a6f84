//! There is no private screen on this system.

use super::programs::Programs;
use super::story::Story;
use crate::Arguments;
use rolecall_demo::Server;
use rolecall_demo::rig::{Done, Trouble};

pub(crate) async fn play(_: &Server, _: &Programs, _: &Arguments, _: &mut Story) -> Done<()> {
    Err(Trouble::new("--headless needs Linux with Xvfb; without it the demo runs on this desktop"))
}
