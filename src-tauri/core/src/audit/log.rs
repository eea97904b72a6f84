//! The log on the disk: one JSON object a line, only ever added to, in files of a bounded size.

use super::Entry;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// In bytes: a file that would grow beyond it is put aside.
const SIZE_LIMIT: u64 = 1024 * 1024;

/// How many old files are kept: `audit.1.jsonl`, the newest of them, to `audit.5.jsonl`.
const OLD_FILES: u8 = 5;

/// The threads of the one process that writes: no line comes between the look at a file and the write, and no reader
/// meets the files while their names change.
static TURN: Mutex<()> = Mutex::new(());

/// The log in a folder.
#[derive(Debug, Clone)]
pub struct Log {
    folder: PathBuf,
}

impl Log {
    /// In the state folder; nothing is made before the first entry.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The newest file.
    pub fn path(&self) -> PathBuf {
        self.folder.join("audit.jsonl")
    }

    /// Adds an entry at the end, in one write. What a crash left of an earlier line stays a line of its own.
    ///
    /// # Errors
    /// The folder cannot be made, or the file not be written; [`io::ErrorKind::InvalidInput`] where something other
    /// than a file (a link, too) has the file's name.
    pub fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        create_folder(&self.folder)?;
        let path = self.path();
        let size = size(&path)?.unwrap_or(0);
        if size > 0 && size + line.len() as u64 > SIZE_LIMIT {
            // An entry matters more than a file's size: where it cannot be put aside, it grows.
            let _ = self.rotate();
            regular(&path)?;
        }
        let mut file = to_append().open(&path)?;
        if !ends_whole(&mut file)? {
            line.insert(0, b'\n');
        }
        file.write_all(&line)
    }

    /// The newest entries first, without the `skip` newest, at most `limit`; and whether there are older ones. Lines
    /// that cannot be read (torn, or of a newer version) are passed over.
    ///
    /// # Errors
    /// A file that is there cannot be read, or is none.
    pub fn read(&self, skip: usize, limit: usize) -> io::Result<(Vec<Entry>, bool)> {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut skip, mut entries) = (skip, vec![]);
        for path in self.paths() {
            for entry in lines(&path)?.into_iter().rev() {
                if skip > 0 {
                    skip -= 1;
                } else if entries.len() == limit {
                    return Ok((entries, true));
                } else {
                    entries.push(entry);
                }
            }
        }
        Ok((entries, false))
    }

    /// Every entry, the oldest first.
    ///
    /// # Errors
    /// As [`Log::read`].
    pub fn all(&self) -> io::Result<Vec<Entry>> {
        let (mut entries, _) = self.read(0, usize::MAX)?;
        entries.reverse();
        Ok(entries)
    }

    /// The newest file first.
    fn paths(&self) -> impl Iterator<Item = PathBuf> {
        std::iter::once(self.path()).chain((1..=OLD_FILES).map(|number| self.old(number)))
    }

    fn old(&self, number: u8) -> PathBuf {
        self.folder.join(format!("audit.{number}.jsonl"))
    }

    /// Each file takes the place of the next older one; the oldest is gone.
    fn rotate(&self) -> io::Result<()> {
        for number in (1..OLD_FILES).rev() {
            match std::fs::rename(self.old(number), self.old(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        std::fs::rename(self.path(), self.old(1))
    }
}

/// The entries of one file, the oldest first; none where there is no file.
fn lines(path: &Path) -> io::Result<Vec<Entry>> {
    if !regular(path)? {
        return Ok(vec![]);
    }
    let text = std::fs::read(path)?;
    Ok(text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// Whether there is a file of that name; a link, a folder or a pipe is an error, so that none is written or waited for.
fn regular(path: &Path) -> io::Result<bool> {
    size(path).map(|size| size.is_some())
}

/// In bytes; `None` where there is nothing.
fn size(path: &Path) -> io::Result<Option<u64>> {
    match path.symlink_metadata() {
        Ok(found) if found.is_file() => Ok(Some(found.len())),
        Ok(_) => {
            let text = format!("{} is not a file", path.display());
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the last line has its end; an empty file has nothing to end.
fn ends_whole(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn to_append() -> OpenOptions {
    let mut options = File::options();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Door, How, Recorded};
    use crate::profile::ProfileName;
    use crate::role::RoleArn;

    fn entry(profile: &str) -> Entry {
        Entry {
            at: "2026-11-22T08:48:00Z".parse().expect("an instant"),
            profile: ProfileName::new(profile),
            door: Door::CommandLine,
            what: Recorded::Assumed {
                role: RoleArn::parse("arn:aws:iam::111111111111:role/Admin").expect("a role"),
                until: "2026-11-22T16:48:00Z".parse().expect("an instant"),
                access_key_id: "ASIAEXAMPLE".into(),
                how: How::Person,
            },
        }
    }

    fn log() -> (tempfile::TempDir, Log) {
        let folder = tempfile::tempdir().expect("a folder");
        let log = Log::new(folder.path().join("state"));
        (folder, log)
    }

    fn names(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.profile.as_str()).collect()
    }

    #[test]
    fn what_is_recorded_is_read_back() {
        let (_folder, log) = log();
        assert_eq!(log.read(0, 10).expect("no log yet"), (vec![], false));
        let out = Recorded::SignedOut { forgot: true };
        let failed = Recorded::Failed { code: "sign_in.cancelled".into() };
        let entries = [
            entry("a\nb\r\u{2028}\"[]"),
            Entry { what: out, door: Door::Window, ..entry("work") },
            Entry { what: failed, door: Door::Renewal, ..entry("") },
        ];
        for entry in &entries {
            log.append(entry).expect("written");
        }
        assert_eq!(log.all().expect("read"), entries);
        let text = std::fs::read_to_string(log.path()).expect("a file");
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains(r#""door":"window","event":"signed_out","forgot":true}"#), "{text}");
        #[cfg(unix)]
        for (path, mode) in [(log.path(), 0o600), (log.folder.clone(), 0o700)] {
            let metadata = path.metadata().expect("it is there");
            assert_eq!(std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777, mode);
        }
    }

    #[test]
    fn what_cannot_be_read_is_passed_over_and_merged_with_nothing() {
        let whole = serde_json::to_string(&entry("x")).expect("JSON");
        for before in [
            &whole[..40],
            "{}\n\n\n",
            "\u{0}\u{0}\u{0}",
            "[1]",
            &whole.replace("assumed", "renamed_in_2031"),
            &whole.replace("command_line", "watch"),
            &whole.replace(":role/", ":user/"),
            &whole.replace("2026-11-22T08:48:00Z", "yesterday"),
        ] {
            let (_folder, log) = log();
            log.append(&entry("first")).expect("written");
            let mut bytes = std::fs::read(log.path()).expect("a file");
            bytes.extend_from_slice(before.as_bytes());
            bytes.extend_from_slice(b"\xff\xfe");
            std::fs::write(log.path(), &bytes).expect("written");
            log.append(&entry("second")).expect("written");
            assert_eq!(names(&log.all().expect("read")), ["first", "second"], "{before}");
            let after = std::fs::read(log.path()).expect("a file");
            assert!(after.starts_with(&bytes) && after[bytes.len()] == b'\n', "{before}");
        }
    }

    #[test]
    fn a_newer_versions_further_keys_do_no_harm() {
        let (_folder, log) = log();
        log.append(&entry("work")).expect("written");
        let text = std::fs::read_to_string(log.path()).expect("a file");
        std::fs::write(log.path(), text.replacen('{', r#"{"device":"laptop","#, 1)).expect("written");
        assert_eq!(log.all().expect("read"), [entry("work")]);
    }

    #[test]
    fn files_are_put_aside_and_the_oldest_go() {
        let (_folder, log) = log();
        // Ten lines fill a file, but for a little.
        let long = "x".repeat(usize::try_from(SIZE_LIMIT).expect("a size") / 10 - 1000);
        for number in 0..100 {
            log.append(&entry(&format!("{number:03}{long}"))).expect("written");
        }
        let sizes: Vec<_> = log.paths().map(|path| size(&path).expect("a look").expect("a file")).collect();
        assert!(sizes.iter().all(|size| (1..=SIZE_LIMIT).contains(size)), "{sizes:?}");
        assert_eq!(std::fs::read_dir(&log.folder).expect("a folder").count(), 6);
        let numbers = |entries: &[Entry]| {
            let number = |entry: &Entry| entry.profile.as_str()[..3].parse::<usize>().expect("a number");
            entries.iter().map(number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&log.all().expect("read")), (40..100).collect::<Vec<_>>());
        for (skip, limit, wanted, more) in [
            (0, 3, vec![99, 98, 97], true),
            (9, 3, vec![90, 89, 88], true),
            (57, 3, vec![42, 41, 40], false),
            (58, 9, vec![41, 40], false),
            (59, 0, vec![], true),
            (60, 9, vec![], false),
            (usize::MAX, usize::MAX, vec![], false),
        ] {
            let (entries, further) = log.read(skip, limit).expect("read");
            assert_eq!((numbers(&entries), further), (wanted, more), "{skip} {limit}");
        }
    }

    #[test]
    fn a_single_line_may_be_longer_than_a_file() {
        let (_folder, log) = log();
        let long = "x".repeat(usize::try_from(SIZE_LIMIT).expect("a size"));
        for name in ["a", &long, "b"] {
            log.append(&entry(name)).expect("written");
        }
        assert_eq!(names(&log.all().expect("read")), ["a", &long, "b"]);
    }

    #[test]
    fn a_missing_file_in_between_hides_no_older_one() {
        let (_folder, log) = log();
        log.append(&entry("old")).expect("written");
        std::fs::rename(log.path(), log.old(3)).expect("renamed");
        log.append(&entry("new")).expect("written");
        assert_eq!(names(&log.all().expect("read")), ["old", "new"]);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_but_a_file_is_written_or_read() {
        let (folder, log) = log();
        std::fs::create_dir(&log.folder).expect("a folder");
        let other = folder.path().join("other");
        std::fs::write(&other, "theirs").expect("written");
        for target in [&other, &folder.path().join("nothing"), folder.path()] {
            std::os::unix::fs::symlink(target, log.path()).expect("a link");
            let error = log.append(&entry("work")).expect_err("a link");
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(log.read(0, 1).is_err());
            std::fs::remove_file(log.path()).expect("removed");
        }
        assert_eq!(std::fs::read_to_string(other).expect("a file"), "theirs");
        assert!(!folder.path().join("nothing").exists());
    }

    #[test]
    fn threads_take_turns() {
        let (_folder, log) = log();
        let long = "x".repeat(50_000);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (log, long) = (&log, &long);
                scope.spawn(move || {
                    for number in 0..20 {
                        log.append(&entry(&format!("{thread} {number} {long}"))).expect("written");
                        log.read(0, 5).expect("read");
                    }
                });
            }
        });
        assert_eq!(log.all().expect("read").len(), 80);
    }
}
