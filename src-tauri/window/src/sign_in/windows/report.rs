//! The capture script's world, and its way to us past the page.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::devtools;
use super::super::flow::Event;
use super::text;
use crate::say;
use rolecall_core::secret::Secret;
use std::cell::Cell;
use std::sync::mpsc::Sender;
use webview2_com::Microsoft::Web::WebView2::Win32::ICoreWebView2;
use webview2_com::{CallDevToolsProtocolMethodCompletedHandler, DevToolsProtocolEventReceivedEventHandler};
use windows::core::{HSTRING, Result as Com, w};

/// Calls `then` when every new document will be watched. Where the engine does not let us watch, posts are captured all
/// the same, and a page that stays is shown after a while.
pub(super) fn install(
    view: &ICoreWebView2,
    events: &Sender<Event>,
    then: impl FnOnce(&ICoreWebView2) -> Com<()> + 'static,
) -> Com<()> {
    listen(view, events)?;
    // Answered in their order: when the last is, all are.
    let calls = devtools::calls();
    let last = calls.len() - 1;
    let then = std::rc::Rc::new(Cell::new(Some(then)));
    for (index, (method, parameters)) in calls.into_iter().enumerate() {
        let (view_then, then, tx) = (view.clone(), then.clone(), events.clone());
        let done = CallDevToolsProtocolMethodCompletedHandler::create(Box::new(move |called, _| {
            if called.is_err() {
                say(&format!("rolecall-window: the engine refuses {method}"));
            }
            if index == last
                && let Some(then) = then.take()
                && then(&view_then).is_err()
            {
                let _ = tx.send(Event::EngineGone);
            }
            Ok(())
        }));
        // SAFETY: the texts outlive the call; the engine keeps its own reference to the handler.
        unsafe {
            view.CallDevToolsProtocolMethod(
                &HSTRING::from(method),
                &HSTRING::from(parameters.to_string()),
                &done,
            )?;
        }
    }
    Ok(())
}

fn listen(view: &ICoreWebView2, events: &Sender<Event>) -> Com<()> {
    let tx = events.clone();
    let called = DevToolsProtocolEventReceivedEventHandler::create(Box::new(move |_, args| {
        let Some(args) = args else { return Ok(()) };
        // SAFETY: the text is written during the call.
        let parameters = Secret::new(unsafe { text(|text| args.ParameterObjectAsJson(text))? });
        if let Some(report) = devtools::said(parameters.expose()) {
            let _ = tx.send(Event::Report(report));
        }
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: the name outlives the call, and the receiver keeps its own reference to the handler. The receiver is kept
    // for the life of the process.
    unsafe {
        let receiver = view.GetDevToolsProtocolEventReceiver(w!("Runtime.bindingCalled"))?;
        receiver.add_DevToolsProtocolEventReceived(&called, &mut token)?;
        std::mem::forget(receiver);
    }
    Ok(())
}
