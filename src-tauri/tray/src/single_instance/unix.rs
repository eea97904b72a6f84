//! Unix: a lock that depends on the home alone, and a socket where the session keeps such things, whose address is
//! written beside the lock.

use super::InstanceError;
use crate::lock::{Lock, LockError};
use crate::socket;
use interprocess::local_socket::tokio::Listener;
use rolecall_client::service_address::{ServiceFiles, belongs_to_another_home, home_file, home_text};
use rolecall_core::fnv1a::fnv1a;
use rolecall_core::folders::Folders;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

pub(crate) struct SingleInstance {
    folders: Folders,
    files: ServiceFiles,
    /// `None` where the home cannot be written to: then the run folder's lock must do.
    lock: Option<Lock>,
    place: Place,
    /// What the socket is known by while it is there.
    bound: Option<(u64, u64)>,
    /// The home's lock was removed and cannot be made again (a full disk): then the run folder's must do, as without one.
    lost: bool,
    /// Whether the home says where we listen. On a full disk it cannot.
    written: bool,
    crashed: bool,
}

/// A run folder that is ours.
struct Place {
    run: PathBuf,
    lock: Lock,
}

impl Place {
    fn socket(&self) -> PathBuf {
        self.run.join("socket")
    }
}

impl SingleInstance {
    /// # Errors
    /// Another one runs, or there is no folder for a socket.
    pub(crate) fn acquire(folders: &Folders) -> Result<Self, InstanceError> {
        let files = ServiceFiles::of(folders);
        let lock = match lock_of_the_home(folders, &files) {
            Ok(lock) => Some(lock),
            Err(LockError::AlreadyRunning) => return Err(LockError::AlreadyRunning.into()),
            Err(LockError::Io(_)) => None,
        };
        let place = place(folders)?;
        let now = boot();
        let crashed = lock.is_some()
            && !now.is_empty()
            && std::fs::read_to_string(&files.running).is_ok_and(|boot| boot == now);
        if lock.is_some() {
            let _ = write(&files.running, &now);
        }
        let folders = folders.clone();
        Ok(Self { folders, files, lock, place, bound: None, lost: false, written: false, crashed })
    }

    /// Whether one could run here. It changes no file that a service goes by: one may be running, or begin.
    ///
    /// # Errors
    /// As [`SingleInstance::acquire`] and [`SingleInstance::listen`].
    pub(crate) fn check(folders: &Folders) -> Result<(), InstanceError> {
        let _home = match lock_of_the_home(folders, &ServiceFiles::of(folders)) {
            Err(LockError::AlreadyRunning) => return Err(LockError::AlreadyRunning.into()),
            home => home,
        };
        let place = place(folders)?;
        // No longer than the socket's own name: paths of sockets are limited.
        let socket = place.run.join("check");
        let listener = socket::bind(&socket)
            .map_err(|error| InstanceError::Io { what: socket.display().to_string(), error })?;
        drop(listener);
        let _ = std::fs::remove_file(&socket);
        Ok(())
    }

    pub(crate) fn run_folder(&self) -> &Path {
        &self.place.run
    }

    /// Binds the socket and writes down where it is.
    ///
    /// # Errors
    /// The system's own.
    pub(crate) fn listen(&mut self) -> Result<Listener, InstanceError> {
        let socket = self.place.socket();
        let io = |error| InstanceError::Io { what: socket.display().to_string(), error };
        let listener = socket::bind(&socket).map_err(io)?;
        self.bound = identity(&socket);
        let _ = write(&home_file(&self.place.run), &home_text(&self.folders));
        self.written = self.lock.is_some() && !self.lost && self.write_address(&socket);
        Ok(listener)
    }

    /// Whether the home says it afterwards.
    fn write_address(&self, socket: &Path) -> bool {
        let (file, text) = (&self.files.address, format!("{}\n", socket.display()));
        if std::fs::read_to_string(file).is_ok_and(|there| there == text) {
            return true;
        }
        let new = file.with_extension("address.new");
        let written = write(&new, &text).and_then(|()| std::fs::rename(&new, file));
        if let Err(error) = &written {
            tracing::warn!("{}: {error}", file.display());
            let _ = std::fs::remove_file(&new);
            // An earlier one's would lead elsewhere.
            let _ = std::fs::remove_file(file);
        }
        written.is_ok()
    }

