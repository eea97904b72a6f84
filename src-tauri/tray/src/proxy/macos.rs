//! macOS: the settings of the network that is in use, their exceptions and their script, by CFNetwork.
#![expect(unsafe_code, reason = "calls into CFNetwork")]

use super::{Answer, Origin, Via, server, shown_script};
use objc2_cf_network::{
    CFNetworkCopyProxiesForAutoConfigurationScript, CFNetworkCopyProxiesForURL,
    CFNetworkCopySystemProxySettings, CFNetworkExecuteProxyAutoConfigurationURL,
    CFProxyAutoConfigurationResultCallback, kCFProxyAutoConfigurationJavaScriptKey,
    kCFProxyAutoConfigurationURLKey, kCFProxyHostNameKey, kCFProxyPortNumberKey,
    kCFProxyTypeAutoConfigurationJavaScript, kCFProxyTypeAutoConfigurationURL, kCFProxyTypeHTTP,
    kCFProxyTypeHTTPS, kCFProxyTypeKey, kCFProxyTypeNone, kCFProxyTypeSOCKS,
};
use objc2_core_foundation::{
    CFArray, CFDictionary, CFError, CFNumber, CFRetained, CFRunLoop, CFStreamClientContext, CFString, CFType,
    CFURL,
};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::{NonNull, null_mut};
use std::time::{Duration, Instant};
use url::Url;

/// For the script's download and its run.
const PATIENCE: Duration = Duration::from_secs(4);
/// Of the run loop, so that nothing else is served on this thread meanwhile.
const MODE: &str = "org.rolecall.proxy-script";

type Entry = CFDictionary<CFString, CFType>;

pub(super) async fn ask(place: &Url) -> Answer {
    let place = place.clone();
    // A script blocks, on a run loop of the thread.
    let asked = tokio::task::spawn_blocking(move || ask_system(&place)).await;
    asked.unwrap_or_else(|_| Answer::unknown("macOS did not tell its proxy settings"))
}

fn ask_system(place: &Url) -> Answer {
    // SAFETY: it takes nothing, and gives settings that are ours or none.
    let Some(settings) = (unsafe { CFNetworkCopySystemProxySettings() }) else { return Answer::none() };
    let Some(target) = cf_url(place.as_str()) else { return Answer::none() };
    // SAFETY: both live for the call, and the settings are those that the system gave.
    let list = unsafe { CFNetworkCopyProxiesForURL(&target, &settings) };
    let mut answer = Answer { ways: Vec::new(), origin: Origin::Settings, unknown: None };
    for entry in entries(list) {
        // SAFETY: constants of the framework.
        let (kind, script_url, script_text) = unsafe {
            (kind(&entry), kCFProxyTypeAutoConfigurationURL, kCFProxyTypeAutoConfigurationJavaScript)
        };
        if kind.as_deref() == Some(script_url) {
            // SAFETY: as above.
            let address = value::<CFURL>(&entry, unsafe { kCFProxyAutoConfigurationURLKey });
            let Some(address) = address else { continue };
            let shown = shown_script(&address.string().to_string());
            match run_script_at(&address, &target) {
                Ok(ways) => {
                    answer.ways.extend(ways);
                    answer.origin = Origin::Script(shown);
                }
                Err(reason) => {
                    answer.unknown = Some(format!("the proxy script {shown} could not be used: {reason}"))
                }
            }
        } else if kind.as_deref() == Some(script_text) {
            // SAFETY: as above.
            let script = value::<CFString>(&entry, unsafe { kCFProxyAutoConfigurationJavaScriptKey });
            let Some(script) = script else { continue };
            // SAFETY: both live for the call; no error is asked for.
            let list =
                unsafe { CFNetworkCopyProxiesForAutoConfigurationScript(&script, &target, null_mut()) };
            match list {
                Some(list) => answer.ways.extend(ways(list)),
                None => answer.unknown = Some("the proxy script in the settings could not be used".into()),
            }
        } else {
            answer.ways.extend(way(&entry));
        }
    }
    answer
}

fn cf_url(text: &str) -> Option<CFRetained<CFURL>> {
    CFURL::from_string(None, &CFString::from_str(text), None)
}

