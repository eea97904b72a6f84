//! What is taken away from the webview: a sign-in needs pages, forms and scripts, and nothing else.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::flow::Event;
use rolecall_core::sign_in::Mode;
use std::sync::mpsc::Sender;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_SCRIPT_DIALOG_KIND, COREWEBVIEW2_SCRIPT_DIALOG_KIND_BEFOREUNLOAD,
    COREWEBVIEW2_WEB_RESOURCE_CONTEXT_ALL, COREWEBVIEW2_WEB_RESOURCE_REQUEST_SOURCE_KINDS_ALL, ICoreWebView2,
    ICoreWebView2_5, ICoreWebView2_10, ICoreWebView2_18, ICoreWebView2_22, ICoreWebView2Settings3,
    ICoreWebView2Settings4, ICoreWebView2Settings6, ICoreWebView2Settings8,
};
use webview2_com::{
    BasicAuthenticationRequestedEventHandler, ClientCertificateRequestedEventHandler,
    ContainsFullScreenElementChangedEventHandler, ExecuteScriptCompletedHandler,
    LaunchingExternalUriSchemeEventHandler, ScriptDialogOpeningEventHandler,
};
use windows::core::{BOOL, HSTRING, Interface, Result as Com, w};

pub(super) fn take_away(view: &ICoreWebView2, mode: Mode, events: &Sender<Event>) -> Com<()> {
    switch_off(view, mode)?;
    close_schemes(view);
    refuse_requests(view)?;
    notice_passwords(view, events)
}

fn switch_off(view: &ICoreWebView2, mode: Mode) -> Com<()> {
    // SAFETY: plain calls. Newer settings are set where the runtime has them.
    unsafe {
        let settings = view.Settings()?;
        settings.SetAreDefaultContextMenusEnabled(false)?;
        // The engine's own dialogs name the page; where nobody asked for the sign-in, nothing is asked or told.
        settings.SetAreDefaultScriptDialogsEnabled(mode == Mode::Interactive)?;
        settings.SetAreDevToolsEnabled(false)?;
        settings.SetAreHostObjectsAllowed(false)?;
        settings.SetIsBuiltInErrorPageEnabled(false)?;
        settings.SetIsStatusBarEnabled(false)?;
        // The port of every page, through which Tauri's commands would be called.
        settings.SetIsWebMessageEnabled(false)?;
        settings.cast::<ICoreWebView2Settings3>()?.SetAreBrowserAcceleratorKeysEnabled(false)?;
        let fields = settings.cast::<ICoreWebView2Settings4>()?;
        fields.SetIsPasswordAutosaveEnabled(false)?;
        fields.SetIsGeneralAutofillEnabled(false)?;
        if let Ok(settings) = settings.cast::<ICoreWebView2Settings6>() {
            settings.SetIsSwipeNavigationEnabled(false)?;
        }
        if let Ok(settings) = settings.cast::<ICoreWebView2Settings8>() {
            // Every address would be sent to a reputation service.
            settings.SetIsReputationCheckingRequired(false)?;
        }
    }
    Ok(())
}

/// wry answers Tauri's schemes as `http://SCHEME.localhost`: no page may load anything from them. Where one was never
/// registered, there is nothing to remove.
fn close_schemes(view: &ICoreWebView2) {
    for scheme in ["ipc", "tauri", "asset"] {
        let filter = HSTRING::from(format!("http://{scheme}.*"));
        // SAFETY: plain calls; the filter outlives them.
        unsafe {
            let _ = match view.cast::<ICoreWebView2_22>() {
                Ok(view) => view.RemoveWebResourceRequestedFilterWithRequestSourceKinds(
                    &filter,
                    COREWEBVIEW2_WEB_RESOURCE_CONTEXT_ALL,
                    COREWEBVIEW2_WEB_RESOURCE_REQUEST_SOURCE_KINDS_ALL,
                ),
                Err(_) => {
                    view.RemoveWebResourceRequestedFilter(&filter, COREWEBVIEW2_WEB_RESOURCE_CONTEXT_ALL)
                }
            };
        }
    }
}

fn refuse_requests(view: &ICoreWebView2) -> Com<()> {
    let mut token = 0;
    let dialog = ScriptDialogOpeningEventHandler::create(Box::new(|_, args| {
        let Some(args) = args else { return Ok(()) };
        let mut kind = COREWEBVIEW2_SCRIPT_DIALOG_KIND::default();
        // SAFETY: plain calls; `kind` is written during its own.
        unsafe {
            args.Kind(&mut kind)?;
            // Nothing is asked or told, and no page can hold itself open.
            if kind == COREWEBVIEW2_SCRIPT_DIALOG_KIND_BEFOREUNLOAD { args.Accept() } else { Ok(()) }
        }
    }));
    let program = LaunchingExternalUriSchemeEventHandler::create(Box::new(|_, args| {
        // SAFETY: a plain call.
        args.map_or(Ok(()), |args| unsafe { args.SetCancel(true) })
    }));
    let full_screen = ContainsFullScreenElementChangedEventHandler::create(Box::new(|view, _| {
        let Some(view) = view else { return Ok(()) };
        let mut full = BOOL::default();
        // SAFETY: plain calls; `full` is written during its own. Nobody waits for the script.
        unsafe {
            view.ContainsFullScreenElement(&mut full)?;
            if !full.as_bool() {
                return Ok(());
            }
            // The title with the host has to be seen.
            let done = ExecuteScriptCompletedHandler::create(Box::new(|_, _| Ok(())));
            view.ExecuteScript(w!("document.exitFullscreen()"), &done)
        }
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        view.add_ScriptDialogOpening(&dialog, &mut token)?;
        view.add_ContainsFullScreenElementChanged(&full_screen, &mut token)?;
        if let Ok(view) = view.cast::<ICoreWebView2_18>() {
            view.add_LaunchingExternalUriScheme(&program, &mut token)?;
        }
    }
    Ok(())
}

/// The engine asks by itself, inside the view; the view only has to be seen.
fn notice_passwords(view: &ICoreWebView2, events: &Sender<Event>) -> Com<()> {
    let mut token = 0;
    let tx = events.clone();
    let password = BasicAuthenticationRequestedEventHandler::create(Box::new(move |_, _| {
        let _ = tx.send(Event::PasswordAsked);
        Ok(())
    }));
    let tx = events.clone();
    let certificate = ClientCertificateRequestedEventHandler::create(Box::new(move |_, _| {
        let _ = tx.send(Event::PasswordAsked);
        Ok(())
    }));
    // SAFETY: the webview keeps its own reference to each handler.
    unsafe {
        view.cast::<ICoreWebView2_10>()?.add_BasicAuthenticationRequested(&password, &mut token)?;
        view.cast::<ICoreWebView2_5>()?.add_ClientCertificateRequested(&certificate, &mut token)
    }
}
