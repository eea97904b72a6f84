//! Our programs lie beside each other; in a bundle of macOS the windows' program lies in one of its own.

use crate::system;
use std::path::{Path, PathBuf};

/// The program with a bundle of its own: by that the system tells it from the background service, which has the outer
/// one. `packaging/macos/bundle.sh` makes it.
const WITH_A_BUNDLE: &str = "rolecall-window";
const ITS_BUNDLE: &str = "Rolecall Window.app";

/// The path of another program of ours; its bare name where the system does not say where this one lies.
pub fn beside(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let Ok(ours) = std::env::current_exe() else { return file.into() };
    let ours = system::without_links(ours);
    let bundled = if cfg!(target_os = "macos") { in_bundle(&ours, name) } else { None };
    bundled.unwrap_or_else(|| ours.with_file_name(file))
}

/// Where `name` lies if this program, `ours`, lies in a bundle: `Rolecall.app/Contents/MacOS`, or
/// `Rolecall.app/Contents/Helpers/Rolecall Window.app/Contents/MacOS`.
fn in_bundle(ours: &Path, name: &str) -> Option<PathBuf> {
    let contents = contents_of(ours)?;
    let helpers = contents.parent().filter(|app| app.ends_with(ITS_BUNDLE)).and_then(Path::parent);
    let outer = match helpers {
        Some(helpers) if helpers.ends_with("Contents/Helpers") => helpers.parent()?,
        _ => contents,
    };
    let contents =
        if name == WITH_A_BUNDLE { &outer.join("Helpers").join(ITS_BUNDLE).join("Contents") } else { outer };
    Some(contents.join("MacOS").join(name))
}

/// The folder `Contents` of the bundle whose program this is.
fn contents_of(program: &Path) -> Option<&Path> {
    let folder = program.parent().filter(|folder| folder.ends_with("Contents/MacOS"))?;
    let contents = folder.parent()?;
    let app = contents.parent()?.extension()?;
    (app == "app").then_some(contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_a_bundle_find_each_other() {
        let outer = "/Applications/Rolecall.app/Contents";
        let window = format!("{outer}/Helpers/Rolecall Window.app/Contents/MacOS/rolecall-window");
        let tray = format!("{outer}/MacOS/rolecall-tray");
        for (ours, name, expected) in [
            (&tray, "rolecall-window", Some(&window)),
            (&tray, "rolecall", Some(&format!("{outer}/MacOS/rolecall"))),
            (&window, "rolecall-tray", Some(&tray)),
            (&window, "rolecall-window", Some(&window)),
            (&"/opt/rolecall/rolecall-tray".to_owned(), "rolecall-window", None),
            (&"/src/target/debug/rolecall-window".to_owned(), "rolecall-tray", None),
            (&"/x/Contents/MacOS/rolecall-tray".to_owned(), "rolecall-window", None),
        ] {
            assert_eq!(in_bundle(Path::new(ours), name), expected.map(PathBuf::from), "{name} from {ours}");
        }
    }
}
