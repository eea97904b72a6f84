//! Elsewhere a window is what counts, and a hidden one disturbs nobody.

use tauri::{App, Builder, WebviewWindow, Wry};

pub(crate) fn builder() -> Builder<Wry> {
    Builder::default()
}

pub(crate) fn start_hidden(_: &mut App) {}

pub(crate) fn show(window: &WebviewWindow) -> tauri::Result<()> {
    window.show().and_then(|()| window.set_focus())
}
