//! Replaces a file whole or not at all, and does not lose what another program writes to it meanwhile.

mod draft;
mod error;
mod lock;
mod seen;
#[cfg_attr(unix, path = "replace/unix.rs")]
#[cfg_attr(windows, path = "replace/windows.rs")]
mod system;
#[cfg(test)]
mod tests;

pub use error::{FileError, FileProblem, UpdateError};

use draft::Draft;
use lock::Lock;
use seen::{Seen, Since};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a write may wait for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// For the lock, and once more for a file that keeps changing or is held open.
    pub patience: Duration,
    /// A file that changed less than this ago may be half-written: it is read again after as long.
    pub quiet: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self { patience: Duration::from_secs(5), quiet: Duration::from_millis(30) }
    }
}

/// Who may read the file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever might read it before: mode and access list stay.
    AsBefore,
    /// Its owner: if group or others have a right to it, by its mode or its access list, they lose it.
    OwnerOnly,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// False: the edit changed nothing, and nothing was written.
    pub changed: bool,
    /// How often another program wrote at the same time and the edit was made again on its text.
    pub merges: u32,
    /// Another program wrote onto the old file just as it was replaced, and its text could not be merged: it is lost.
    pub lost_foreign_write: bool,
    /// The mode of the file before, if group or others had a right to it and it is its owner's alone now.
    pub narrowed_from: Option<u32>,
    /// The file had another name (a hard link), and there the old text remains.
    pub other_name_remains: bool,
}

/// How long a reader waits for a program that has the file open for itself alone (Windows).
const READ_PATIENCE: Duration = Duration::from_millis(300);

/// The text of a file; None where there is none.
pub fn read(path: &Path) -> Result<Option<String>, FileError> {
    let waits = Waits::default();
    let seen = Seen::read_until(path, waits.quiet, Instant::now() + READ_PATIENCE)?;
    Ok(seen.exists().then_some(seen.text))
}

/// Replaces the text of the file at `path` by `edit` of it; a file that is not there has the text "".
///
/// A link is followed, and what it points to is replaced. Missing folders are made with mode 0700, a missing file with
/// 0600; a file that is there keeps its mode, access list and extended attributes, and its owner where the system
/// allows it. What cannot be kept is not written over. Of several programs that write with this function one waits for
/// the other. `edit` is called again when a program that knows no lock wrote first. Whatever goes wrong before the
/// rename, the file stays as it was.
pub fn update<E>(
    path: &Path,
    waits: Waits,
    edit: impl FnMut(&str) -> Result<String, E>,
) -> Result<Written, UpdateError<E>> {
    update_with_access(path, waits, Access::AsBefore, edit)
}

/// As [`update`]; `access` says who may read the file afterwards.
pub fn update_with_access<E>(
    path: &Path,
    waits: Waits,
    access: Access,
    edit: impl FnMut(&str) -> Result<String, E>,
) -> Result<Written, UpdateError<E>> {
    update_observed(path, waits, access, edit, |_| {})
}

/// The two moments at which a foreign write is noticed by different means; tests write at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    BeforeCheck,
    AfterRename,
}

