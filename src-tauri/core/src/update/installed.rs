//! How this Rolecall came to this computer, and who updates it therefore.

use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file beside the programs in which a package says what it is, in one word.
pub const FILE: &str = "installed-by";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Installed {
    Deb,
    Rpm,
    /// The Windows installer.
    Nsis,
    /// A macOS application.
    Bundle,
    #[default]
    ByHand,
}

impl Installed {
    /// From the text of [`FILE`], where there is one, and the program's own path.
    pub fn find(said: Option<&str>, program: &Path) -> Self {
        match said.map(str::trim) {
            Some("deb") => Self::Deb,
            Some("rpm") => Self::Rpm,
            Some("nsis") => Self::Nsis,
            Some("bundle") => Self::Bundle,
            // A file of ours among the programs of a bundle would break its seal; its path says enough.
            _ if is_in_bundle(program) => Self::Bundle,
            _ => Self::ByHand,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Deb => "installed as a Debian package",
            Self::Rpm => "installed as an RPM package",
            Self::Nsis => "installed by the Windows installer",
            Self::Bundle => "installed as an application bundle",
            Self::ByHand => "installed by hand",
        }
    }

    /// What Tauri's feeds call an installer of this kind: `linux-x86_64-deb`.
    pub(super) fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Deb => Some("deb"),
            Self::Rpm => Some("rpm"),
            Self::Nsis => Some("nsis"),
            Self::Bundle => Some("app"),
            Self::ByHand => None,
        }
    }

    /// How a newer version is installed.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Deb | Self::Rpm => self.keeper(),
            Self::Nsis => {
                "Download it, check it with `rolecall update verify FILE`, then run it: it takes this version's place."
            }
            Self::Bundle => {
                "Download it, check it with `rolecall update verify FILE`, quit Rolecall, then put the new Rolecall.app in the old one's place."
            }
            Self::ByHand => {
                "Download it, check it with `rolecall update verify FILE`, quit Rolecall, then put the programs where the old ones are."
            }
        }
    }

    /// Who brings a newer version where no feed is named.
    pub fn keeper(self) -> &'static str {
        match self {
            Self::Deb => {
                "Your package manager updates Rolecall: sudo apt update && sudo apt install --only-upgrade rolecall."
            }
            Self::Rpm => {
                "Your package manager updates Rolecall: sudo dnf upgrade rolecall, or sudo zypper update rolecall."
            }
            Self::Nsis | Self::Bundle | Self::ByHand => {
                "Name one in settings.toml (update_feed and update_key), or ask whoever gave you Rolecall."
            }
        }
    }
}

fn is_in_bundle(program: &Path) -> bool {
    let mut folders = program.ancestors().skip(1).map(|folder| folder.file_name().unwrap_or_default());
    folders.next().is_some_and(|folder| folder == "MacOS")
        && folders.next().is_some_and(|folder| folder == "Contents")
        && folders.next().is_some_and(|folder| folder.to_string_lossy().ends_with(".app"))
}
