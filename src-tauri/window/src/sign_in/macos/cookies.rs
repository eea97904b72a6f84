//! The cookie jar, by the engine's own store: Tauri's loses the leading dot of a domain, and wry panics where a cookie
//! is none.
#![expect(unsafe_code, reason = "WebKit is an Objective-C framework")]

use super::super::cookie::{expiry, is_sound, seconds};
use super::super::flow::Event;
use crate::say;
use block2::RcBlock;
use objc2::rc::Retained;
use objc2::runtime::AnyObject;
use objc2_foundation::{
    NSArray, NSDate, NSDictionary, NSHTTPCookie, NSHTTPCookieDiscard, NSHTTPCookieDomain,
    NSHTTPCookieExpires, NSHTTPCookieName, NSHTTPCookiePath, NSHTTPCookieSameSiteLax,
    NSHTTPCookieSameSitePolicy, NSHTTPCookieSameSiteStrict, NSHTTPCookieSecure, NSHTTPCookieValue, NSString,
    ns_string,
};
use objc2_web_kit::{WKHTTPCookieStore, WKWebView};
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Cookie, SameSite};
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::mpsc::Sender;

/// Puts `jar` into the engine, and calls `then` when the last cookie is in.
pub(super) fn set(view: &WKWebView, jar: &[Cookie], then: impl FnOnce(&WKWebView) + 'static) {
    let store = store(view);
    let made: Vec<Retained<NSHTTPCookie>> = jar.iter().filter_map(to_engine).collect();
    if made.len() < jar.len() {
        say("rolecall-window: the engine refused a cookie of the jar");
    }
    let then = Rc::new(Cell::new(Some(then)));
    let left = Rc::new(Cell::new(made.len()));
    let proceed = {
        let (view, left) = (Retained::from(view), left.clone());
        move || {
            if left.get() == 0
                && let Some(then) = then.take()
            {
                then(&view);
            }
        }
    };
    proceed();
    for cookie in made {
        let (left, proceed) = (left.clone(), proceed.clone());
        let done = RcBlock::new(move || {
            left.set(left.get() - 1);
            proceed();
        });
        // SAFETY: a plain call on the main thread, where the block is called, too.
        unsafe { store.setCookie_completionHandler(&cookie, Some(&done)) };
    }
}

/// Sends the whole jar as it now stands.
pub(super) fn read(view: &WKWebView, events: Sender<Event>) {
    let answered = RcBlock::new(move |cookies: NonNull<NSArray<NSHTTPCookie>>| {
        // SAFETY: the array is valid during this call.
        let cookies = unsafe { cookies.as_ref() };
        let _ =
            events.send(Event::Cookies(Some(cookies.iter().map(|cookie| from_engine(&cookie)).collect())));
    });
    // SAFETY: a plain call on the main thread, where the block is called, too.
    unsafe { store(view).getAllCookies(&answered) };
}

fn store(view: &WKWebView) -> Retained<WKHTTPCookieStore> {
    // SAFETY: plain calls on the main thread.
    unsafe { view.configuration().websiteDataStore().httpCookieStore() }
}

/// None for what no cookie can hold. `HttpOnly` is the one key that Apple does not document.
fn to_engine(cookie: &Cookie) -> Option<Retained<NSHTTPCookie>> {
    if !is_sound(cookie) {
        return None;
    }
    let text = |text: &str| object(NSString::from_str(text));
    // SAFETY: constants of the framework.
    let properties = unsafe {
        let same_site = match cookie.same_site {
            SameSite::None => None,
            SameSite::Lax => Some(NSHTTPCookieSameSiteLax),
            SameSite::Strict => Some(NSHTTPCookieSameSiteStrict),
        };
        let ends = match cookie.expires {
            Some(time) => (NSHTTPCookieExpires, object(NSDate::dateWithTimeIntervalSince1970(seconds(time)))),
            None => (NSHTTPCookieDiscard, text("TRUE")),
        };
        [
            Some((NSHTTPCookieName, text(&cookie.name))),
            Some((NSHTTPCookieValue, text(cookie.value.expose()))),
            Some((NSHTTPCookieDomain, text(&cookie.domain))),
            Some((NSHTTPCookiePath, text(&cookie.path))),
            cookie.secure.then(|| (NSHTTPCookieSecure, text("TRUE"))),
            cookie.http_only.then(|| (ns_string!("HttpOnly"), text("TRUE"))),
            same_site.map(|policy| (NSHTTPCookieSameSitePolicy, text(&policy.to_string()))),
            Some(ends),
        ]
    };
    let (names, values): (Vec<&NSString>, Vec<Retained<AnyObject>>) =
        properties.into_iter().flatten().unzip();
    // SAFETY: each value has the type that its key asks for: texts, and a date.
    unsafe { NSHTTPCookie::cookieWithProperties(&NSDictionary::from_retained_objects(&names, &values)) }
}

fn object<T: objc2::Message>(any: Retained<T>) -> Retained<AnyObject> {
    // SAFETY: every object is one.
    unsafe { Retained::cast_unchecked(any) }
}

fn from_engine(cookie: &NSHTTPCookie) -> Cookie {
    let same_site = cookie.sameSitePolicy();
    // SAFETY: constants of the framework.
    let (lax, strict) = unsafe { (NSHTTPCookieSameSiteLax, NSHTTPCookieSameSiteStrict) };
    let is = |policy: &NSString| same_site.as_ref().is_some_and(|given| given.isEqualToString(policy));
    let expires = cookie.expiresDate().filter(|_| !cookie.isSessionOnly());
    Cookie {
        name: cookie.name().to_string(),
        value: Secret::new(cookie.value().to_string()),
        domain: cookie.domain().to_string(),
        path: cookie.path().to_string(),
        secure: cookie.isSecure(),
        http_only: cookie.isHTTPOnly(),
        same_site: if is(strict) {
            SameSite::Strict
        } else if is(lax) {
            SameSite::Lax
        } else {
            SameSite::None
        },
        expires: expires.and_then(|date| expiry(date.timeIntervalSince1970())),
    }
}
