//! A file is replaced whole or not at all, on every system; what only Unix has is in the module at the end.

use super::*;
use std::fs;

const WAITS: Waits = Waits { patience: Duration::from_secs(30), quiet: Duration::from_millis(1) };

/// Adds the line `ours`; refuses a text with the word `broken`.
fn add_ours(text: &str) -> Result<String, String> {
    match text {
        text if text.contains("broken") => Err("broken".to_owned()),
        text if text.contains("ours\n") => Ok(text.to_owned()),
        text => Ok(format!("{text}ours\n")),
    }
}

/// A folder with the file `credentials`, if it shall have a text.
fn folder(text: Option<&str>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
    }
    (folder, path)
}

fn problem<T: std::fmt::Debug, E: std::fmt::Debug>(result: Result<T, UpdateError<E>>) -> FileProblem {
    match result {
        Err(UpdateError::File(error)) => error.problem,
        other => panic!("no problem with the file: {other:?}"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const BESIDE: &str = ".credentials.rolecall.lock";

#[test]
fn a_file_is_made_and_changed_and_then_left_alone() {
    let (folder, _) = folder(None);
    let path = folder.path().join("new/.aws/credentials");
    assert_eq!(read(&path), Ok(None));
    let made = update(&path, WAITS, add_ours).unwrap();
    assert_eq!(made, Written { changed: true, ..Written::default() });
    assert_eq!(read(&path), Ok(Some("ours\n".to_owned())));
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(update(&path, WAITS, add_ours), Ok(Written::default()), "nothing to write");
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    assert_eq!(names(path.parent().unwrap()), [BESIDE, "credentials"]);
}

#[test]
fn an_edit_that_says_no_leaves_the_file() {
    let (folder, path) = folder(Some("broken"));
    assert_eq!(update(&path, WAITS, add_ours), Err(UpdateError::Edit("broken".to_owned())));
    assert_eq!(fs::read(&path).unwrap(), b"broken");
    assert_eq!(names(folder.path()), [BESIDE, "credentials"]);
}

#[test]
fn what_others_write_before_the_rename_is_merged() {
    type Foreign = fn(&Path);
    let cases: [(&str, Option<&str>, Foreign, &str); 5] = [
        ("in place", Some("a\n"), |path| fs::write(path, "a\nb\n").unwrap(), "a\nb\nours\n"),
        ("same length", Some("a\n"), |path| fs::write(path, "b\n").unwrap(), "b\nours\n"),
        (
            "by rename",
            Some("a\n"),
            |path| {
                fs::write(path.with_extension("x"), "c\n").unwrap();
                fs::rename(path.with_extension("x"), path).unwrap();
            },
            "c\nours\n",
        ),
        ("first", None, |path| fs::write(path, "d\n").unwrap(), "d\nours\n"),
        ("away", Some("a\n"), |path| fs::remove_file(path).unwrap(), "ours\n"),
    ];
    for (name, before, foreign, after) in cases {
        let (_folder, path) = folder(before);
        let mut once = true;
        let written = update_observed(&path, WAITS, Access::AsBefore, add_ours, |moment| {
            if moment == Moment::BeforeCheck && std::mem::take(&mut once) {
                foreign(&path);
            }
        });
        assert_eq!(
            written,
            Ok(Written { changed: true, merges: 1, lost_foreign_write: false, ..Written::default() }),
            "{name}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), after, "{name}");
    }
}

#[test]
fn a_half_written_text_is_read_again() {
    let (_folder, path) = folder(Some("broken"));
    let mut calls = 0;
    let written = update(&path, WAITS, |text| {
        calls += 1;
        if calls == 1 {
            fs::write(&path, "whole\n").unwrap();
        }
        add_ours(text)
    });
    assert_eq!((written.unwrap().merges, calls), (1, 2));
    assert_eq!(fs::read(&path).unwrap(), b"whole\nours\n");
}

#[test]
fn a_file_made_in_the_last_moment_is_not_replaced() {
    let (folder, path) = folder(None);
    let seen = Seen::read(&path).unwrap();
    let draft = Draft::write(&path, folder.path(), "ours", &seen, Access::AsBefore).unwrap();
    fs::write(&path, "theirs").unwrap();
    assert!(!draft.replace(&path, &seen).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    assert_eq!(names(folder.path()), ["credentials"]);
}

#[test]
fn a_file_that_never_rests_is_left_to_the_others() {
    let (folder, path) = folder(Some("0\n"));
    let mut count = 0;
    let waits = Waits { patience: Duration::ZERO, ..WAITS };
    let contested = update_observed(&path, waits, Access::AsBefore, add_ours, |_| {
        count += 1;
        fs::write(&path, format!("{count}\n")).unwrap();
    });
    assert_eq!(problem(contested), FileProblem::Contested);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{count}\n"));
    assert_eq!(names(folder.path()), [BESIDE, "credentials"]);
}

#[test]
fn one_waits_for_the_lock_of_another() {
    let (folder, path) = folder(Some("a\n"));
    let lock = Lock::take(&path, folder.path(), Duration::ZERO).unwrap();
    let waits = Waits { patience: Duration::ZERO, ..WAITS };
    assert_eq!(problem(update(&path, waits, add_ours)), FileProblem::Locked);
    assert_eq!(fs::read(&path).unwrap(), b"a\n");
    drop(lock);
    assert!(update(&path, waits, add_ours).unwrap().changed);
}

#[test]
fn drafts_of_the_dead_are_removed() {
    let (folder, path) = folder(Some("a\n"));
    let names_before =
        [".credentials.rolecall.Ab12.tmp", ".config.rolecall.Ab12.tmp", "credentials.rolecall.tmp"];
    for name in names_before {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    update(&path, WAITS, add_ours).unwrap();
    assert_eq!(names(folder.path()), [names_before[1], BESIDE, "credentials", names_before[2]]);
}

#[test]
fn what_is_no_text_file_is_refused() {
    let (folder, path) = folder(None);
    fs::write(&path, b"a\nsecret\xff\n").unwrap();
    let refused = update(&path, WAITS, add_ours);
    assert!(!format!("{refused:?}").contains("secret"));
    assert_eq!(problem(refused), FileProblem::NotUtf8 { line: 2 });
    assert_eq!(read(&path).unwrap_err().problem, FileProblem::NotUtf8 { line: 2 });
    let below = folder.path().join("sub");
    fs::create_dir(&below).unwrap();
    assert_eq!(problem(update(&below, WAITS, add_ours)), FileProblem::NotAFile);
}

#[test]
fn a_read_only_file_stays() {
    let (folder, path) = folder(Some("a\n"));
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions.clone()).unwrap();
    assert_eq!(problem(update(&path, WAITS, add_ours)), FileProblem::ReadOnlyFile);
    assert_eq!(fs::read(&path).unwrap(), b"a\n");
    assert_eq!(names(folder.path()), [BESIDE, "credentials"]);
    #[expect(clippy::permissions_set_readonly_false, reason = "Windows does not remove a read-only file")]
    permissions.set_readonly(false);
    fs::set_permissions(&path, permissions).unwrap();
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn modes_are_private_or_kept() {
        let (folder, _) = folder(None);
        let path = folder.path().join("a/b/credentials");
        update(&path, WAITS, add_ours).unwrap();
        let made = ["a", "a/b", "a/b/credentials", &format!("a/b/{BESIDE}")]
            .map(|name| mode(&folder.path().join(name)));
        assert_eq!(made, [0o700, 0o700, 0o600, 0o600]);
        for kept in [0o600, 0o644, 0o664, 0o200] {
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(kept)).unwrap();
            match update(&path, WAITS, add_ours) {
                Ok(_) => assert_eq!(mode(&path), kept),
                // Who is not root cannot read it.
                Err(_) => assert_eq!(kept, 0o200),
            }
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn with_mode(mode: u32) -> (tempfile::TempDir, PathBuf) {
        let (folder, path) = folder(Some("a\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn rights_of_others_end_where_only_the_owner_may_read() {
        for (before, after, from) in [
            (0o600, 0o600, None),
            (0o700, 0o700, None),
            (0o644, 0o600, Some(0o644)),
            (0o640, 0o600, Some(0o640)),
            (0o604, 0o600, Some(0o604)),
            (0o620, 0o600, Some(0o620)),
            (0o777, 0o600, Some(0o777)),
        ] {
            let (_folder, path) = with_mode(before);
            assert_eq!(is_open_to_others(&path), from.is_some(), "{before:o}");
            let written = update_with_access(&path, WAITS, Access::OwnerOnly, add_ours).unwrap();
            assert_eq!((mode(&path), written.narrowed_from), (after, from), "{before:o}");
            let again = update_with_access(&path, WAITS, Access::OwnerOnly, |text: &str| {
                Ok::<_, String>(format!("{text}more\n"))
            });
            assert_eq!(again.unwrap().narrowed_from, None, "said once");
        }
        let (_folder, path) = with_mode(0o644);
        update_with_access(&path, WAITS, Access::AsBefore, add_ours).unwrap();
        assert_eq!(mode(&path), 0o644);
    }

    #[test]
    fn a_second_name_keeps_the_old_text_and_that_is_said() {
        let (folder, path) = folder(Some("a\n"));
        let other = folder.path().join("other");
        fs::hard_link(&path, &other).unwrap();
        assert!(update(&path, WAITS, add_ours).unwrap().other_name_remains);
        assert_eq!(fs::read(&other).unwrap(), b"a\n");
        let again = update(&path, WAITS, |text: &str| Ok::<_, String>(format!("{text}more\n"))).unwrap();
        assert!(!again.other_name_remains, "said once");
    }

    #[test]
    fn links_are_followed_and_stay() {
        let (folder, real) = folder(Some("a\n"));
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("links")).unwrap();
        symlink("../credentials", at("links/one")).unwrap();
        symlink(at("links/one"), at("two")).unwrap();
        symlink("new/credentials", at("dangling")).unwrap();
        symlink("round", at("round")).unwrap();
        update(&at("two"), WAITS, add_ours).unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"a\nours\n");
        assert_eq!(read(&at("dangling")), Ok(None));
        update(&at("dangling"), WAITS, add_ours).unwrap();
        assert_eq!(fs::read(at("new/credentials")).unwrap(), b"ours\n");
        assert_eq!(problem(update(&at("round"), WAITS, add_ours)), FileProblem::LinkLoop);
        for link in ["links/one", "two", "dangling", "round"] {
            assert!(at(link).symlink_metadata().unwrap().is_symlink(), "{link}");
        }
    }

    #[test]
    fn a_pipe_is_not_opened() {
        let (_folder, path) = folder(None);
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(problem(update(&path, WAITS, add_ours)), FileProblem::NotAFile);
    }

    /// A program that opened the file before the rename and writes after it: onto a file that has no name any more.
    fn update_with_late_writer(late: &str) -> (Result<Written, UpdateError<String>>, String) {
        let (_folder, path) = folder(Some("a\n"));
        let mut foreign = None;
        let mut late = Some(late);
        let waits = Waits { patience: Duration::from_millis(500), ..WAITS };
        let written = update_observed(&path, waits, Access::AsBefore, add_ours, |moment| {
            match (moment, &mut foreign) {
                (Moment::BeforeCheck, None) => {
                    foreign = Some(fs::File::options().write(true).open(&path).unwrap())
                }
                (Moment::AfterRename, Some(file)) => {
                    if let Some(late) = late.take() {
                        file.set_len(0).unwrap();
                        file.write_all(late.as_bytes()).unwrap();
                    }
                }
                _ => {}
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        (written, text)
    }

    #[test]
    fn what_others_write_onto_the_old_file_is_merged_or_reported() {
        let merged = Written { changed: true, merges: 1, lost_foreign_write: false, ..Written::default() };
        let lost = Written { changed: true, merges: 0, lost_foreign_write: true, ..Written::default() };
        assert_eq!(update_with_late_writer("a\nlate\n"), (Ok(merged), "a\nlate\nours\n".to_owned()));
        assert_eq!(
            update_with_late_writer(""),
            (Ok(lost), "a\nours\n".to_owned()),
            "emptied, and nothing more"
        );
        let (written, text) = update_with_late_writer("broken");
        assert!(written.unwrap().lost_foreign_write);
        assert_eq!(text, "a\nours\n");
    }

    #[test]
    fn a_file_that_changed_just_now_is_waited_for() {
        let (folder, path) = folder(Some("a\n"));
        let seen = Seen::read(&path).unwrap();
        let draft = Draft::write(&path, folder.path(), "ours", &seen, Access::AsBefore).unwrap();
        assert!(draft.is_younger_than(Duration::from_secs(60), &seen));
        fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        assert!(!draft.is_younger_than(Duration::from_secs(60), &Seen::read(&path).unwrap()));
    }
}

/// What a file has beside its mode.
#[cfg(target_os = "linux")]
mod attributes {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    const LIST: &str = "system.posix_acl_access";
    const DEFAULT_LIST: &str = "system.posix_acl_default";
    const FRIEND: u32 = 60_001;
    const STRANGER: u32 = 60_002;
    const GROUP: u32 = 60_003;

    /// The owner may read and write, others nothing.
    fn list(friend: u16, group: u16, mask: u16) -> Vec<u8> {
        const NOBODY: u32 = u32::MAX;
        let entries: [(u16, u16, u32); 5] = [
            (0x01, 6, NOBODY),
            (0x02, friend, FRIEND),
            (0x04, group, NOBODY),
            (0x10, mask, NOBODY),
            (0x20, 0, NOBODY),
        ];
        let entries = entries.iter().flat_map(|(tag, rights, id)| {
            [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
        });
        2_u32.to_le_bytes().into_iter().chain(entries).collect()
    }

    /// A file below a folder that everybody may look into; None where its file system has no such attribute.
    fn with(attribute: &str, value: &[u8]) -> Option<(tempfile::TempDir, PathBuf)> {
        let places = [std::env::temp_dir(), PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
        let found = places.iter().find_map(|place| {
            let folder = tempfile::tempdir_in(place).unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
            let path = folder.path().join("credentials");
            fs::write(&path, "a\n").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            xattr::set(&path, attribute, value).ok().map(|()| (folder, path))
        });
        if found.is_none() {
            println!("left out: no file system here keeps {attribute}");
        }
        found
    }

    /// Whether this user, with this group alone, can read it. Only root can ask.
    fn can_read(path: &Path, user: u32, group: u32) -> bool {
        let mut cat = Command::new("cat");
        cat.arg(path).uid(user).gid(group).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        cat.status().unwrap().success()
    }

    fn is_root(path: &Path) -> bool {
        let root = fs::metadata(path).unwrap().uid() == 0;
        if !root {
            println!("left out: only root can read as somebody else");
        }
        root
    }

    #[test]
    fn an_access_list_stays_and_its_mask_becomes_nobodys_right() {
        let before = list(4, 0, 4);
        let Some((_folder, path)) = with(LIST, &before) else { return };
        let root = is_root(&path);
        if root {
            chown(&path, None, Some(GROUP)).unwrap();
            assert!(can_read(&path, FRIEND, FRIEND) && !can_read(&path, STRANGER, GROUP));
        }
        update(&path, WAITS, add_ours).unwrap();
        assert_eq!(xattr::get(&path, LIST).unwrap(), Some(before));
        assert!(is_open_to_others(&path));
        if root {
            assert!(can_read(&path, FRIEND, FRIEND), "who was allowed");
            assert!(!can_read(&path, STRANGER, GROUP), "who was denied");
        }
    }

    /// A pipe takes a mode, and no access list: what it has when that fails is what a draft has before its list.
    #[test]
    fn a_draft_gives_its_group_nothing_before_it_has_its_access_list() {
        let Some((_folder, path)) = with(LIST, &list(4, 0, 4)) else { return };
        let seen = Seen::read(&path).unwrap();
        let (_reader, writer) = std::io::pipe().unwrap();
        let draft = fs::File::from(std::os::fd::OwnedFd::from(writer));
        draft.set_permissions(fs::Permissions::from_mode(0o600)).unwrap();
        let given = system::give_access(&draft, seen.watched(), seen.metadata.as_ref(), Access::AsBefore);
        assert!(given.is_err());
        assert_eq!(draft.metadata().unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn an_access_list_that_lets_others_read_goes_where_only_the_owner_may() {
        let Some((_folder, path)) = with(LIST, &list(4, 4, 4)) else { return };
        let written = update_with_access(&path, WAITS, Access::OwnerOnly, add_ours).unwrap();
        assert_eq!(written.narrowed_from, Some(0o640));
        assert_eq!(xattr::get(&path, LIST).unwrap(), None);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        if is_root(&path) {
            assert!(!can_read(&path, FRIEND, FRIEND) && !can_read(&path, STRANGER, 0));
        }
    }

    #[test]
    fn an_access_list_that_lets_nobody_read_stays() {
        for before in [list(4, 4, 0), list(0, 0, 6)] {
            let Some((_folder, path)) = with(LIST, &before) else { return };
            assert!(!is_open_to_others(&path));
            let written = update_with_access(&path, WAITS, Access::OwnerOnly, add_ours).unwrap();
            assert_eq!(written.narrowed_from, None);
            assert_eq!(xattr::get(&path, LIST).unwrap(), Some(before));
        }
    }

    #[test]
    fn a_list_that_the_folder_hands_down_is_not_taken() {
        let Some((folder, path)) = with("user.probe", b"1") else { return };
        if xattr::set(folder.path(), DEFAULT_LIST, &list(6, 6, 6)).is_err() {
            return println!("left out: no file system here keeps {DEFAULT_LIST}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        update(&path, WAITS, add_ours).unwrap();
        assert_eq!(xattr::get(&path, LIST).unwrap(), None);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        let new = folder.path().join("new/credentials");
        update(&new, WAITS, add_ours).unwrap();
        assert!(!is_open_to_others(&new));
        if is_root(&path) {
            assert!(!can_read(&path, FRIEND, FRIEND) && !can_read(&new, FRIEND, FRIEND));
        }
    }

    #[test]
    fn other_attributes_stay_whoever_may_read() {
        for access in [Access::AsBefore, Access::OwnerOnly] {
            let Some((_folder, path)) = with("user.note", b"mine\0\xff") else { return };
            xattr::set(&path, "user.empty", b"").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            update_with_access(&path, WAITS, access, add_ours).unwrap();
            assert_eq!(xattr::get(&path, "user.note").unwrap().as_deref(), Some(&b"mine\0\xff"[..]));
            assert_eq!(xattr::get(&path, "user.empty").unwrap().as_deref(), Some(&b""[..]));
        }
    }
}

#[cfg(windows)]
mod windows {
    use super::*;
    use std::os::windows::fs::{MetadataExt as _, OpenOptionsExt as _};

    /// A backup or a virus scanner has the file for itself for a moment: it is read again, and written.
    #[test]
    fn a_file_that_another_has_for_itself_is_waited_for() {
        let (_folder, path) = folder(Some("a\n"));
        let alone = || fs::OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        let waits = Waits { patience: Duration::ZERO, ..WAITS };
        let held = alone();
        assert_eq!(problem(update(&path, waits, add_ours)), FileProblem::InUse);
        assert_eq!(read(&path).unwrap_err().problem, FileProblem::InUse);
        drop(held);
        let mut held = Some(alone());
        let (locked, writes) = (path.clone(), std::sync::mpsc::channel::<()>());
        let writer = std::thread::spawn(move || {
            writes.0.send(()).unwrap();
            update(&locked, WAITS, add_ours)
        });
        writes.1.recv().unwrap();
        drop(held.take());
        assert!(writer.join().unwrap().unwrap().changed);
        assert_eq!(read(&path), Ok(Some("a\nours\n".to_owned())));
    }

    #[test]
    fn what_is_hidden_stays_hidden_and_no_file_stays_temporary() {
        const HIDDEN: u32 = 2;
        const TEMPORARY: u32 = 0x100;
        let (_folder, path) = folder(None);
        fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .attributes(HIDDEN)
            .open(&path)
            .unwrap();
        update(&path, WAITS, add_ours).unwrap();
        let attributes = fs::metadata(&path).unwrap().file_attributes();
        assert_eq!(attributes & (HIDDEN | TEMPORARY), HIDDEN);
    }

    #[test]
    fn a_file_that_a_reader_holds_open_is_waited_for() {
        // It shares the file for reading and writing, and not for being replaced; Rust's own `File::open` shares it all.
        const READ_AND_WRITE: u32 = 3;
        let (folder, path) = folder(Some("a\n"));
        let reader = fs::OpenOptions::new().read(true).share_mode(READ_AND_WRITE).open(&path).unwrap();
        let waits = Waits { patience: Duration::ZERO, ..WAITS };
        assert_eq!(problem(update(&path, waits, add_ours)), FileProblem::InUse);
        // Wine's ReplaceFileW makes a file of its own first, as that of Windows does.
        assert_eq!(names(folder.path()), [BESIDE, "credentials"]);
        let mut reader = Some(reader);
        let mut tries = 0;
        let written = update_observed(&path, WAITS, Access::AsBefore, add_ours, |moment| {
            tries += u32::from(moment == Moment::BeforeCheck);
            if tries == 3 {
                reader = None;
            }
        });
        assert_eq!((written, tries), (Ok(Written { changed: true, ..Written::default() }), 3));
        assert_eq!(fs::read(&path).unwrap(), b"a\nours\n");
    }

    /// Of a replace in the middle of which the power went: it may be all that is left of a file.
    #[test]
    fn an_old_text_that_was_there_before_stays() {
        let (folder, path) = folder(Some("a\n"));
        let left = folder.path().join("credentials~RF1a2b3c.TMP");
        fs::write(&left, "old\n").unwrap();
        let reader = fs::OpenOptions::new().read(true).share_mode(3).open(&path).unwrap();
        let waits = Waits { patience: Duration::ZERO, ..WAITS };
        assert_eq!(problem(update(&path, waits, add_ours)), FileProblem::InUse);
        drop(reader);
        update(&path, WAITS, add_ours).unwrap();
        assert_eq!(fs::read_to_string(left).unwrap(), "old\n");
    }

    /// Somebody reads all the time, as SDKs do: what they read is always whole, and everything arrives.
    #[test]
    fn two_hundred_replaces_with_a_reader_in_the_way() {
        const TIMES: usize = 200;
        let (_folder, path) = folder(Some("a\n"));
        let theirs = path.clone();
        let (over_to, over) = std::sync::mpsc::channel::<()>();
        let reader = std::thread::spawn(move || {
            let (mut reads, mut longest) = (0, 0);
            while over.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                // Between its two moves Windows may say that it is in use, as it may to us.
                if let Ok(text) = fs::read_to_string(&theirs) {
                    assert!(text.starts_with("a\n") && text.ends_with('\n'), "half a file: {text:?}");
                    assert!(text.len() >= longest, "an older file");
                    (reads, longest) = (reads + 1, text.len());
                }
                // Between two looks others have their turn.
                std::thread::sleep(Duration::from_millis(1));
            }
            reads
        });
        for _ in 0..TIMES {
            let more = |text: &str| Ok::<_, String>(format!("{text}ours\n"));
            assert!(update(&path, WAITS, more).expect("written").changed);
        }
        drop(over_to);
        assert!(reader.join().expect("whole files") > 0);
        assert_eq!(fs::read_to_string(&path).unwrap().matches("ours\n").count(), TIMES);
    }

    #[test]
    fn paths_with_umlauts_and_spaces_and_of_more_than_three_hundred_characters() {
        let (folder, _) = folder(None);
        let long = (0..12)
            .fold(folder.path().join("Jörg Müller"), |path, n| path.join(format!("{n}{}", "ö".repeat(29))));
        let path = long.join(".aws").join("credentials");
        assert!(path.as_os_str().len() > 300);
        update(&path, WAITS, add_ours).expect("written");
        update(&path, WAITS, |text: &str| Ok::<_, String>(format!("{text}more\n"))).expect("written again");
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours\nmore\n");
    }
}