    /// Whose loss is to be noticed.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = vec![self.place.socket()];
        if self.lock.is_some() && !self.lost {
            files.extend([self.files.lock.clone(), self.files.address.clone()]);
        }
        files
    }

    /// Whether clients still find the socket that we listen at, and other services the lock that we hold.
    pub(crate) fn is_intact(&self) -> bool {
        let socket = self.place.socket();
        let address = || std::fs::read_to_string(&self.files.address).unwrap_or_default();
        self.bound.is_some()
            && identity(&socket) == self.bound
            && self.place.lock.is_at(&self.place.run.join("lock"))
            && (self.lost || self.lock.as_ref().is_none_or(|lock| lock.is_at(&self.files.lock)))
            && (!self.written || address().trim_end() == socket.to_string_lossy())
    }

    /// Locks and binds anew what somebody has removed.
    ///
    /// # Errors
    /// Another service has begun in the meantime, or there is no folder for a socket any more.
    pub(crate) fn restore(&mut self) -> Result<Listener, InstanceError> {
        if self.lock.as_ref().is_some_and(|lock| !lock.is_at(&self.files.lock)) {
            match lock_of_the_home(&self.folders, &self.files) {
                Ok(lock) => {
                    (self.lock, self.lost) = (Some(lock), false);
                    let _ = write(&self.files.running, &boot());
                }
                Err(LockError::AlreadyRunning) => return Err(LockError::AlreadyRunning.into()),
                // Clients still find us by the run folder.
                Err(LockError::Io(error)) => {
                    self.lost = true;
                    tracing::warn!("the lock cannot be made anew: {error}");
                }
            }
        } else {
            self.lost = false;
        }
        if !self.place.lock.is_at(&self.place.run.join("lock")) {
            self.place = place(&self.folders)?;
        }
        self.listen()
    }

    /// The one before us ended without a word, since the computer was started.
    pub(crate) fn earlier_one_crashed(&self) -> bool {
        self.crashed
    }

    /// A clean end. The locks go last: who comes next finds nothing of ours.
    pub(crate) fn finish(&self) {
        if self.is_intact() {
            let _ = std::fs::remove_file(self.place.socket());
            let _ = std::fs::remove_file(home_file(&self.place.run));
        }
        if self.lock.as_ref().is_some_and(|lock| lock.is_at(&self.files.lock)) {
            let _ = std::fs::remove_file(&self.files.address);
            let _ = std::fs::remove_file(&self.files.running);
        }
    }
}

fn lock_of_the_home(folders: &Folders, files: &ServiceFiles) -> Result<Lock, LockError> {
    socket::prepare_folder(&folders.service)?;
    Lock::take(&files.lock)
}

/// The usual run folder; where that is another home's, or cannot be made, one beside it or in the home.
fn place(folders: &Folders) -> Result<Place, InstanceError> {
    let beside = folders.run.with_file_name(format!("rolecall-{}", short_name(&home_text(folders))));
    let mut first = None;
    for run in [folders.run.clone(), beside, folders.state.join("run")] {
        match take(&run) {
            Ok(lock) => return Ok(Place { run, lock }),
            Err(LockError::AlreadyRunning) if belongs_to_another_home(&run, folders) => {}
            Err(LockError::AlreadyRunning) => return Err(LockError::AlreadyRunning.into()),
            Err(LockError::Io(error)) => {
                let what = run.display().to_string();
                first.get_or_insert(InstanceError::Io { what, error });
            }
        }
    }
    Err(first.unwrap_or(InstanceError::Lock(LockError::AlreadyRunning)))
}

fn take(run: &Path) -> Result<Lock, LockError> {
    socket::prepare_folder(run)?;
    Lock::take(&run.join("lock"))
}

/// A file of ours, and nobody else's to read.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let mut opened = File::options().create(true).truncate(true).write(true).mode(0o600).open(file)?;
    opened.write_all(text.as_bytes())
}

fn identity(file: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::symlink_metadata(file).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

fn short_name(text: &str) -> String {
    format!("{:016x}", fnv1a(text.bytes()))
}

/// Another one after each start of the computer: what a power cut ended is no crash of ours. Empty where it is unknown.
#[cfg(target_os = "linux")]
fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default()
}

