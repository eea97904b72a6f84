//! Where there are no process groups: the program alone.

use std::process::{Child, Command};

pub(super) fn of_its_own(_: &mut Command) {}

/// There is no asking here; see [`kill`].
pub(super) fn ask(_: &Child) {}

pub(super) fn kill(child: &mut Child) {
    // Gone already is as good as gone now.
    let _ = child.kill();
}
