//! The clipboard, for credentials: not to be kept by histories, and emptied after a while if they are still there.

#[cfg_attr(target_os = "linux", path = "clipboard/linux.rs")]
#[cfg_attr(target_os = "macos", path = "clipboard/macos.rs")]
#[cfg_attr(windows, path = "clipboard/windows.rs")]
mod system;

use arboard::Clipboard;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Holds what was copied last; on X11 a clipboard's content lives as long as its owner. Dropping it empties the
/// clipboard.
#[derive(Default)]
pub(crate) struct Copied(Option<(Sender<()>, JoinHandle<()>)>);

impl Copied {
    /// Copies `text` for as long as `time`. Blocks until it is there.
    ///
    /// # Errors
    /// [`Problem::NoClipboard`].
    pub(crate) fn copy(&mut self, text: Secret, time: Duration) -> Result<(), Problem> {
        self.clear();
        let (result_to, result) = channel();
        let (held, dropped) = channel();
        // The clipboard's connection belongs to one thread, which ends when the text goes.
        let thread = std::thread::spawn(move || hold(&text, time, &result_to, &dropped));
        let gone = || Problem::NoClipboard { reason: "it does not answer".into() };
        result.recv().map_err(|_| gone())??;
        self.0 = Some((held, thread));
        Ok(())
    }

    fn clear(&mut self) {
        if let Some((held, thread)) = self.0.take() {
            drop(held);
            let _ = thread.join();
        }
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.clear();
    }
}

fn hold(text: &Secret, time: Duration, result: &Sender<Result<(), Problem>>, dropped: &Receiver<()>) {
    let unavailable = |error: arboard::Error| Problem::NoClipboard { reason: foreign(&error.to_string()) };
    let set = || {
        let mut clipboard = Clipboard::new()?;
        system::unremembered(clipboard.set()).text(text.expose())?;
        Ok(clipboard)
    };
    let mut clipboard = match set() {
        Ok(clipboard) => clipboard,
        Err(error) => {
            let _ = result.send(Err(unavailable(error)));
            return;
        }
    };
    let _ = result.send(Ok(()));
    let _ = dropped.recv_timeout(time);
    // What somebody copied since is theirs.
    if clipboard.get_text().is_ok_and(|now| Secret::new(now) == *text) {
        let _ = clipboard.clear();
    }
}
