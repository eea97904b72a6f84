//! What /proc tells of processes: their memory, their children, how often they are woken.

use std::fs::{read_dir, read_to_string};

/// Proportional set size of these processes, in bytes.
pub(crate) fn pss(ids: &[u32]) -> u64 {
    let one = |id: &u32| {
        let text = read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
        line.trim().trim_end_matches("kB").trim().parse().unwrap_or(0_u64) * 1024
    };
    ids.iter().map(one).sum()
}

/// A process and everything below it.
pub(crate) fn tree(id: u32) -> Vec<u32> {
    let children = read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let below = children.split_whitespace().filter_map(|id| id.parse().ok()).flat_map(tree);
    std::iter::once(id).chain(below).collect()
}

/// Whether a web engine lives below this process.
pub(crate) fn has_engine(id: u32) -> bool {
    let name = |id: u32| read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
    tree(id).into_iter().map(name).any(|name| name.starts_with("WebKit") || name.contains("bwrap"))
}

/// Context switches of the whole process so far: each is a waking.
pub(crate) fn switches(id: u32) -> u64 {
    let tasks = read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let status = tasks.filter_map(|task| read_to_string(task.path().join("status")).ok());
    let count = |text: String| {
        let number = text.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        number.and_then(|number| number.trim().parse::<u64>().ok()).unwrap_or(0)
    };
    status.map(count).sum()
}

/// `11.4 MB`.
pub(crate) fn mb(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
