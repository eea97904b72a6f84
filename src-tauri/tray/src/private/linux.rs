//! Linux: a process that is not dumpable (prctl(2)) has no core dump, and nobody but root may look into it.

use rustix::process::{DumpableBehavior, set_dumpable_behavior};

pub(super) fn keep_memory() -> std::io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}
