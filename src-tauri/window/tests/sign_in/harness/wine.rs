//! The Windows program under Wine, on a stand-in for WebView2 with a Chromium behind it.
//!
//! `ROLECALL_WINDOW_UNDER_WINE` names `rolecall-window.exe`, `ROLECALL_WEBVIEW2` the stand-in's DLL. One Wine has one
//! display: `WINEPREFIX` and `DISPLAY` are those of the test's own environment, and one test runs at a time.

use rolecall_demo::rig::chromium::Chromiums;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Whether the suite is run on the Windows program.
pub(crate) fn under_wine() -> bool {
    std::env::var_os("ROLECALL_WINDOW_UNDER_WINE").is_some()
}

/// Says why a test is left out where it is.
pub(crate) fn left_out_under_wine(why: &str) -> bool {
    if under_wine() {
        let _ = writeln!(std::io::stderr(), "LEFT OUT under Wine: {why}");
    }
    under_wine()
}

pub(crate) struct Wine {
    _chromiums: Chromiums,
    notes: PathBuf,
    /// Where Wine puts what a program calls its folder for temporary files.
    temporary: Option<PathBuf>,
    _folder: TempDir,
}

impl Wine {
    /// The command in place of the system's own program, with these variables.
    pub(crate) fn command(variables: &[(&str, &str)]) -> (Command, Self) {
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("notes");
        let chromiums = Chromiums::start(notes.clone()).unwrap_or_else(|trouble| panic!("{trouble:?}"));
        let place = folder.path().join("runtime/EBWebView/x64");
        std::fs::create_dir_all(&place).unwrap();
        let named =
            |name: &str| PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")));
        std::fs::copy(named("ROLECALL_WEBVIEW2"), place.join("EmbeddedBrowserWebView.dll")).unwrap();
        let program = named("ROLECALL_WINDOW_UNDER_WINE");
        let mut command = Command::new("wine");
        command.arg(&program).arg("sign-in").env_clear();
        for name in ["PATH", "WINEPREFIX", "DISPLAY", "XAUTHORITY", "HOME", "WINEPATH"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("LANG", "C.UTF-8")
            .env("WINEDEBUG", "-all")
            .env("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe=")
            .env("WEBVIEW2_BROWSER_EXECUTABLE_FOLDER", windows(&folder.path().join("runtime")))
            .env("WEBVIEW2_STANDIN_PAGE", chromiums.page())
            .env("WEBVIEW2_STANDIN_NOTES", windows(&notes))
            .envs(variables.iter().copied().filter(|(name, _)| *name != "DISPLAY"));
        let users = named("WINEPREFIX").join("drive_c/users");
        let temporary = std::fs::read_dir(users)
            .into_iter()
            .flatten()
            .flatten()
            .map(|user| user.path().join("AppData/Local/Temp"))
            .find(|folder| folder.is_dir());
        (command, Self { _chromiums: chromiums, notes, temporary, _folder: folder })
    }

    /// What a sign-in has left behind.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries =
            self.temporary.iter().flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten());
        let names = entries.flatten().map(|entry| PathBuf::from(entry.file_name()));
        names.filter(|name| name.to_string_lossy().starts_with("rolecall-")).collect()
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let notes = std::fs::read_to_string(&self.notes).unwrap_or_default();
        let faults: Vec<&str> = notes.lines().filter(|line| line.starts_with("FAULT")).collect();
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "{notes}");
        } else {
            assert!(faults.is_empty(), "{faults:#?}\n{notes}");
        }
    }
}

/// As Wine's programs name a file of the system's own.
fn windows(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}
