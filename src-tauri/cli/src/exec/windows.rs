//! Windows: the command is found as cmd.exe finds it, and waited for; its end is passed on.

#![expect(unsafe_code, reason = "the console's Ctrl-C is taken through a Windows function")]

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;
use windows_sys::Win32::Foundation::TRUE;
use windows_sys::Win32::System::Console::SetConsoleCtrlHandler;
use windows_sys::core::BOOL;

/// What CreateProcess can start, and std by way of cmd.exe. PATHEXT names scripts, too.
const KINDS: [&str; 4] = ["com", "exe", "bat", "cmd"];

/// The full path of a program: most tools of Node and Python are `.cmd` files, and std looks for `.exe` alone.
pub(super) fn find(program: &OsStr) -> OsString {
    find_in(program, std::env::var_os("PATH"), &std::env::current_dir().unwrap_or_default())
}

/// The name as it is where PATH leads to nothing.
fn find_in(program: &OsStr, path: Option<OsString>, here: &Path) -> OsString {
    let found: Vec<_> = which::which_in_all(program, path, here).into_iter().flatten().collect();
    let runs = |path: &&std::path::PathBuf| {
        let kind = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        KINDS.iter().any(|known| kind.eq_ignore_ascii_case(known))
    };
    let first = found.iter().find(runs).or(found.first());
    first.map_or_else(|| program.to_owned(), |path| path.clone().into_os_string())
}

/// Returns only where it could not be run.
pub(crate) fn run(command: &mut Command) -> std::io::Error {
    // SAFETY: the handler is a function of ours that touches nothing. Unlike the plain "ignore", it is not inherited:
    // Ctrl-C reaches the command, and only we go on waiting.
    unsafe { SetConsoleCtrlHandler(Some(taken), TRUE) };
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

unsafe extern "system" fn taken(_event: u32) -> BOOL {
    TRUE
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: &str = "ROLECALL_TEST_WORDS_TO";

    /// In two folders of a PATH, and beside them.
    fn tools() -> (tempfile::TempDir, OsString) {
        let place = tempfile::Builder::new().prefix("Jörg Müller ").tempdir().expect("a folder");
        for name in [
            r"first\cdk",
            r"first\cdk.cmd",
            r"first\cdk.ps1",
            r"first\script.js",
            r"first\no.t\x.cmd",
            r"second\cdk.exe",
            r"second\sam.bat",
            r"second\script.cmd",
            r"second\node.18.exe",
            r"second\where.cmd",
            r"here.cmd",
            r"sub\tool.exe",
            r"sub\tool.cmd",
        ] {
            let file = place.path().join(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
            std::fs::write(file, "").expect("written");
        }
        let folders = ["first", "second"].map(|name| place.path().join(name));
        let path = std::env::join_paths(folders).expect("a PATH");
        (place, path)
    }

    #[test]
    fn programs_are_found_as_cmd_finds_them() {
        let (place, path) = tools();
        let at = |name: &str| place.path().join(name).into_os_string();
        for (name, wanted) in [
            ("cdk", Some(r"first\cdk.cmd")),
            ("CDK.CMD", Some(r"first\cdk.cmd")),
            ("cdk.exe", Some(r"second\cdk.exe")),
            ("sam", Some(r"second\sam.bat")),
            ("script", Some(r"second\script.cmd")),
            ("node.18", Some(r"second\node.18.exe")),
            // One of System32, too.
            ("where", Some(r"second\where.cmd")),
            (r"sub\tool", Some(r"sub\tool.exe")),
            ("sub/tool.cmd", Some(r"sub\tool.cmd")),
            (r".\here", Some("here.cmd")),
            ("here", None),
            ("nothing", None),
            (r"sub\nothing", None),
        ] {
            let found = find_in(name.as_ref(), Some(path.clone()), place.path());
            let wanted = wanted.map_or_else(|| name.into(), at);
            assert_eq!(Path::new(&found), Path::new(&wanted), "{name}");
        }
        let whole = at(r"first\cdk");
        assert_eq!(find_in(&whole, None, place.path()), at(r"first\cdk.cmd"));
    }

    /// Started by the batch file of the next test: writes down what came.
    #[test]
    fn says_its_words() {
        let Some(to) = std::env::var_os(TO) else { return };
        let words: Vec<_> = std::env::args().skip_while(|word| word != "--").skip(1).collect();
        std::fs::write(to, words.join("\n")).expect("written");
    }

    #[test]
    fn arguments_arrive_whole_at_a_batch_file() {
        let (place, _) = tools();
        let program = place.path().join(r"second\tool 1.cmd");
        let this = std::env::current_exe().expect("this program");
        let name = "exec::system::tests::says_its_words";
        let text = format!("@\"{}\" {name} --exact -- %*\r\n", this.display());
        std::fs::write(&program, text).expect("written");
        let to = place.path().join("words");
        let mut words = vec!["deploy", "a b", "a&b", "a^b", "", r"C:\a b\", "ä|ö>x", r#"say "hi""#];
        // std puts a variable that is empty behind each `%`, in a way that Wine's cmd.exe does not know.
        if std::env::var_os("WINEPREFIX").is_none() {
            words.extend(["100%", "%PATH%"]);
        }
        let found = find_in(r"second\tool 1".as_ref(), None, place.path());
        let mut command = Command::new(found);
        let status = command.args(&words).env(TO, &to).status().expect("started");
        assert!(status.success());
        let said = std::fs::read_to_string(&to).expect("words");
        assert_eq!(said.split('\n').collect::<Vec<_>>(), words);
        let refused = Command::new(&program).arg("a\r\nb").status().expect_err("refused");
        assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
    }
}
