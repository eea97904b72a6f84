//! The cookie jar, by the engine's own manager: Tauri's loses the leading dot of a domain and sub-path cookies.
#![expect(unsafe_code, reason = "webkit_cookie_manager_get_all_cookies is not in the webkit2gtk crate")]

use super::super::flow::Event;
use crate::say;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Cookie, SameSite};
use soup::SameSitePolicy;
use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use webkit2gtk::gio::{self, ffi::GAsyncResult};
use webkit2gtk::glib;
use webkit2gtk::glib::translate::{FromGlibPtrContainer, ToGlibPtr};
use webkit2gtk::{CookieManager, CookieManagerExt, WebView, WebViewExt, WebsiteDataManagerExt};

/// Puts `jar` into the engine, and calls `then` when the last cookie is in.
pub(super) fn set(
    view: &WebView,
    jar: &[Cookie],
    events: Sender<Event>,
    then: impl FnOnce(&WebView) + 'static,
) {
    let Some(manager) = manager(view) else {
        let _ = events.send(Event::EngineGone);
        return;
    };
    let jar: Vec<soup::Cookie> = jar.iter().filter_map(to_engine).collect();
    let then = Rc::new(Cell::new(Some(then)));
    let left = Rc::new(Cell::new(jar.len()));
    let proceed = {
        let (view, left) = (view.clone(), left.clone());
        move || {
            if left.get() == 0
                && let Some(then) = then.take()
            {
                then(&view);
            }
        }
    };
    proceed();
    for mut cookie in jar {
        let (left, proceed) = (left.clone(), proceed.clone());
        manager.add_cookie(&mut cookie, None::<&gio::Cancellable>, move |result| {
            if result.is_err() {
                say("rolecall-window: the engine refused a cookie of the jar");
            }
            left.set(left.get() - 1);
            proceed();
        });
    }
}

/// Sends the whole jar as it now stands.
pub(super) fn read(view: &WebView, events: Sender<Event>) {
    let Some(manager) = manager(view) else {
        let _ = events.send(Event::Cookies(None));
        return;
    };
    let events = Box::into_raw(Box::new(events));
    let object = ToGlibPtr::<*mut webkit2gtk::ffi::WebKitCookieManager>::to_glib_none(&manager);
    // SAFETY: the manager outlives the call (WebKit keeps it until the answer), and `events` is given to `answered`,
    // which is called exactly once.
    unsafe {
        webkit_cookie_manager_get_all_cookies(object.0.cast(), std::ptr::null_mut(), answered, events.cast());
    }
}

unsafe extern "C" fn answered(manager: *mut c_void, result: *mut GAsyncResult, events: *mut c_void) {
    // SAFETY: `events` is the box made in `read`; `manager` and `result` are valid during this call, and the list and
    // its cookies are ours by the function's contract (transfer full).
    let (events, jar) = unsafe {
        let events = Box::from_raw(events.cast::<Sender<Event>>());
        let mut error = std::ptr::null_mut::<glib::ffi::GError>();
        let list = webkit_cookie_manager_get_all_cookies_finish(manager, result, &mut error);
        if !error.is_null() {
            glib::ffi::g_error_free(error);
        }
        let jar: Option<Vec<soup::Cookie>> =
            error.is_null().then(|| FromGlibPtrContainer::from_glib_full(list));
        (events, jar)
    };
    let jar = jar.map(|jar| jar.into_iter().map(from_engine).collect());
    let _ = events.send(Event::Cookies(jar));
}

// Since WebKitGTK 2.42.
unsafe extern "C" {
    fn webkit_cookie_manager_get_all_cookies(
        manager: *mut c_void,
        cancellable: *mut c_void,
        callback: unsafe extern "C" fn(*mut c_void, *mut GAsyncResult, *mut c_void),
        data: *mut c_void,
    );
    fn webkit_cookie_manager_get_all_cookies_finish(
        manager: *mut c_void,
        result: *mut GAsyncResult,
        error: *mut *mut glib::ffi::GError,
    ) -> *mut glib::ffi::GList;
}

fn manager(view: &WebView) -> Option<CookieManager> {
    view.website_data_manager()?.cookie_manager()
}

/// None for a text that no cookie can hold.
fn to_engine(cookie: &Cookie) -> Option<soup::Cookie> {
    let Cookie { name, value, domain, path, .. } = cookie;
    if [name, value.expose(), domain, path].iter().any(|text| text.contains('\0')) {
        return None;
    }
    let mut made = soup::Cookie::new(name, value.expose(), domain, path, -1);
    made.set_secure(cookie.secure);
    made.set_http_only(cookie.http_only);
    made.set_same_site_policy(match cookie.same_site {
        SameSite::None => SameSitePolicy::None,
        SameSite::Lax => SameSitePolicy::Lax,
        SameSite::Strict => SameSitePolicy::Strict,
    });
    if let Some(expires) = cookie.expires {
        made.set_expires(&glib::DateTime::from_unix_utc(expires).ok()?);
    }
    Some(made)
}

fn from_engine(mut cookie: soup::Cookie) -> Cookie {
    Cookie {
        name: cookie.name().unwrap_or_default().into(),
        value: Secret::new(cookie.value().unwrap_or_default()),
        domain: cookie.domain().unwrap_or_default().into(),
        path: cookie.path().unwrap_or_default().into(),
        secure: cookie.is_secure(),
        http_only: cookie.is_http_only(),
        same_site: match cookie.same_site_policy() {
            SameSitePolicy::Strict => SameSite::Strict,
            SameSitePolicy::Lax => SameSite::Lax,
            _ => SameSite::None,
        },
        expires: cookie.expires().map(|time| time.to_unix()),
    }
}
