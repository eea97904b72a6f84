//! What must be done to the process itself before the web engine starts, and how it leaves.
#![expect(unsafe_code, reason = "descriptors, environment and exit are system calls")]

use super::super::Scratch;
use super::runtime_folder;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Mutex;

/// Variables of the developer's that would open the engine to others.
const UNWANTED: [&str; 4] = [
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "TAURI_WEBVIEW_AUTOMATION",
];

/// The engine's runtime folder, where it is one of our own.
static RUNTIME_FOLDER: Mutex<Option<Scratch>> = Mutex::new(None);

/// Takes the outcome's pipe from standard output, where every process of the engine would inherit it: what comes back
/// is close-on-exec, and standard output is standard error from now on. The engine will run sandboxed; nobody of the
/// same user may look into this process, and it leaves no core file.
///
/// To be called while there is one thread.
pub(crate) fn prepare() -> io::Result<File> {
    // F_DUPFD_CLOEXEC, above the three standard descriptors.
    let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    // SAFETY: plain system calls on descriptors that are open for the whole life of the process.
    let done = unsafe { libc::dup2(2, 1) >= 0 && libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 };
    if !done {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: no other thread exists yet that could read the environment.
    unsafe {
        for name in UNWANTED {
            std::env::remove_var(name);
        }
        std::env::set_var("WEBKIT_FORCE_SANDBOX", "1");
        std::env::set_var("MESA_SHADER_CACHE_DISABLE", "true");
    }
    let chosen = runtime_folder::choose(|name| std::env::var_os(name));
    for (name, value) in chosen.variables {
        // SAFETY: as above.
        unsafe { std::env::set_var(name, value) };
    }
    if let Ok(mut folder) = RUNTIME_FOLDER.lock() {
        *folder = chosen.folder;
    }
    Ok(pipe)
}

/// The engine's processes end by themselves when they see that we are gone.
pub(crate) struct Engine;

impl Engine {
    pub(crate) fn own() -> Self {
        Self
    }

    pub(crate) fn stop(&self) {}
}

/// Ends the process at once.
pub(crate) fn end() -> ! {
    remove_sandbox_records();
    if let Some(folder) = RUNTIME_FOLDER.lock().ok().and_then(|mut folder| folder.take()) {
        folder.remove();
    }
    // SAFETY: never returns; nothing of ours waits for destructors or exit handlers.
    unsafe { libc::_exit(0) }
}

/// The engine describes each of its sandboxes to the desktop's portals, and leaves the descriptions behind:
/// `$XDG_RUNTIME_DIR/.flatpak/webkit-OURS-N/bwrapinfo.json`.
fn remove_sandbox_records() {
    let Some(runtime) = std::env::var_os("XDG_RUNTIME_DIR") else { return };
    let ours = format!("webkit-{}-", std::process::id());
    for entry in std::fs::read_dir(Path::new(&runtime).join(".flatpak")).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(&ours)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
