//! What a test reads afterwards, and what it asks for: all by files and variables, for nothing else reaches a DLL.

use std::io::Write;
use std::sync::OnceLock;
use webview2_com::CoTaskMemPWSTR;
use windows::Win32::Foundation::{E_FAIL, S_OK};
use windows::core::{HRESULT, PCWSTR, PWSTR};

/// One line into the file that `WEBVIEW2_STANDIN_NOTES` names.
pub(crate) fn note(line: &str) {
    let Some(path) = std::env::var_os("WEBVIEW2_STANDIN_NOTES") else { return };
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let _ = file.and_then(|mut file| writeln!(file, "{line}"));
}

/// What the real runtime would not forgive.
pub(crate) fn fault(what: &str) {
    note(&format!("FAULT: {what}"));
}

/// A method that answers an error.
pub(crate) struct Refusal {
    pub(crate) method: String,
    pub(crate) code: HRESULT,
}

/// `WEBVIEW2_STANDIN_REFUSES`: `CallDevToolsProtocolMethod 0x80070005`.
pub(crate) fn refusal() -> Option<&'static Refusal> {
    static REFUSAL: OnceLock<Option<Refusal>> = OnceLock::new();
    let read = || {
        let words = std::env::var("WEBVIEW2_STANDIN_REFUSES").ok()?;
        let (method, code) = words.split_once(' ')?;
        let code = u32::from_str_radix(code.strip_prefix("0x")?, 16).ok();
        Some(Refusal {
            method: method.to_owned(),
            code: code.map_or(E_FAIL, |code| HRESULT(code.cast_signed())),
        })
    };
    REFUSAL.get_or_init(read).as_ref()
}

/// What a getter of a text hands out: the caller frees it.
///
/// # Safety
/// `out` can be written.
pub(crate) unsafe fn give_text(text: &str, out: *mut PWSTR) -> HRESULT {
    // SAFETY: as promised.
    unsafe { *out = CoTaskMemPWSTR::from(text).take() };
    S_OK
}

/// # Safety
/// `text` is null or ends with zero.
pub(crate) unsafe fn read(text: PCWSTR) -> String {
    // SAFETY: as promised.
    if text.is_null() { String::new() } else { unsafe { text.to_string() }.unwrap_or_default() }
}
