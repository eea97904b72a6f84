//! Windows that a page opens by a person's click (`target=_blank`, `window.open`): in the same private environment, with
//! the same things taken away, under the same rules. They end with the first.

use super::super::address::{self, Verdict};
use super::super::flow::{Event, Flow, SecondWindowEvent};
use super::super::{Pressed, identity_center_stopped, navigation};
use crate::say;
use rolecall_core::sign_in::Request;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tauri::webview::{NewWindowFeatures, NewWindowResponse, PermissionResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Url, WebviewUrl, WebviewWindow, WindowEvent, Wry};

/// So many second windows at a time: a sign-in needs one, for terms of use or another provider's page.
const MOST: u32 = 3;
/// A page opens a window for a press of this long ago at most: as long as engines take a click for the cause of what
/// follows.
const PRESSED: Duration = Duration::from_secs(5);

/// The second windows of one sign-in.
#[derive(Clone)]
pub(super) struct SecondWindows {
    pub(super) app: AppHandle,
    pub(super) request: Request,
    pub(super) events: Sender<Event>,
    pub(super) pressed: Pressed,
    pub(super) open: Arc<AtomicU32>,
    pub(super) last_number: Arc<AtomicU32>,
}

impl SecondWindows {
    /// What becomes of a page's wish for a window.
    pub(super) fn answer(&self, url: &Url, features: NewWindowFeatures) -> NewWindowResponse<Wry> {
        let leads_somewhere = match address::verdict(url, &self.request.acs) {
            Verdict::Allowed | Verdict::Posts => true,
            Verdict::IdentityCenter => {
                let _ = self.events.send(identity_center_stopped(url));
                false
            }
            Verdict::Refused => false,
        };
        let few = self.open.load(Ordering::Relaxed) < MOST;
        if !leads_somewhere || !few || !self.pressed.within(PRESSED) {
            return NewWindowResponse::Deny;
        }
        self.build(features).map_or(NewWindowResponse::Deny, |window| NewWindowResponse::Create { window })
    }

    fn build(&self, features: NewWindowFeatures) -> tauri::Result<WebviewWindow> {
        let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
        let (events, itself) = self.events_of(number);
        let nested = self.clone();
        let blank = WebviewUrl::External("about:blank".parse().map_err(tauri::Error::InvalidUrl)?);
        let window = WebviewWindowBuilder::new(&self.app, format!("second-window-{number}"), blank)
            .window_features(features)
            .title(Flow::title(None, &self.request.profile))
            .inner_size(480.0, 680.0)
            .devtools(false)
            .general_autofill_enabled(false)
            .zoom_hotkeys_enabled(true)
            .incognito(!self.request.os_sso)
            .on_navigation(navigation(&self.request.acs, &self.events))
            .on_new_window(move |url, features| nested.answer(&url, features))
            .on_permission_request(|_, _| PermissionResponse::Deny)
            .on_download(|_, _| false)
            .build()?;
        self.open.fetch_add(1, Ordering::Relaxed);
        let _ = itself.set(window.clone());
        let (open, tx) = (self.open.clone(), events.clone());
        window.on_window_event(move |event| {
            if let WindowEvent::Destroyed = event {
                open.fetch_sub(1, Ordering::Relaxed);
                let _ = tx.send(Event::Closed);
            }
        });
        let request = self.request.clone();
        window.with_webview(move |webview| super::attach_second(&webview, &request, &events))?;
        Ok(window)
    }

    /// Where its engine's events go: what the sign-in has to know of them is told as this window's.
    fn events_of(&self, number: u32) -> (Sender<Event>, Arc<OnceLock<WebviewWindow>>) {
        let (sender, inbox) = channel();
        let itself = Arc::new(OnceLock::<WebviewWindow>::new());
        let (window, events, profile) = (itself.clone(), self.events.clone(), self.request.profile.clone());
        std::thread::spawn(move || {
            for event in inbox {
                let event = match event {
                    Event::Committed(page) => {
                        if let Some(window) = window.get() {
                            let _ = window.set_title(&Flow::title(page.as_ref(), &profile));
                        }
                        SecondWindowEvent::Committed(page)
                    }
                    Event::Report(report) => SecondWindowEvent::Report(report),
                    Event::Posted { origin, action, saml } => {
                        SecondWindowEvent::Posted { origin, action, saml }
                    }
                    // Its page has closed it, or its engine has crashed.
                    Event::EngineGone | Event::EngineFailed(_) => {
                        if let Event::EngineFailed(words) = &event {
                            say(&format!("rolecall-window: a second window: {words}"));
                        }
                        if let Some(window) = window.get() {
                            let _ = window.destroy();
                        }
                        continue;
                    }
                    Event::Closed => SecondWindowEvent::Closed,
                    _ => continue,
                };
                if events.send(Event::InSecondWindow { number, event }).is_err() {
                    return;
                }
            }
        });
        (sender, itself)
    }
}
