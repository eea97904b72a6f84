//! The capture script's world, and its way to us past the page.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::devtools;
use super::super::flow::Event;
use super::{Called, call, called, handled, text, words};
use crate::say;
use rolecall_core::secret::Secret;
use std::cell::Cell;
use std::sync::mpsc::Sender;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    ICoreWebView2, ICoreWebView2DevToolsProtocolEventReceivedEventArgs,
};
use webview2_com::{CallDevToolsProtocolMethodCompletedHandler, DevToolsProtocolEventReceivedEventHandler};
use windows::core::{HSTRING, w};

/// Calls `then` when every new document will be watched. Where the engine does not let us watch, posts are captured all
/// the same, and a page that stays is shown after a while.
pub(super) fn install(
    view: &ICoreWebView2,
    events: &Sender<Event>,
    then: impl FnOnce(&ICoreWebView2) -> Called<()> + 'static,
) -> Called<()> {
    if let Err(refused) = listen(view, events) {
        say(&format!("rolecall-window: no reports of the page: {}", words(&refused)));
        return then(view);
    }
    // Answered in their order: when the last is, all are.
    let calls = devtools::calls();
    let last = calls.len() - 1;
    let then = std::rc::Rc::new(Cell::new(Some(then)));
    for (index, (method, parameters)) in calls.into_iter().enumerate() {
        let (asked, after, tx) = (view.clone(), then.clone(), events.clone());
        let done = CallDevToolsProtocolMethodCompletedHandler::create(Box::new(move |answer, _| {
            if let Err(error) = answer {
                say(&format!(
                    "rolecall-window: the engine refuses {method}: {}",
                    words(&called("answer")(error))
                ));
            }
            if index == last
                && let Some(then) = after.take()
                && let Err(refused) = then(&asked)
            {
                let _ = tx.send(Event::EngineFailed(words(&refused)));
            }
            Ok(())
        }));
        let (method, parameters) = (HSTRING::from(method), HSTRING::from(parameters.to_string()));
        // SAFETY: the texts outlive the call; the engine keeps its own reference to the handler.
        if let Err(refused) =
            unsafe { call!(view => CallDevToolsProtocolMethod(&method, &parameters, &done)) }
        {
            // A policy can take the protocol away. None of the other answers is waited for any more.
            say(&format!("rolecall-window: no reports of the page: {method}: {}", words(&refused)));
            return then.take().map_or(Ok(()), |then| then(view));
        }
    }
    Ok(())
}

fn listen(view: &ICoreWebView2, events: &Sender<Event>) -> Called<()> {
    let tx = events.clone();
    let read = move |args: ICoreWebView2DevToolsProtocolEventReceivedEventArgs| {
        // SAFETY: the text is written during the call.
        let parameters = Secret::new(unsafe { text(|text| args.ParameterObjectAsJson(text))? });
        if let Some(report) = devtools::said(parameters.expose()) {
            let _ = tx.send(Event::Report(report));
        }
        Ok(())
    };
    let received = DevToolsProtocolEventReceivedEventHandler::create(Box::new(move |_, args| {
        args.map_or(Ok(()), |args| handled("DevToolsProtocolEventReceived", read(args)))
    }));
    let mut token = 0;
    // SAFETY: the name outlives the call, and the receiver keeps its own reference to the handler. The receiver is kept
    // for the life of the process.
    unsafe {
        let receiver = call!(view => GetDevToolsProtocolEventReceiver(w!("Runtime.bindingCalled")))?;
        call!(receiver => add_DevToolsProtocolEventReceived(&received, &mut token))?;
        std::mem::forget(receiver);
    }
    Ok(())
}
