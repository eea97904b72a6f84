//! WSL's distributions: one line each, with who names it.

use super::columns::{Cell, aligned};
use rolecall_core::wsl::Listed;

pub(crate) fn distributions(distributions: &[Listed]) -> String {
    let row = |listed: &Listed| {
        let names: Vec<_> = listed.profiles.iter().map(ToString::to_string).collect();
        let running = if listed.running { "runs" } else { "stopped" };
        [Cell::plain(listed.name.to_string()), Cell::plain(running), Cell::plain(names.join(", "))]
    };
    aligned(&distributions.iter().map(row).collect::<Vec<_>>())
}
