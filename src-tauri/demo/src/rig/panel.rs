//! A real panel with a real tray: xfce4-panel on the private desktop.

use super::desktop::Desktop;
use super::person::{Person, Window};
use super::program::Program;
use super::screen::Area;
use super::{Done, Trouble, wait};
use std::path::{Path, PathBuf};
use std::time::Duration;

const CONFIGURATION: &str = include_str!("panel.xml");
const SOON: Duration = Duration::from_secs(15);
/// How long a click may take to open the menu, and how often it is tried.
const AGAIN: Duration = Duration::from_secs(2);
const PATIENCE: u32 = 8;
/// The panel runs its tray in a window of this class; menus have it, too.
const CLASS: &str = "wrapper";

/// The panel. Ends when dropped.
#[derive(Debug)]
pub struct Panel {
    _panel: Program,
    _settings: Program,
}

impl Panel {
    /// Whether this machine has what it takes.
    pub fn is_there() -> bool {
        on_path("xfce4-panel").is_some() && settings_daemon().is_some()
    }

    /// Returns once there is a tray on the bus.
    pub async fn start(desktop: &Desktop) -> Done<Self> {
        let folder = desktop.home.path().join(".config/xfce4/xfconf/xfce-perchannel-xml");
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join("xfce4-panel.xml"), CONFIGURATION))
            .map_err(Trouble::at("the panel's configuration"))?;
        let connection = desktop.bus.connect().await?;
        // Started by hand, because the private bus starts nothing.
        let daemon = settings_daemon().ok_or_else(|| Trouble::new("there is no xfconfd"))?;
        let settings = desktop.run(&mut desktop.command(daemon), "xfconfd")?;
        owned(&connection, "org.xfce.Xfconf", SOON).await?;
        let mut command = desktop.command("xfce4-panel");
        command.arg("--disable-wm-check");
        let panel = desktop.run(&mut command, "xfce4-panel")?;
        owned(&connection, "org.kde.StatusNotifierWatcher", SOON).await?;
        Ok(Self { _panel: panel, _settings: settings })
    }

    /// Opens the menu of the tray's only icon with the right button; returns the menu's window.
    pub async fn open_menu(&self, person: &Person) -> Done<Window> {
        let before = person.visible_of_class(CLASS);
        let new = || person.visible_of_class(CLASS).into_iter().find(|window| !before.contains(window));
        // The icon may still be on its way into the panel: as a person does, click again.
        for _ in 0..PATIENCE {
            let (left, top, width, height) = self.icon(person).await?;
            person.click(left + width / 2, top + height / 2, 3)?;
            if let Ok(menu) = wait::until("the tray's menu", AGAIN, async || new()).await {
                return Ok(menu);
            }
        }
        Err(Trouble::new("clicking the icon on the panel opens no menu"))
    }

    /// Where the icon is.
    pub async fn icon(&self, person: &Person) -> Done<Area> {
        let icon = || {
            let mut places =
                person.visible_of_class(CLASS).into_iter().filter_map(|window| person.place(&window).ok());
            places.rfind(|(_, _, width, height)| (16..64).contains(width) && *height < 64)
        };
        wait::until("the icon on the panel", SOON, async || icon()).await
    }
}

/// Waits until a name on the bus has an owner.
pub async fn owned(connection: &zbus::Connection, name: &str, at_most: Duration) -> Done<()> {
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    wait::until(&format!("{name} on the bus"), at_most, async || {
        let name = name.try_into().ok()?;
        bus.name_has_owner(name).await.ok()?.then_some(())
    })
    .await
}

/// The full path of a program that a shell would find.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// xfconfd is on no PATH: below the system's library folders.
fn settings_daemon() -> Option<PathBuf> {
    const BELOW: &str = "xfce4/xfconf/xfconfd";
    let multiarch = std::fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let fixed = ["/usr/lib", "/usr/lib64", "/usr/libexec"].map(|folder| Path::new(folder).to_owned());
    fixed.into_iter().chain(multiarch).map(|folder| folder.join(BELOW)).find(|path| path.is_file())
}
