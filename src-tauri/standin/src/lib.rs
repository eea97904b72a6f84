//! A stand-in for the WebView2 runtime. Microsoft's loader finds it as
//! `FOLDER\EBWebView\x64\EmbeddedBrowserWebView.dll` where `WEBVIEW2_BROWSER_EXECUTABLE_FOLDER` names FOLDER.
//!
//! It shows nothing. What happens in the webview is a scene, a file of lines that `WEBVIEW2_STANDIN_SCENE` names
//! (`runtime/scene.rs`), or a page of a Chromium that somebody else starts (`runtime/browser.rs`). What was done to it is
//! noted in the file that `WEBVIEW2_STANDIN_NOTES` names; a line that begins with `FAULT` is something that the real runtime
//! would not forgive. `WEBVIEW2_STANDIN_REFUSES` names a method and the HRESULT that it answers.
#![allow(non_snake_case, reason = "the names are WebView2's")]

#[cfg(windows)]
mod runtime;
