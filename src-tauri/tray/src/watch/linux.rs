//! Linux: inotify(7) of our own. `notify` asks for every file that is opened in a folder, too, and in `/etc` every
//! program that starts opens one.

use super::places;
use rustix::fd::OwnedFd;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::rc::Rc;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::oneshot;

/// Calls `changed` after each change of one of `files`, until it is dropped. The folders are watched, because a file
/// is replaced rather than written; where a folder is not there yet, the nearest one above it is.
pub(crate) struct Watch {
    watched: Rc<RefCell<Watched>>,
    files: Vec<PathBuf>,
    _end: oneshot::Sender<()>,
}

struct Watched {
    queue: Option<Rc<AsyncFd<OwnedFd>>>,
    /// By their watch descriptors.
    folders: BTreeMap<i32, PathBuf>,
    names: BTreeSet<PathBuf>,
}

impl Watch {
    /// To be called inside a `LocalSet`.
    pub(crate) fn new(files: Vec<PathBuf>, changed: impl Fn() + 'static) -> Self {
        let queue = queue().inspect_err(|error| tracing::warn!("files are not watched: {error}")).ok();
        let queue = queue.map(Rc::new);
        let watched = Watched { queue: queue.clone(), folders: BTreeMap::new(), names: BTreeSet::new() };
        let watched = Rc::new(RefCell::new(watched));
        let (end, ended) = oneshot::channel();
        if let Some(queue) = queue {
            let watched = Rc::clone(&watched);
            tokio::task::spawn_local(async move {
                tokio::select! {
                    _ = ended => {}
                    Err(error) = tell(&queue, &watched, changed) => {
                        tracing::warn!("files are not watched any more: {error}");
                    }
                }
            });
        }
        let mut watch = Self { watched, files, _end: end };
        watch.follow();
        watch
    }

    /// Watches folders that have appeared since, and where links lead.
    pub(crate) fn follow(&mut self) {
        let mut watched = self.watched.borrow_mut();
        let Some(queue) = watched.queue.clone() else { return };
        let changes = WatchFlags::CREATE
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::DELETE
            | WatchFlags::MODIFY
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::ATTRIB
            | WatchFlags::ONLYDIR;
        for file in &self.files {
            let (folders, names) = places(file);
            watched.names.extend(names);
            for folder in folders {
                // A folder that is watched already keeps its descriptor; one that came again is another one.
                if let Ok(descriptor) = inotify::add_watch(queue.get_ref(), &folder, changes) {
                    watched.folders.insert(descriptor, folder);
                }
            }
        }
    }
}

fn queue() -> io::Result<AsyncFd<OwnedFd>> {
    let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    #[expect(unsafe_code, reason = "AsyncFd owns the descriptor and never gives it away")]
    Ok(unsafe { AsyncFd::register_with_interest(queue, Interest::READABLE) }?)
}

async fn tell(
    queue: &AsyncFd<OwnedFd>,
    watched: &RefCell<Watched>,
    changed: impl Fn(),
) -> io::Result<std::convert::Infallible> {
    loop {
        let mut ready = queue.readable().await?;
        if any_counts(queue.get_ref(), &mut watched.borrow_mut())? {
            changed();
        }
        ready.clear_ready();
    }
}

/// Reads all that there is; whether one of the names changed.
fn any_counts(queue: &OwnedFd, watched: &mut Watched) -> io::Result<bool> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 4096];
    let mut events = Reader::new(queue, &mut buffer);
    let mut counts = false;
    loop {
        match events.next() {
            // Lost events may have been about them.
            Ok(event) if event.events().contains(ReadFlags::QUEUE_OVERFLOW) => counts = true,
            // The folder is gone; perhaps it comes again.
            Ok(event) if event.events().contains(ReadFlags::IGNORED) => {
                counts |= watched.folders.remove(&event.wd()).is_some();
            }
            // The folder's own mode or owner.
            Ok(event) if event.file_name().is_none() => counts |= event.events().contains(ReadFlags::ATTRIB),
            Ok(event) => {
                let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
                let path = watched.folders.get(&event.wd()).zip(name).map(|(folder, name)| folder.join(name));
                counts |= path.is_some_and(|path| watched.names.contains(&path));
            }
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(counts),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::time::Duration;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use tokio::time::timeout;

    async fn rings(from: &mut UnboundedReceiver<()>) -> bool {
        let rang = timeout(Duration::from_millis(300), from.recv()).await.is_ok();
        while timeout(Duration::from_millis(20), from.recv()).await.is_ok() {}
        rang
    }

    #[tokio::test]
    async fn what_others_do_to_the_file_rings_and_nothing_else_does() {
        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name);
        let write = |path: &Path| std::fs::write(path, "x").expect("written");
        let local = tokio::task::LocalSet::new();
        local
            .run_until(async {
                std::fs::create_dir(path("there")).expect("a folder");
                let (file, later) = (path("there/config"), path("later/policy"));
                let (to, mut from) = unbounded_channel();
                let mut watch = Watch::new(vec![file.clone(), later.clone()], move || _ = to.send(()));
                assert!(!rings(&mut from).await, "nothing yet");
                write(&file);
                assert!(rings(&mut from).await, "written");
                write(&path("there/another"));
                let _ = std::fs::read(&file).expect("read");
                assert!(!rings(&mut from).await, "another's file, and reading");
                write(&path("new"));
                std::fs::rename(path("new"), &file).expect("renamed");
                assert!(rings(&mut from).await, "replaced");
                std::fs::create_dir(path("later")).expect("a folder");
                assert!(rings(&mut from).await, "the folder appears");
                watch.follow();
                write(&later);
                assert!(rings(&mut from).await, "and the file in it");
                std::fs::remove_dir_all(path("there")).expect("removed");
                assert!(rings(&mut from).await, "the folder is gone");
                std::fs::create_dir(path("there")).expect("a folder");
                watch.follow();
                while from.try_recv().is_ok() {}
                write(&file);
                assert!(rings(&mut from).await, "and there again");
            })
            .await;
    }
}
