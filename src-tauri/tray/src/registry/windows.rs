//! RegNotifyChangeKeyValue: a thread for each key waits without a clock.

use crate::autostart::{Autostart, RUN};
use rolecall_core::policy::{self, Policy};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use tokio::sync::mpsc::UnboundedSender;
use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};
use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{
    REG_NOTIFY_CHANGE_LAST_SET, REG_NOTIFY_CHANGE_NAME, RegNotifyChangeKeyValue,
};

/// Ours may not be there yet.
const POLICIES: &str = r"SOFTWARE\Policies";

/// Another number where something has changed.
pub(crate) fn stamp(autostart: &Autostart) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{:?}", Policy::read(&policy::path())).hash(&mut hasher);
    autostart.is_on().hash(&mut hasher);
    hasher.finish()
}

/// Rings at each change, until the other end of `changed` is gone.
pub(crate) fn listen(changed: UnboundedSender<()>) {
    // A root's handle stays on its thread.
    let roots: [(fn() -> &'static Key, _, _); 2] =
        [(|| LOCAL_MACHINE, POLICIES, true), (|| CURRENT_USER, RUN, false)];
    for (root, path, below) in roots {
        let changed = changed.clone();
        std::thread::spawn(move || {
            let listened =
                root().open(path).map_err(io::Error::from).and_then(|key| ring(&key, below, &changed));
            if let Err(error) = listened {
                tracing::debug!("changes of {path} are not noticed: {error}");
            }
        });
    }
}

fn ring(key: &Key, below: bool, changed: &UnboundedSender<()>) -> io::Result<()> {
    let wanted = REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET;
    loop {
        #[expect(unsafe_code, reason = "a call into the system")]
        // SAFETY: the key lives until the call returns, which is when something has changed.
        let result =
            unsafe { RegNotifyChangeKeyValue(key.as_raw(), below.into(), wanted, std::ptr::null_mut(), 0) };
        if result != ERROR_SUCCESS {
            return Err(io::Error::from_raw_os_error(result.cast_signed()));
        }
        if changed.send(()).is_err() {
            return Ok(());
        }
    }
}