/// macOS: the name of this start, by sysctl(3).
#[cfg(not(target_os = "linux"))]
fn boot() -> String {
    let mut text = [0_u8; 64];
    let mut length = text.len();
    #[expect(unsafe_code, reason = "sysctl(3)")]
    // SAFETY: the name ends with a zero; the buffer is as long as is said.
    let done = unsafe {
        libc::sysctlbyname(
            c"kern.bootsessionuuid".as_ptr(),
            text.as_mut_ptr().cast(),
            &raw mut length,
            std::ptr::null_mut(),
            0,
        )
    };
    let known = if done == 0 { text.get(..length).unwrap_or_default() } else { &[] };
    String::from_utf8_lossy(known).trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(home: &Path, run: Option<&Path>) -> Folders {
        std::fs::create_dir_all(home).expect("a home");
        Folders::find(&|name| match name {
            "HOME" => Some(home.into()),
            "XDG_RUNTIME_DIR" => run.filter(|_| cfg!(target_os = "linux")).map(Into::into),
            _ => None,
        })
        .expect("folders")
    }

    fn refused(folders: &Folders) -> bool {
        matches!(SingleInstance::acquire(folders), Err(InstanceError::Lock(LockError::AlreadyRunning)))
    }

    #[tokio::test(flavor = "current_thread")]
    async fn one_for_each_home_and_found_again_when_its_files_are_removed() {
        let place = tempfile::tempdir_in("/tmp").expect("a folder");
        let (home, run) = (place.path().join("ada"), place.path().join("run"));
        let session = folders(&home, Some(&run));
        let cron = folders(&home, None);
        let mut first = SingleInstance::acquire(&session).expect("free");
        let _listener = first.listen().expect("a socket");
        assert!(refused(&session) && refused(&cron));
        assert!(!first.earlier_one_crashed() && first.is_intact());
        // Another home in the same session has one of its own.
        let bob = folders(&place.path().join("bob"), Some(&run));
        let mut other = SingleInstance::acquire(&bob).expect("another home");
        let _other = other.listen().expect("a socket");
        assert_ne!(other.run_folder(), first.run_folder());

        for removed in first.files() {
            std::fs::remove_file(&removed).expect("removed");
            assert!(!first.is_intact(), "{}", removed.display());
            let _again = first.restore().expect("restored");
            assert!(first.is_intact() && refused(&cron) && refused(&session), "{}", removed.display());
        }
        std::fs::remove_dir_all(first.run_folder()).expect("removed");
        assert!(!first.is_intact());
        let _again = first.restore().expect("restored");
        assert!(first.is_intact());
        assert!(std::os::unix::net::UnixStream::connect(first.run_folder().join("socket")).is_ok());

        // A crash leaves its mark, a clean end does not.
        drop(first);
        let second = SingleInstance::acquire(&cron).expect("free");
        assert!(second.earlier_one_crashed());
        second.finish();
        drop(second);
        assert!(!SingleInstance::acquire(&session).expect("free").earlier_one_crashed());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_home_that_takes_no_files_is_no_reason_to_restore_for_ever() {
        let place = tempfile::tempdir_in("/tmp").expect("a folder");
        let folders = folders(&place.path().join("ada"), Some(&place.path().join("run")));
        let mut instance = SingleInstance::acquire(&folders).expect("free");
        // As on a full disk: nothing can be written there, by root either.
        let address = instance.files.address.clone();
        std::fs::create_dir_all(address.join("in the way")).expect("a folder");
        let _listener = instance.listen().expect("a socket");
        assert!(instance.is_intact(), "the address cannot be written");
        std::fs::remove_dir_all(&address).expect("removed");
        std::fs::remove_file(instance.place.socket()).expect("removed");
        assert!(!instance.is_intact());
        let _again = instance.restore().expect("restored");
        assert!(instance.is_intact() && address.is_file(), "written as soon as it can be");

        std::fs::remove_dir_all(&folders.service).expect("removed");
        std::fs::write(&folders.service, "in the way").expect("written");
        assert!(!instance.is_intact());
        let _again = instance.restore().expect("restored");
        assert!(instance.is_intact(), "the lock cannot be made");
        std::fs::remove_file(&folders.service).expect("removed");
        std::fs::remove_file(instance.place.socket()).expect("removed");
        let _again = instance.restore().expect("restored");
        assert!(instance.is_intact() && address.is_file() && refused(&folders), "made as soon as it can be");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_check_changes_nothing_that_a_service_goes_by() {
        let place = tempfile::tempdir_in("/tmp").expect("a folder");
        let folders = folders(&place.path().join("ada"), Some(&place.path().join("run")));
        let mut first = SingleInstance::acquire(&folders).expect("free");
        let _listener = first.listen().expect("a socket");
        assert!(matches!(
            SingleInstance::check(&folders),
            Err(InstanceError::Lock(LockError::AlreadyRunning))
        ));
        // After a crash: its mark is for the next service, and not for a check.
        let files = ServiceFiles::of(&folders);
        drop(first);
        SingleInstance::check(&folders).expect("it could run");
        assert!(files.running.exists() && files.address.exists() && folders.socket.exists());
        assert!(!folders.run.join("check").exists());
        assert!(SingleInstance::acquire(&folders).expect("free").earlier_one_crashed());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn who_has_lost_the_lock_to_another_gives_way() {
        let place = tempfile::tempdir_in("/tmp").expect("a folder");
        let folders = folders(&place.path().join("ada"), None);
        let mut first = SingleInstance::acquire(&folders).expect("free");
        let _listener = first.listen().expect("a socket");
        std::fs::remove_dir_all(&folders.service).expect("removed");
        let mut second = SingleInstance::acquire(&folders).expect("free again");
        let _second = second.listen().expect("a socket");
        assert!(matches!(first.restore(), Err(InstanceError::Lock(LockError::AlreadyRunning))));
        first.finish();
        assert!(second.is_intact(), "the other's files are left alone");
    }
}
