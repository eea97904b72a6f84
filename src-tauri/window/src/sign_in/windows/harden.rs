//! What is taken away from the webview: a sign-in needs pages, forms and scripts, and nothing else.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::chromium::{self, Keys};
use super::super::flow::Event;
use super::{Called, call, called, handled, text};
use rolecall_core::sign_in::Mode;
use std::sync::mpsc::Sender;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_SCRIPT_DIALOG_KIND, COREWEBVIEW2_SCRIPT_DIALOG_KIND_BEFOREUNLOAD,
    COREWEBVIEW2_WEB_RESOURCE_CONTEXT_ALL, COREWEBVIEW2_WEB_RESOURCE_REQUEST_SOURCE_KINDS_ALL, ICoreWebView2,
    ICoreWebView2_5, ICoreWebView2_10, ICoreWebView2_11, ICoreWebView2_18, ICoreWebView2_22,
    ICoreWebView2AcceleratorKeyPressedEventArgs, ICoreWebView2ContextMenuRequestedEventArgs,
    ICoreWebView2Controller, ICoreWebView2Settings4, ICoreWebView2Settings6, ICoreWebView2Settings8,
};
use webview2_com::{
    AcceleratorKeyPressedEventHandler, BasicAuthenticationRequestedEventHandler,
    ClientCertificateRequestedEventHandler, ContainsFullScreenElementChangedEventHandler,
    ContextMenuRequestedEventHandler, ExecuteScriptCompletedHandler, LaunchingExternalUriSchemeEventHandler,
    ScriptDialogOpeningEventHandler,
};
use windows::Win32::UI::Input::KeyboardAndMouse::{GetKeyState, VIRTUAL_KEY, VK_CONTROL, VK_MENU};
use windows::core::{BOOL, HSTRING, Interface, Result as Com, w};

/// More than Tauri's plugins put into a page.
const MOST_SCRIPTS: u32 = 32;

pub(super) fn take_away(
    controller: &ICoreWebView2Controller,
    view: &ICoreWebView2,
    mode: Mode,
    events: &Sender<Event>,
) -> Called<()> {
    switch_off(view, mode)?;
    remove_scripts(view);
    close_schemes(view);
    refuse_requests(view)?;
    let mut token = 0;
    let key = AcceleratorKeyPressedEventHandler::create(Box::new(|_, args| {
        args.map_or(Ok(()), |args| handled("AcceleratorKeyPressed", hold_back(&args)))
    }));
    // SAFETY: the controller keeps its own reference to the handler.
    unsafe { call!(controller => add_AcceleratorKeyPressed(&key, &mut token))? };
    notice_passwords(view, events)
}

fn switch_off(view: &ICoreWebView2, mode: Mode) -> Called<()> {
    // SAFETY: plain calls. Newer settings are set where the runtime has them.
    unsafe {
        let settings = call!(view => Settings())?;
        call!(settings => SetAreDefaultContextMenusEnabled(offer_editing(view)))?;
        // The engine's own dialogs name the page; where nobody asked for the sign-in, nothing is asked or told.
        call!(settings => SetAreDefaultScriptDialogsEnabled(mode == Mode::Interactive))?;
        call!(settings => SetAreDevToolsEnabled(false))?;
        call!(settings => SetAreHostObjectsAllowed(false))?;
        call!(settings => SetIsBuiltInErrorPageEnabled(false))?;
        call!(settings => SetIsStatusBarEnabled(false))?;
        // The port of every page, through which Tauri's commands would be called.
        call!(settings => SetIsWebMessageEnabled(false))?;
        let fields = settings.cast::<ICoreWebView2Settings4>().map_err(called("ICoreWebView2Settings4"))?;
        call!(fields => SetIsPasswordAutosaveEnabled(false))?;
        call!(fields => SetIsGeneralAutofillEnabled(false))?;
        if let Ok(settings) = settings.cast::<ICoreWebView2Settings6>() {
            call!(settings => SetIsSwipeNavigationEnabled(false))?;
        }
        if let Ok(settings) = settings.cast::<ICoreWebView2Settings8>() {
            // Every address would be sent to a reputation service.
            call!(settings => SetIsReputationCheckingRequired(false))?;
        }
    }
    Ok(())
}

/// Keeps the browser's keys from a page that is none of a browser's: no reload, print or find. Zoom and editing stay.
fn hold_back(args: &ICoreWebView2AcceleratorKeyPressedEventArgs) -> Com<()> {
    let mut key = 0;
    // SAFETY: plain calls; `key` is written during its own.
    unsafe {
        args.VirtualKey(&mut key)?;
        let held = |key: VIRTUAL_KEY| GetKeyState(i32::from(key.0)) < 0;
        let keys = Keys { key, control: held(VK_CONTROL), alt: held(VK_MENU) };
        if chromium::may_pass(keys) { Ok(()) } else { args.SetHandled(true) }
    }
}

/// Whether the menu of the right mouse button can be kept to what editing needs, and so may open.
fn offer_editing(view: &ICoreWebView2) -> bool {
    let mut token = 0;
    let asked = ContextMenuRequestedEventHandler::create(Box::new(|_, args| {
        args.map_or(Ok(()), |args| handled("ContextMenuRequested", keep_editing(&args)))
    }));
    // SAFETY: the webview keeps its own reference to the handler.
    view.cast::<ICoreWebView2_11>()
        .and_then(|view| unsafe { view.add_ContextMenuRequested(&asked, &mut token) })
        .is_ok()
}

fn keep_editing(args: &ICoreWebView2ContextMenuRequestedEventArgs) -> Com<()> {
    // SAFETY: plain calls; what is handed in is written during its own, and every index is below the count.
    unsafe {
        let items = args.MenuItems()?;
        let mut count = 0;
        items.Count(&mut count)?;
        let mut left = count;
        for index in (0..count).rev() {
            let item = items.GetValueAtIndex(index)?;
            if !chromium::is_editing(&text(|text| item.Name(text))?) {
                items.RemoveValueAtIndex(index)?;
                left -= 1;
            }
        }
        // Else an empty menu would open.
        if left == 0 { args.SetHandled(true) } else { Ok(()) }
    }
}

/// Tauri's own scripts, which wry puts into every page and keeps no number of. The engine numbers them from 1; what it
/// does not know by that number, it refuses.
fn remove_scripts(view: &ICoreWebView2) {
    for number in 1..=MOST_SCRIPTS {
        // SAFETY: a plain call; the text outlives it.
        let _ = unsafe { view.RemoveScriptToExecuteOnDocumentCreated(&HSTRING::from(number.to_string())) };
    }
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

fn refuse_requests(view: &ICoreWebView2) -> Called<()> {
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
        call!(view => add_ScriptDialogOpening(&dialog, &mut token))?;
        call!(view => add_ContainsFullScreenElementChanged(&full_screen, &mut token))?;
        if let Ok(view) = view.cast::<ICoreWebView2_18>() {
            call!(view => add_LaunchingExternalUriScheme(&program, &mut token))?;
        }
    }
    Ok(())
}

/// The engine asks by itself, inside the view; the view only has to be seen.
fn notice_passwords(view: &ICoreWebView2, events: &Sender<Event>) -> Called<()> {
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
        let passwords = view.cast::<ICoreWebView2_10>().map_err(called("ICoreWebView2_10"))?;
        call!(passwords => add_BasicAuthenticationRequested(&password, &mut token))?;
        let certificates = view.cast::<ICoreWebView2_5>().map_err(called("ICoreWebView2_5"))?;
        call!(certificates => add_ClientCertificateRequested(&certificate, &mut token))
    }
}
