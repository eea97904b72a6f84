//! No space, no rights: a typed problem, the file as it was, nothing left behind.

use super::child::{whole, writer};
use super::kill::drafts;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

#[test]
fn no_space_for_the_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let before = format!("{}\n{}", "# a comment that fills some blocks\n".repeat(500), whole(3));
    fs::write(&file, &before).unwrap();
    // A limit on the size of files stands for a full disk: both fail in the midst of a write.
    let writer = writer(&std::env::current_exe().unwrap(), &file, false);
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]).arg(writer.get_program());
    limited.args(writer.get_args()).envs(writer.get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert_eq!(said(&mut limited), "problem: Full");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    assert_eq!(drafts(folder.path()), 0);
}

#[test]
fn a_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    let file = closed.join("credentials");
    fs::create_dir(&closed).unwrap();
    fs::write(&file, whole(3)).unwrap();
    // Root may write anywhere: where the tests run as root, the writer is somebody else, with a program that he can read.
    let program = folder.path().join("writer");
    // Copied by another process: a child that another test starts could inherit our handle, and keep the program busy.
    assert!(
        Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&program).status().unwrap().success()
    );
    for (path, mode) in [(folder.path(), 0o755), (&program, 0o755), (&file, 0o666), (&closed, 0o555)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut writer = writer(&program, &file, false);
    if is_root(&file) {
        writer.uid(65_534).gid(65_534).current_dir("/");
    }
    assert_eq!(said(&mut writer), "problem: ReadOnlyFolder");
    assert_eq!(fs::read_to_string(&file).unwrap(), whole(3));
    assert_eq!(fs::read_dir(&closed).unwrap().count(), 1);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

fn is_root(own_file: &Path) -> bool {
    fs::metadata(own_file).unwrap().uid() == 0
}

/// The line in which the writer says what came of it.
fn said(writer: &mut Command) -> String {
    let output = writer.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.starts_with("problem: ") || line.starts_with("Ok("));
    line.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr))).to_owned()
}
