//! The cookie jar, by the engine's own manager: Tauri's loses the leading dot of a domain and sub-path cookies.
#![expect(unsafe_code, reason = "WebView2 is a COM interface")]

use super::super::cookie::{expiry, is_sound, seconds};
use super::super::flow::Event;
use super::{Called, call, called, text, words};
use crate::say;
use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Cookie, SameSite};
use std::sync::mpsc::Sender;
use webview2_com::GetCookiesCompletedHandler;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_COOKIE_SAME_SITE_KIND, COREWEBVIEW2_COOKIE_SAME_SITE_KIND_LAX,
    COREWEBVIEW2_COOKIE_SAME_SITE_KIND_NONE, COREWEBVIEW2_COOKIE_SAME_SITE_KIND_STRICT, ICoreWebView2,
    ICoreWebView2_2, ICoreWebView2Cookie, ICoreWebView2CookieList, ICoreWebView2CookieManager,
};
use windows::core::{BOOL, HSTRING, Interface, PCWSTR, Result as Com};

/// Puts `jar` into the engine, and calls `then` when the last cookie is in.
pub(super) fn set(
    view: &ICoreWebView2,
    jar: &[Cookie],
    events: Sender<Event>,
    then: impl FnOnce(&ICoreWebView2) -> Called<()> + 'static,
) -> Called<()> {
    let manager = manager(view)?;
    for cookie in jar {
        if !is_sound(cookie) {
            say("rolecall-window: a cookie of the jar is none that an engine would take");
        } else if let Err(error) = add(&manager, cookie) {
            say(&format!(
                "rolecall-window: a cookie of the jar: {}",
                words(&called("AddOrUpdateCookie")(error))
            ));
        }
    }
    // Nobody says when a cookie is in; a question that is answered after them does.
    let asked = view.clone();
    ask(&manager, move |_| {
        if let Err(refused) = then(&asked) {
            let _ = events.send(Event::EngineFailed(words(&refused)));
        }
    })
}

/// Sends the whole jar as it now stands.
pub(super) fn read(view: &ICoreWebView2, events: &Sender<Event>) -> Called<()> {
    let events = events.clone();
    ask(&manager(view)?, move |list| {
        let jar = list.and_then(|list| {
            let read = cookies(&list).map_err(called("ICoreWebView2CookieList"));
            read.inspect_err(|refused| say(&format!("rolecall-window: the jar: {}", words(refused)))).ok()
        });
        let _ = events.send(Event::Cookies(jar));
    })
}

fn manager(view: &ICoreWebView2) -> Called<ICoreWebView2CookieManager> {
    let view = view.cast::<ICoreWebView2_2>().map_err(called("ICoreWebView2_2"))?;
    // SAFETY: a plain call.
    unsafe { call!(view => CookieManager()) }
}

/// Asks for all cookies, of every address.
fn ask(
    manager: &ICoreWebView2CookieManager,
    answered: impl FnOnce(Option<ICoreWebView2CookieList>) + 'static,
) -> Called<()> {
    let handler = GetCookiesCompletedHandler::create(Box::new(move |code, list| {
        if let Err(error) = &code {
            say(&format!("rolecall-window: {}", words(&called("GetCookies")(error.clone()))));
        }
        answered(list.filter(|_| code.is_ok()));
        Ok(())
    }));
    // SAFETY: no address stands for all of them; the engine keeps its own reference to the handler.
    unsafe { call!(manager => GetCookies(PCWSTR::null(), &handler)) }
}

fn add(manager: &ICoreWebView2CookieManager, cookie: &Cookie) -> Com<()> {
    let [name, value, domain, path] =
        [&cookie.name, cookie.value.expose(), &cookie.domain, &cookie.path].map(HSTRING::from);
    // SAFETY: the texts outlive the calls.
    unsafe {
        let made = manager.CreateCookie(&name, &value, &domain, &path)?;
        made.SetIsSecure(cookie.secure)?;
        made.SetIsHttpOnly(cookie.http_only)?;
        made.SetSameSite(match cookie.same_site {
            SameSite::None => COREWEBVIEW2_COOKIE_SAME_SITE_KIND_NONE,
            SameSite::Lax => COREWEBVIEW2_COOKIE_SAME_SITE_KIND_LAX,
            SameSite::Strict => COREWEBVIEW2_COOKIE_SAME_SITE_KIND_STRICT,
        })?;
        if let Some(expires) = cookie.expires {
            made.SetExpires(seconds(expires))?;
        }
        manager.AddOrUpdateCookie(&made)
    }
}

fn cookies(list: &ICoreWebView2CookieList) -> Com<Vec<Cookie>> {
    let mut count = 0;
    // SAFETY: what is handed in is written during the call; every index is below the count.
    unsafe {
        list.Count(&mut count)?;
        (0..count).map(|index| list.GetValueAtIndex(index).and_then(|cookie| from_engine(&cookie))).collect()
    }
}

fn from_engine(cookie: &ICoreWebView2Cookie) -> Com<Cookie> {
    let (mut secure, mut http_only, mut session) = (BOOL::default(), BOOL::default(), BOOL::default());
    let mut same_site = COREWEBVIEW2_COOKIE_SAME_SITE_KIND::default();
    let mut expires = 0.0;
    // SAFETY: what is handed in is written during the calls.
    unsafe {
        cookie.IsSecure(&mut secure)?;
        cookie.IsHttpOnly(&mut http_only)?;
        cookie.IsSession(&mut session)?;
        cookie.SameSite(&mut same_site)?;
        cookie.Expires(&mut expires)?;
        Ok(Cookie {
            name: text(|text| cookie.Name(text))?,
            value: Secret::new(text(|text| cookie.Value(text))?),
            domain: text(|text| cookie.Domain(text))?,
            path: text(|text| cookie.Path(text))?,
            secure: secure.as_bool(),
            http_only: http_only.as_bool(),
            same_site: match same_site {
                COREWEBVIEW2_COOKIE_SAME_SITE_KIND_STRICT => SameSite::Strict,
                COREWEBVIEW2_COOKIE_SAME_SITE_KIND_LAX => SameSite::Lax,
                _ => SameSite::None,
            },
            expires: if session.as_bool() { None } else { expiry(expires) },
        })
    }
}
