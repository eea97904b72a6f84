//! Elsewhere: what `notify` makes of the system's own ways.

use super::places;
use ::notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Calls `changed` after each change of one of `files`, until it is dropped. The folders are watched, because a file
/// is replaced rather than written; where a folder is not there yet, the nearest one above it is.
pub(crate) struct Watch {
    watcher: Option<RecommendedWatcher>,
    files: Vec<PathBuf>,
    watched: BTreeSet<PathBuf>,
    /// The paths whose events count: the files, what they link to, and the folders that may still appear.
    names: Arc<Mutex<BTreeSet<PathBuf>>>,
}

impl Watch {
    pub(crate) fn new(files: Vec<PathBuf>, changed: impl Fn() + Send + 'static) -> Self {
        let names: Arc<Mutex<BTreeSet<PathBuf>>> = Arc::default();
        let ours = Arc::clone(&names);
        let watcher = ::notify::recommended_watcher(move |event: ::notify::Result<::notify::Event>| {
            let counts = |event: &::notify::Event| {
                let names = ours.lock().unwrap_or_else(PoisonError::into_inner);
                !event.kind.is_access() && event.paths.iter().any(|path| names.contains(path))
            };
            if event.as_ref().map_or(true, counts) {
                changed();
            }
        });
        let watcher = watcher.inspect_err(|error| tracing::warn!("files are not watched: {error}")).ok();
        let mut watch = Self { watcher, files, watched: BTreeSet::new(), names };
        watch.follow();
        watch
    }

    /// Watches folders that have appeared since, and where links lead.
    pub(crate) fn follow(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        // A folder that went and comes again is another one.
        self.watched.retain(|folder| folder.is_dir());
        for file in &self.files {
            let (folders, names) = places(file);
            // What is told has no links in its folders: on macOS /etc is one.
            let real = names
                .iter()
                .filter_map(|name| Some(std::fs::canonicalize(name.parent()?).ok()?.join(name.file_name()?)));
            let names: Vec<_> = real.chain(names.iter().cloned()).collect();
            self.names.lock().unwrap_or_else(PoisonError::into_inner).extend(names);
            for folder in folders {
                if !self.watched.contains(&folder)
                    && watcher.watch(&folder, RecursiveMode::NonRecursive).is_ok()
                {
                    self.watched.insert(folder);
                }
            }
        }
    }
}