fn entries(list: CFRetained<CFArray>) -> CFRetained<CFArray<Entry>> {
    // SAFETY: CFNetwork documents its lists of proxies as dictionaries with texts for keys.
    unsafe { CFRetained::cast_unchecked(list) }
}

fn value<T: objc2_core_foundation::ConcreteType>(entry: &Entry, key: &CFString) -> Option<CFRetained<T>> {
    entry.get(key)?.downcast().ok()
}

fn kind(entry: &Entry) -> Option<CFRetained<CFString>> {
    // SAFETY: a constant of the framework.
    value(entry, unsafe { kCFProxyTypeKey })
}

fn ways(list: CFRetained<CFArray>) -> Vec<Via> {
    entries(list).iter().filter_map(|entry| way(&entry)).collect()
}

/// None for a proxy of protocols that we do not speak.
fn way(entry: &Entry) -> Option<Via> {
    let kind = kind(entry)?;
    // SAFETY: constants of the framework.
    let (none, http, https, socks, host, port) = unsafe {
        (
            kCFProxyTypeNone,
            kCFProxyTypeHTTP,
            kCFProxyTypeHTTPS,
            kCFProxyTypeSOCKS,
            kCFProxyHostNameKey,
            kCFProxyPortNumberKey,
        )
    };
    if *kind == *none {
        return Some(Via::Direct);
    }
    // HTTPS: for https addresses. The proxy itself speaks HTTP.
    let scheme = match &*kind {
        kind if kind == http || kind == https => "http",
        kind if kind == socks => "socks5",
        _ => return None,
    };
    let host = value::<CFString>(entry, host)?.to_string();
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
    let port = value::<CFNumber>(entry, port).and_then(|port| port.as_i32()).filter(|port| *port > 0);
    Some(server::parse(&match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }))
}

type Outcome = RefCell<Option<Result<Vec<Via>, String>>>;
/// What CFNetwork really calls: the list is null where there is an error.
type Told = unsafe extern "C-unwind" fn(*mut c_void, *mut CFArray, *mut CFError);

/// Loads and runs the script of this address, within the time there is.
fn run_script_at(address: &CFURL, target: &CFURL) -> Result<Vec<Via>, String> {
    let outcome = Outcome::default();
    let mut context = CFStreamClientContext {
        version: 0,
        info: (&raw const outcome).cast_mut().cast(),
        retain: None,
        release: None,
        copyDescription: None,
    };
    // SAFETY: the same function pointer, but for pointers that may be null.
    let callback = unsafe { std::mem::transmute::<Told, CFProxyAutoConfigurationResultCallback>(told) };
    let Some(run_loop) = CFRunLoop::current() else { return Err("this thread has no run loop".into()) };
    // SAFETY: the context is copied, and the outcome that it names outlives the source, which is invalidated below
    // before this function returns; until then only this thread calls back, from its run loop.
    let source = unsafe {
        CFNetworkExecuteProxyAutoConfigurationURL(address, target, callback, NonNull::from(&mut context))
    };
    let mode = CFString::from_str(MODE);
    run_loop.add_source(Some(&source), Some(&mode));
    let until = Instant::now() + PATIENCE;
    while outcome.borrow().is_none() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        CFRunLoop::run_in_mode(Some(&mode), left.as_secs_f64(), true);
    }
    run_loop.remove_source(Some(&source), Some(&mode));
    source.invalidate();
    outcome.take().unwrap_or_else(|| Err("it took too long".into()))
}

unsafe extern "C-unwind" fn told(info: *mut c_void, list: *mut CFArray, error: *mut CFError) {
    // SAFETY: the outcome that `run_script_at` gave, which waits for us.
    let Some(outcome) = (unsafe { info.cast::<Outcome>().as_ref() }) else { return };
    // SAFETY: null, or an error that lives for this call.
    let told = match (unsafe { error.as_ref() }, NonNull::new(list)) {
        (Some(error), _) => Err(format!("error {} of CFNetwork", error.code())),
        (None, None) => Err("it says nothing".into()),
        // SAFETY: a list that lives for this call; we hold it as long as we read it.
        (None, Some(list)) => Ok(ways(unsafe { CFRetained::retain(list) })),
    };
    *outcome.borrow_mut() = Some(told);
    if let Some(run_loop) = CFRunLoop::current() {
        run_loop.stop();
    }
}
