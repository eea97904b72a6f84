//! The person's AppData; the pipe's name is made from the folder, so that each person (and each test) has their own.

use super::Folders;
use std::path::{Path, PathBuf};

pub(super) fn find(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<Folders> {
    let home = || variable("USERPROFILE");
    let local = variable("LOCALAPPDATA").or_else(|| Some(home()?.join("AppData/Local")))?.join("Rolecall");
    let named = canonical_spelling(&local);
    let roaming = variable("APPDATA").or_else(|| Some(home()?.join("AppData/Roaming")))?.join("Rolecall");
    Some(Folders {
        socket: PathBuf::from(format!(r"\\.\pipe\rolecall-{:016x}", fnv1a(&named))),
        run: local.join("run"),
        service: local.join("run"),
        state: local.join("state"),
        config: roaming,
        data: local.join("data"),
    })
}

/// One folder has one name for the pipe, however the environment spells it: in another case, with other separators, in
/// short names or through a link. The folder above ours is there as long as the person is logged in.
fn canonical_spelling(local: &Path) -> String {
    let above = local.parent().unwrap_or(local);
    let above = std::fs::canonicalize(above).unwrap_or_else(|_| above.to_owned());
    // The file system folds letters by rules of its own; what differs only by those of other alphabets stays apart.
    let text = above.join("rolecall").to_string_lossy().replace('/', r"\").to_lowercase();
    let text = text.strip_prefix(r"\\?\").unwrap_or(&text);
    text.split('\\').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(r"\")
}

/// FNV-1a, 64 bits: only to make a short name of a long path.
fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipe(local: &str) -> PathBuf {
        find(&|name| (name != "APPDATA").then(|| PathBuf::from(local))).expect("folders").socket
    }

    #[test]
    fn one_folder_has_one_pipe_however_it_is_spelled() {
        let folder = tempfile::tempdir().expect("a folder");
        let usual = folder.path().to_str().expect("text");
        for spelling in
            [usual.to_uppercase(), usual.replace('\\', "/"), format!(r"{usual}\"), format!(r"{usual}\.")]
        {
            assert_eq!(pipe(&spelling), pipe(usual), "{spelling}");
        }
        let other = tempfile::tempdir().expect("another folder");
        assert_ne!(pipe(other.path().to_str().expect("text")), pipe(usual));
        // Not there yet: by its text.
        assert_eq!(pipe(r"C:\No\Such\"), pipe("c:/no/such"));
    }
}