fn update_observed<E>(
    path: &Path,
    waits: Waits,
    access: Access,
    mut edit: impl FnMut(&str) -> Result<String, E>,
    mut at: impl FnMut(Moment),
) -> Result<Written, UpdateError<E>> {
    let target = follow(path)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    system::create_folders(folder).map_err(|error| FileError::in_folder(folder, &error))?;
    let lock = Lock::take(&target, folder, waits.patience)?;
    if lock.is_exclusive() {
        draft::sweep(&target, folder);
    }
    let deadline = Instant::now() + waits.patience;
    let place = Place { target: &target, folder, waits, access, deadline };
    let mut written = Written::default();
    let mut seen = Seen::read_until(&target, waits.quiet, deadline)?;
    let new = loop {
        let swap = match edit(&seen.text) {
            Ok(new) if new == seen.text => return Ok(written),
            Ok(new) => match place.swap(&seen, &new, &mut at)? {
                Swap::Done { narrowed_from } => {
                    written.narrowed_from = narrowed_from;
                    break new;
                }
                refused => refused,
            },
            // Perhaps half of what another program is writing: then it will change.
            Err(error) => {
                std::thread::sleep(waits.quiet);
                if seen.is_still_at(&target)? {
                    return Err(UpdateError::Edit(error));
                }
                Swap::Overtaken
            }
        };
        let problem = match swap {
            Swap::InUse => FileProblem::InUse,
            _ => FileProblem::Contested,
        };
        if Instant::now() >= deadline {
            return Err(FileError::new(&target, problem).into());
        }
        match swap {
            Swap::InUse => std::thread::sleep(waits.quiet),
            _ => written.merges += 1,
        }
        seen = Seen::read_until(&target, waits.quiet, deadline)?;
    };
    written.other_name_remains = seen.metadata.as_ref().is_some_and(system::has_other_names);
    // From here on the file is written: whatever else happens is told in the result, not as an error.
    written.changed = true;
    match seen.written_since(waits.quiet, deadline) {
        Since::Nothing => {}
        Since::Text(late) if place.merge_late(&late, &new, &mut edit, &mut at) => written.merges += 1,
        Since::Text(_) | Since::Unclear => written.lost_foreign_write = true,
    }
    Ok(written)
}

/// Where a write goes, under the lock.
struct Place<'a> {
    target: &'a Path,
    folder: &'a Path,
    waits: Waits,
    access: Access,
    deadline: Instant,
}

/// What became of one try to replace the file.
enum Swap {
    Done {
        narrowed_from: Option<u32>,
    },
    /// The file is not the one that was read.
    Overtaken,
    InUse,
}

impl Place<'_> {
    /// Replaces the file by one with the text `new`, if it is still the one that was `seen`.
    fn swap(&self, seen: &Seen, new: &str, at: &mut impl FnMut(Moment)) -> Result<Swap, FileError> {
        if seen.is_read_only() {
            return Err(FileError::new(self.target, FileProblem::ReadOnlyFile));
        }
        let draft = Draft::write(self.target, self.folder, new, seen, self.access)?;
        let narrowed_from = draft.narrowed_from();
        if draft.is_younger_than(self.waits.quiet, seen) {
            std::thread::sleep(self.waits.quiet);
        }
        at(Moment::BeforeCheck);
        if !seen.is_still_at(self.target)? {
            return Ok(Swap::Overtaken);
        }
        match draft.replace(self.target, seen) {
            Ok(true) => {}
            Ok(false) => return Ok(Swap::Overtaken),
            Err(error) if system::is_in_use(&error) => return Ok(Swap::InUse),
            Err(error) => return Err(FileError::of(self.target, &error)),
        }
        system::sync_folder(self.folder);
        at(Moment::AfterRename);
        Ok(Swap::Done { narrowed_from })
    }

    /// Makes the edit again on what another program wrote onto the replaced file; false where that text would be lost.
    fn merge_late<E>(
        &self,
        late: &str,
        ours: &str,
        edit: &mut impl FnMut(&str) -> Result<String, E>,
        at: &mut impl FnMut(Moment),
    ) -> bool {
        let (Ok(new), Ok(mut seen)) = (edit(late), Seen::read(self.target)) else { return false };
        // Somebody has written on ours already: the two cannot be put together.
        if seen.text != ours {
            return false;
        }
        new == ours
            || matches!(self.swap(&seen, &new, at), Ok(Swap::Done { .. }))
                && seen.written_since(self.waits.quiet, self.deadline) == Since::Nothing
    }
}

/// Whether group or others have a right to the file, by its mode or its access list.
pub fn is_open_to_others(path: &Path) -> bool {
    system::is_open_to_others(path)
}

/// Where the last of a chain of links points to, whether or not something is there.
fn follow(path: &Path) -> Result<PathBuf, FileError> {
    let mut target = path.to_owned();
    for _ in 0..40 {
        match target.symlink_metadata() {
            Ok(found) if found.is_symlink() => {
                let next = target.read_link().map_err(|error| FileError::of(&target, &error))?;
                target = target.parent().unwrap_or(Path::new("")).join(next);
            }
            Ok(_) => return Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(target),
            Err(error) => return Err(FileError::of(&target, &error)),
        }
    }
    Err(FileError::new(path, FileProblem::LinkLoop))
}
