//! Windows that a page opens by a person's click (`target=_blank`, `window.open`): in the same private context, with the
//! same things taken away, under the same rules, and without anything of Tauri in them. They end with the first.

use super::super::address::{self, Verdict};
use super::super::flow::{Event, Flow, SecondWindowEvent};
use super::super::identity_center_stopped;
use super::capture::{self, disconnect_all};
use super::{harden, watch_person};
use gtk::prelude::{Cast, ContainerExt, GtkWindowExt, ObjectExt, WidgetExt};
use rolecall_core::sign_in::{Acs, Mode, Request};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc::Sender;
use tauri::Url;
use webkit2gtk::{
    LoadEvent, NavigationPolicyDecision, NavigationPolicyDecisionExt, PolicyDecision, PolicyDecisionExt,
    PolicyDecisionType, URIRequestExt, UserContentManager, WebView, WebViewExt,
};

/// So many second windows at a time: a sign-in needs one, for terms of use or another provider's page.
const MOST: u32 = 3;

/// The second windows of one sign-in.
pub(super) struct SecondWindows {
    profile: String,
    acs: Vec<Acs>,
    interactive: bool,
    events: Sender<Event>,
    open: Cell<u32>,
    last_number: Cell<u32>,
}

impl SecondWindows {
    pub(super) fn new(request: &Request, events: &Sender<Event>) -> Rc<Self> {
        Rc::new(Self {
            profile: request.profile.clone(),
            acs: request.acs.clone(),
            interactive: request.mode == Mode::Interactive,
            events: events.clone(),
            open: Cell::new(0),
            last_number: Cell::new(0),
        })
    }

    /// Whether a window may be opened for this address. What would be posted to an ACS is captured on its way.
    fn may_go(&self, url: &Url) -> bool {
        match address::verdict(url, &self.acs) {
            Verdict::Allowed | Verdict::Posts => true,
            Verdict::IdentityCenter => {
                let _ = self.events.send(identity_center_stopped(url));
                false
            }
            Verdict::Refused => false,
        }
    }

    fn tell(&self, number: u32, event: SecondWindowEvent) {
        let _ = self.events.send(Event::InSecondWindow { number, event });
    }
}

/// Lets pages of this view open windows, in the place of wry's answer.
pub(super) fn allow(view: &WebView, windows: &Rc<SecondWindows>) {
    disconnect_all(view, "create");
    let windows = windows.clone();
    view.connect_create(move |opener, action| {
        // Nobody can click in a window that is not shown.
        let action = action.clone();
        let clicked = action.is_user_gesture() && opener.is_mapped();
        // Without an address: an empty page, which its opener writes.
        let address = action.request().and_then(|request| request.uri()).unwrap_or_default();
        let leads_somewhere = Url::parse(&address).map_or(address.is_empty(), |url| windows.may_go(&url));
        let allowed = clicked && leads_somewhere && windows.open.get() < MOST;
        allowed.then(|| open(opener, &windows).upcast())
    });
}

fn open(opener: &WebView, windows: &Rc<SecondWindows>) -> WebView {
    // The related view brings context, cookies and process; settings are the hardened ones.
    let mut builder =
        WebView::builder().related_view(opener).user_content_manager(&UserContentManager::new());
    if let Some(settings) = WebViewExt::settings(opener) {
        builder = builder.settings(&settings);
    }
    let view = builder.build();
    let number = windows.last_number.get() + 1;
    windows.last_number.set(number);
    windows.open.set(windows.open.get() + 1);

    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    window.set_title(&Flow::title(None, &windows.profile));
    window.set_default_size(480, 680);
    if let Some(first) = opener.toplevel().and_then(|first| first.downcast::<gtk::Window>().ok()) {
        window.set_transient_for(Some(&first));
    }
    window.add(&view);
    let closed = windows.clone();
    window.connect_destroy(move |_| {
        closed.open.set(closed.open.get().saturating_sub(1));
        closed.tell(number, SecondWindowEvent::Closed);
    });

    harden::refuse(&view, windows.interactive, &windows.events);
    let tell = windows.clone();
    capture::install(&view, move |report| tell.tell(number, SecondWindowEvent::Report(report)));
    watch_person(&view, &windows.events);
    allow(&view, windows);
    rule_navigation(&view, windows);
    follow(&view, &window, number, windows);
    view
}

/// Its title, its first appearance, and its end.
fn follow(view: &WebView, window: &gtk::Window, number: u32, windows: &Rc<SecondWindows>) {
    let (titled, committed) = (window.downgrade(), windows.clone());
    view.connect_load_changed(move |view, load| {
        if load == LoadEvent::Committed {
            let page = view.uri().and_then(|uri| Url::parse(&uri).ok());
            if let Some(window) = titled.upgrade() {
                window.set_title(&Flow::title(page.as_ref(), &committed.profile));
            }
            committed.tell(number, SecondWindowEvent::Committed(page));
        }
    });
    let shown = window.downgrade();
    view.connect_ready_to_show(move |_| {
        if let Some(window) = shown.upgrade() {
            window.show_all();
            window.present();
        }
    });
    let closing = window.downgrade();
    view.connect_close(move |_| {
        if let Some(window) = closing.upgrade() {
            window.close();
        }
    });
}

/// The first window's rule, and its capture.
fn rule_navigation(view: &WebView, windows: &Rc<SecondWindows>) {
    let windows = windows.clone();
    view.connect_decide_policy(move |view, decision, kind| {
        let navigates =
            matches!(kind, PolicyDecisionType::NavigationAction | PolicyDecisionType::NewWindowAction);
        if !navigates {
            return false;
        }
        let verdict = destination(decision).map_or(Verdict::Refused, |url| {
            let verdict = address::verdict(&url, &windows.acs);
            if verdict == Verdict::IdentityCenter {
                let _ = windows.events.send(identity_center_stopped(&url));
            }
            verdict
        });
        if verdict == Verdict::Posts {
            // The form may be of this page, or of the one that opened it.
            capture::look_again(view);
            let _ = windows.events.send(Event::PostStopped);
        }
        if verdict == Verdict::Allowed {
            decision.use_()
        } else {
            decision.ignore()
        }
        true
    });
}

fn destination(decision: &PolicyDecision) -> Option<Url> {
    let navigation = decision.downcast_ref::<NavigationPolicyDecision>()?;
    let address = navigation.navigation_action()?.request()?.uri()?;
    Url::parse(&address).ok()
}
