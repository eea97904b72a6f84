//! What /proc says about a process and those it started.

use std::path::{Path, PathBuf};

/// A process, told from a later one with the same number by its start time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: u32,
    parent: u32,
    pub(crate) name: String,
    started: u64,
}

impl Process {
    fn read(id: u32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // `ID (NAME) STATE PARENT …`, and a name may hold parentheses.
        let (head, tail) = (stat.find('(')?, stat.rfind(')')?);
        let fields: Vec<&str> = stat[tail + 2..].split(' ').collect();
        let ended = matches!(fields[0], "Z" | "X");
        let read = Self {
            id,
            parent: fields[1].parse().ok()?,
            name: stat[head + 1..tail].to_owned(),
            started: fields[19].parse().ok()?,
        };
        (!ended).then_some(read)
    }

    pub(crate) fn is_alive(&self) -> bool {
        Self::read(self.id).is_some_and(|now| now.started == self.started)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.id.to_string()).join(name)
    }

    /// The open descriptors and what they are: `(1, "pipe:[4711]")`.
    pub(crate) fn descriptors(&self) -> Vec<(u32, String)> {
        std::fs::read_dir(self.path("fd"))
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let number = entry.file_name().to_str()?.parse().ok()?;
                Some((number, std::fs::read_link(entry.path()).ok()?.to_string_lossy().into_owned()))
            })
            .collect()
    }
}

/// The process itself and all that descend from it.
pub(crate) fn descendants(root: u32) -> Vec<Process> {
    let ids = std::fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<Process> =
        ids.filter_map(|entry| Process::read(entry.file_name().to_str()?.parse().ok()?)).collect();
    let mut found: Vec<Process> = all.iter().filter(|process| process.id == root).cloned().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.id) {
        found.extend(all.iter().filter(|process| process.parent == parent).cloned());
        next += 1;
    }
    found
}
