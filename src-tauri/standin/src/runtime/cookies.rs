//! The cookie jar.

use crate::runtime::args::getter;
use crate::runtime::com::{Table, inside, invoke, keep, methods, object, state};
use crate::runtime::notes::{fault, note, read};
use crate::runtime::view::View;
use crate::runtime::{browser, later};
use std::cell::RefCell;
use std::ffi::c_void;
use webview2_com::Microsoft::Web::WebView2::Win32::*;
use windows::Win32::Foundation::{E_INVALIDARG, S_OK};
use windows::core::{BOOL, HRESULT, IUnknown, Interface, PCWSTR};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) domain: String,
    pub(crate) path: String,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    /// A COREWEBVIEW2_COOKIE_SAME_SITE_KIND.
    pub(crate) same_site: i32,
    /// Seconds since 1970; none for one that ends with the browser.
    pub(crate) expires: Option<f64>,
}

impl Cookie {
    fn is_same_place(&self, other: &Self) -> bool {
        (&self.name, &self.domain, &self.path) == (&other.name, &other.domain, &other.path)
    }
}

/// Of this view.
pub(crate) fn manager(view: IUnknown) -> IUnknown {
    unsafe extern "system" fn create(
        _: *mut c_void,
        name: PCWSTR,
        value: PCWSTR,
        domain: PCWSTR,
        path: PCWSTR,
        out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: texts end with zero; `out` can be written.
        unsafe {
            let [name, value, domain, path] = [name, value, domain, path].map(|text| read(text));
            *out = cookie(Cookie { name, value, domain, path, ..Cookie::default() }).into_raw();
        }
        S_OK
    }
    unsafe extern "system" fn put(this: *mut c_void, cookie: *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object, and a cookie of ours.
        let (view, cookie) =
            unsafe { (state::<IUnknown>(this), state::<RefCell<Cookie>>(cookie).borrow().clone()) };
        let Cookie { name, domain, path, secure, http_only, same_site, expires, .. } = &cookie;
        note(&format!("cookie in: {name} {domain} {path} {secure} {http_only} {same_site} {expires:?}"));
        if browser::is_there() {
            browser::set_cookie(&cookie);
        } else {
            inside::<View>(view).put_cookie(cookie);
        }
        S_OK
    }
    unsafe extern "system" fn all(this: *mut c_void, url: PCWSTR, handler: *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object, a text that ends with zero, and an object or null.
        let (view, url, handler) = unsafe { (state::<IUnknown>(this).clone(), read(url), keep(handler)) };
        let Some(handler) = handler else { return E_INVALIDARG };
        if !url.is_empty() {
            fault("cookies of one address only were asked for");
        }
        let answer = move |cookies| {
            let list = list(cookies);
            let _ = invoke(&handler, 0, list.as_raw());
        };
        if browser::is_there() {
            browser::cookies(answer);
        } else {
            later::run(0, move || answer(inside::<View>(&view).cookies()));
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2CookieManager_Vtbl { CreateCookie: create, AddOrUpdateCookie: put, GetCookies: all }
    );
    object("the cookie manager", ICoreWebView2CookieManager_Vtbl::matches, table, view)
}

/// Puts it in the place of one of the same name and place.
pub(crate) fn put(jar: &RefCell<Vec<Cookie>>, cookie: Cookie) {
    let mut jar = jar.borrow_mut();
    jar.retain(|other| !other.is_same_place(&cookie));
    jar.push(cookie);
}

fn list(cookies: Vec<Cookie>) -> IUnknown {
    unsafe extern "system" fn at(this: *mut c_void, index: u32, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: a method of such an object; `out` can be written.
        unsafe {
            let Some(found) = state::<Vec<Cookie>>(this).get(index as usize) else {
                fault("a list of cookies was asked for one beyond its end");
                return E_INVALIDARG;
            };
            *out = cookie(found.clone()).into_raw();
        }
        S_OK
    }
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2CookieList_Vtbl {
            Count: getter!(Vec<Cookie>, u32, cookies => cookies.len() as u32),
            GetValueAtIndex: at,
        }
    );
    object("a list of cookies", ICoreWebView2CookieList_Vtbl::matches, table, cookies)
}

macro_rules! setter {
    ($field:ident: $type:ty, $value:ident => $stored:expr) => {{
        unsafe extern "system" fn set(this: *mut c_void, $value: $type) -> HRESULT {
            // SAFETY: a method of an object with this state.
            unsafe { state::<RefCell<Cookie>>(this) }.borrow_mut().$field = $stored;
            S_OK
        }
        set
    }};
}

fn cookie(cookie: Cookie) -> IUnknown {
    type Behind = RefCell<Cookie>;
    type SameSite = COREWEBVIEW2_COOKIE_SAME_SITE_KIND;
    let mut table = Table::new();
    methods!(
        table,
        ICoreWebView2Cookie_Vtbl {
            Name: getter!(text Behind, cookie => &cookie.borrow().name),
            Value: getter!(text Behind, cookie => &cookie.borrow().value),
            Domain: getter!(text Behind, cookie => &cookie.borrow().domain),
            Path: getter!(text Behind, cookie => &cookie.borrow().path),
            IsSecure: getter!(Behind, BOOL, cookie => cookie.borrow().secure.into()),
            SetIsSecure: setter!(secure: BOOL, value => value.as_bool()),
            IsHttpOnly: getter!(Behind, BOOL, cookie => cookie.borrow().http_only.into()),
            SetIsHttpOnly: setter!(http_only: BOOL, value => value.as_bool()),
            SameSite: getter!(Behind, SameSite, cookie => COREWEBVIEW2_COOKIE_SAME_SITE_KIND(cookie.borrow().same_site)),
            SetSameSite: setter!(same_site: SameSite, value => value.0),
            IsSession: getter!(Behind, BOOL, cookie => cookie.borrow().expires.is_none().into()),
            Expires: getter!(Behind, f64, cookie => cookie.borrow().expires.unwrap_or(-1.0)),
            SetExpires: setter!(expires: f64, value => Some(value)),
        }
    );
    object("a cookie", ICoreWebView2Cookie_Vtbl::matches, table, RefCell::new(cookie))
}
