//! A real notification server that draws: dunst on the private desktop.

use super::desktop::Desktop;
use super::panel::{on_path, owned};
use super::program::Program;
use super::{Done, Trouble};
use std::time::Duration;

const CONFIGURATION: &str = r##"[global]
    origin = bottom-right
    offset = 16x16
    width = 380
    height = 220
    frame_width = 1
    frame_color = "#8a909c"
    separator_color = frame
    corner_radius = 6
    padding = 14
    horizontal_padding = 16
    font = Sans 10.5
    markup = full
    format = "<b>%s</b>\n%b"
    icon_position = off
    show_indicators = no
    idle_threshold = 0

[urgency_low]
    background = "#ffffff"
    foreground = "#1b1c1f"
    timeout = 30

[urgency_normal]
    background = "#ffffff"
    foreground = "#1b1c1f"
    timeout = 30

[urgency_critical]
    background = "#fff4f2"
    foreground = "#1b1c1f"
    frame_color = "#b3261e"
    timeout = 0
"##;

/// The class of dunst's windows.
pub const CLASS: &str = "Dunst";

/// dunst. Ends when dropped.
#[derive(Debug)]
pub struct Dunst {
    _program: Program,
}

impl Dunst {
    /// Whether this machine has it.
    pub fn is_there() -> bool {
        on_path("dunst").is_some()
    }

    /// Returns once it takes notifications.
    pub async fn start(desktop: &Desktop) -> Done<Self> {
        let file = desktop.home.path().join(".config/dunstrc");
        std::fs::write(&file, CONFIGURATION).map_err(Trouble::at("dunst's configuration"))?;
        let mut command = desktop.command("dunst");
        command.arg("-conf").arg(&file);
        let program = desktop.run(&mut command, "dunst")?;
        let connection = desktop.bus.connect().await?;
        owned(&connection, "org.freedesktop.Notifications", Duration::from_secs(15)).await?;
        Ok(Self { _program: program })
    }
}
