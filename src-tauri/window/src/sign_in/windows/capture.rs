//! The capture: a post to an ACS is read, and answered here with nothing.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::flow::Event;
use super::super::{address, chromium, posted};
use super::loads::Going;
use super::{Called, call, called, text, words};
use rolecall_core::sign_in::Acs;
use std::sync::mpsc::Sender;
use url::Url;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_WEB_RESOURCE_CONTEXT_DOCUMENT, ICoreWebView2, ICoreWebView2Environment,
    ICoreWebView2WebResourceRequest, ICoreWebView2WebResourceRequestedEventArgs,
};
use webview2_com::WebResourceRequestedEventHandler;
use windows::Win32::System::Com::IStream;
use windows::core::{HSTRING, Result as Com, w};

/// More is no form with an assertion, and is not read.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Frames below the top one never come this far, and a redirected post neither. Only the ACS's requests are asked for:
/// Windows does not sign its account on by a request that a program has looked at.
pub(super) fn install(
    view: &ICoreWebView2,
    environment: &ICoreWebView2Environment,
    going: &Going,
    acs: &[Acs],
    events: &Sender<Event>,
) -> Called<()> {
    // Made now, so that nothing can go wrong when it is needed. A page that is answered so stays where it is.
    // SAFETY: plain calls with constant texts.
    let nothing =
        unsafe { call!(environment => CreateWebResourceResponse(None, 204, w!("No Content"), w!("")))? };
    let (going, accepted, tx) = (going.clone(), acs.to_vec(), events.clone());
    let failed = events.clone();
    let read = move |args: ICoreWebView2WebResourceRequestedEventArgs| {
        // SAFETY: plain calls; the text is written during its own.
        let (request, url) = unsafe {
            let request = args.Request()?;
            let url = text(|text| request.Uri(text))?;
            (request, url)
        };
        let Some(action) = Url::parse(&url).ok().filter(|url| address::is_acs(url, &accepted)) else {
            return Ok(());
        };
        // SAFETY: a plain call.
        unsafe { args.SetResponse(&nothing)? };
        let saml = if going.is(&action) {
            body(&request).and_then(|body| posted::saml_response(&body))
        } else {
            None
        };
        let _ = tx.send(match saml {
            Some(saml) => Event::Posted { origin: origin(&request), action, saml },
            None => Event::PostStopped,
        });
        Ok(())
    };
    let requested = WebResourceRequestedEventHandler::create(Box::new(move |view, args| {
        let Some(args) = args else { return Ok(()) };
        let done: Com<()> = read(args);
        done.inspect_err(|error| {
            // It would go to the ACS now.
            if let Some(view) = view {
                // SAFETY: a plain call.
                let _ = unsafe { view.Stop() };
            }
            let refused = called("WebResourceRequested")(error.clone());
            let _ = failed.send(Event::EngineFailed(words(&refused)));
        })
    }));
    let mut token = 0;
    // SAFETY: the webview keeps its own reference to the handler; the texts outlive the calls.
    unsafe {
        call!(view => add_WebResourceRequested(&requested, &mut token))?;
        for filter in chromium::filters(acs) {
            let filter = HSTRING::from(filter);
            call!(view => AddWebResourceRequestedFilter(&filter, COREWEBVIEW2_WEB_RESOURCE_CONTEXT_DOCUMENT))?;
        }
    }
    Ok(())
}

/// None where there is none, or one that is too long to be a form with an assertion.
fn body(request: &ICoreWebView2WebResourceRequest) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    // SAFETY: a plain call; where there is no body, it is an error.
    let stream = unsafe { request.Content() }.ok()?;
    let mut body = zeroize::Zeroizing::new(Vec::new());
    let mut part = zeroize::Zeroizing::new([0; 16 * 1024]);
    loop {
        let read = read(&stream, part.as_mut_slice())?;
        if read == 0 {
            return Some(body);
        }
        body.extend_from_slice(part.get(..read)?);
        if body.len() > BODY_LIMIT {
            return None;
        }
    }
}

/// How much was read; 0 at the end.
fn read(stream: &IStream, part: &mut [u8]) -> Option<usize> {
    let mut read = 0;
    // SAFETY: the buffer's length goes with it, and both are written during the call.
    let done =
        unsafe { stream.Read(part.as_mut_ptr().cast(), u32::try_from(part.len()).ok()?, Some(&mut read)) };
    done.is_ok().then_some(read as usize)
}

/// As the engine names it in the request, if it does.
fn origin(request: &ICoreWebView2WebResourceRequest) -> Option<String> {
    // SAFETY: the text is written during the call, and is none of ours where that fails.
    unsafe {
        let headers = request.Headers().ok()?;
        text(|text| headers.GetHeader(w!("Origin"), text)).ok()
    }
}
