//! The sign-in window from its first line to its only answer.
//!
//! The main thread belongs to the window system; what happens there is sent as [`Event`]s to one thread that owns the
//! [`Flow`], performs its effects and ends the process. A platform file offers these, the same everywhere:
//!
//! ```text
//! fn prepare() -> io::Result<File>                           protects the process; takes the answer's pipe from stdout
//! fn has_display() -> bool                                   whether a window could be shown
//! fn has_engine() -> bool                                    whether the system has a web engine
//! fn start(&mut App)                                         before there is a window
//! fn new_window(&App, &Request, &Sender<Event>, &Pressed) -> impl Fn  what becomes of a page's wish for a second window
//! fn private(Builder, &Request, &Path) -> Result<Builder, NotOpened>  the webview of a sign-in, which leaves nothing behind
//! fn attach(PlatformWebview, &Request, Sender<Event>)        hardens, installs the capture, sets the jar, loads the page
//! fn read_cookies(PlatformWebview, Sender<Event>)            sends Event::Cookies
//! fn look_again(PlatformWebview)                             lets the capture script report again
//! fn own_page(Builder, PathBuf) -> Builder                   the webview of the main window
//! fn end() -> !                                              leaves at once
//! struct Engine { own(), stop() }                            the engine's processes, which end no later than we
//! const ANSWERS_POSTS: bool                                  whether a post to an ACS may start: it is answered here
//! ```

mod address;
mod answer;
#[cfg(any(windows, test))]
mod chromium;
#[cfg(any(windows, target_os = "macos", test))]
mod cookie;
#[cfg(any(windows, test))]
mod devtools;
mod flow;
#[cfg(any(windows, test))]
mod posted;
#[cfg(any(windows, target_os = "linux", test))]
mod proxy;
mod scratch;

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod platform;
#[cfg(target_os = "macos")]
#[path = "macos/mod.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod platform;

use crate::{foreground, say};
use address::Verdict;
use answer::Answer;
use flow::{Effect, Event, Flow};
pub(crate) use platform::{Engine, end, has_display, has_engine, own_page};
use rolecall_core::problem::foreign;
use rolecall_core::sign_in::{Acs, Failure, LINE_LIMIT, Mode, Outcome, Request, ToWindow};
pub(crate) use scratch::Scratch;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;
use tauri::webview::WebviewWindowBuilder;
use tauri::{RunEvent, Url, WebviewUrl, WebviewWindow, WindowEvent};

/// Why there is no window, and the engine's own words about it.
type NotOpened = (Failure, Option<String>);

type Builder<'a> = WebviewWindowBuilder<'a, tauri::Wry, tauri::App>;

/// What `capture.js` runs in, and the name of its message port.
const WORLD: &str = "rolecall";
/// A function that takes the message port.
const CAPTURE: &str = include_str!("capture.js");

/// How long a person may wait for `rolecall-window engine --probe`.
const PROBE_TIME: u64 = 30_000;

/// `rolecall-window sign-in`: everything, up to the end of the process.
pub(crate) fn run() -> ExitCode {
    let Ok(pipe) = platform::prepare() else {
        say("rolecall-window: standard output cannot be taken over");
        return ExitCode::FAILURE;
    };
    let answer = Answer::new(pipe);
    answer.give_on_panic();

    let mut input = BufReader::new(io::stdin());
    match read_message(&mut input) {
        Ok(ToWindow::Request(request)) if is_sound(&request) => sign_in(request, false, answer, Some(input)),
        Ok(ToWindow::Test { timeout_ms }) => sign_in(empty_page(timeout_ms), true, answer, Some(input)),
        Ok(_) | Err(NoMessage::Junk) => refuse(&answer, Failure::BadRequest),
        Err(NoMessage::Ended) => {
            answer.give(&Outcome::Cancelled { error: None });
            ExitCode::SUCCESS
        }
    }
}

/// `rolecall-window engine --probe`: the same on an empty page, for a person who reads the answer.
pub(crate) fn probe() -> ExitCode {
    let Ok(pipe) = platform::prepare() else {
        say("rolecall-window: standard output cannot be taken over");
        return ExitCode::FAILURE;
    };
    let answer = Answer::in_words(pipe, crate::engine().unwrap_or_else(|error| error));
    answer.give_on_panic();
    sign_in(empty_page(PROBE_TIME), true, answer, None)
}

/// Where nobody says anything any more, `input` is None.
fn sign_in(request: Request, testing: bool, answer: Answer, input: Option<BufReader<io::Stdin>>) -> ExitCode {
    if !platform::has_display() {
        return refuse(&answer, Failure::NoDisplay);
    }
    if !has_engine() {
        return refuse(&answer, Failure::NoRuntime);
    }
    let scratch = match Scratch::new(&std::env::temp_dir()) {
        Ok(scratch) => scratch,
        Err(_) => {
            say("rolecall-window: no folder for temporary files");
            return refuse(&answer, Failure::Engine);
        }
    };
    let (events, inbox) = channel();
    if let Some(input) = input {
        listen(input, events.clone());
    }
    // Conducted from before the window system starts: its time runs even if the start hangs.
    let window = Arc::new(OnceLock::new());
    let folder = scratch.path().to_owned();
    let pressed = Pressed::default();
    let flow = if testing {
        Flow::test(&request, crate::engine().unwrap_or_else(|error| error), Instant::now())
    } else {
        Flow::new(&request, Instant::now())
    };
    let conductor = Conductor {
        pressed: pressed.clone(),
        engine: Engine::own(),
        flow,
        events: events.clone(),
        window: window.clone(),
        answer: answer.clone(),
        scratch,
    };
    std::thread::spawn(move || conductor.conduct(inbox));
    let (failed, tx) = (events.clone(), events.clone());
    let built = foreground::builder()
        .setup(move |app| {
            platform::start(app);
            // An error handed out here would be a panic of Tauri's: who conducts ends the process, and removes its folder.
            let _ = events.send(match open(app, &request, folder, &events, &pressed) {
                Ok(opened) => {
                    let _ = window.set(opened);
                    Event::Opened
                }
                Err((reason, detail)) => Event::NotOpened { reason, detail },
            });
            Ok(())
        })
        // A context of its own: no page of ours in it.
        .build(tauri::generate_context!("sign-in.conf.json"));
    match built {
        Ok(mut app) => {
            foreground::start_hidden(&mut app);
            app.run(move |_, event| {
                // The conducting thread ends the process, when it has answered.
                if let RunEvent::ExitRequested { api, .. } = &event {
                    api.prevent_exit();
                }
                answer.give_at_exit(&event, &tx);
            });
            ExitCode::FAILURE
        }
        Err(error) => {
            let _ = failed.send(Event::NotOpened { reason: Failure::Engine, detail: own_words(&error) });
            // As above: who conducts ends the process.
            loop {
                std::thread::park();
            }
        }
    }
}

/// What a test opens.
fn empty_page(timeout_ms: u64) -> Request {
    Request {
        url: "about:blank".into(),
        profile: "test".into(),
        mode: Mode::Background,
        acs: Vec::new(),
        cookies: Vec::new(),
        timeout_ms,
        os_sso: false,
    }
}

/// What the window system or the engine says about its own failure; on Windows with the HRESULT. No page has been
/// opened yet, so that nothing of one is in it.
fn own_words(error: &tauri::Error) -> Option<String> {
    Some(foreign(&error.to_string()))
}

fn refuse(answer: &Answer, reason: Failure) -> ExitCode {
    answer.give(&Outcome::Failed { reason, detail: None });
    ExitCode::SUCCESS
}

fn is_sound(request: &Request) -> bool {
    Url::parse(&request.url)
        .is_ok_and(|url| address::may_visit(&url, &request.acs) && url.scheme() != "about")
}

/// The hidden, private window. Nothing is loaded before the platform's hands are on the webview.
fn open(
    app: &tauri::App,
    request: &Request,
    folder: PathBuf,
    events: &Sender<Event>,
    pressed: &Pressed,
) -> Result<WebviewWindow, NotOpened> {
    let blank = WebviewUrl::External(Url::parse("about:blank").expect("a valid address"));
    let builder = WebviewWindowBuilder::new(app, "sign-in", blank)
        .title(Flow::first_title(&request.profile))
        .inner_size(480.0, 680.0)
        .min_inner_size(360.0, 480.0)
        .center()
        .visible(false)
        .focused(false)
        .data_directory(folder.clone())
        .devtools(false)
        .general_autofill_enabled(false)
        .zoom_hotkeys_enabled(true)
        .on_navigation(navigation(&request.acs, events))
        .on_new_window(platform::new_window(app, request, events, pressed))
        .on_download(|_, _| false);
    let failed = |error: tauri::Error| (Failure::Engine, own_words(&error));
    let private = platform::private(builder, request, &folder)?;
    let window = private.build().map_err(failed)?;
    window.on_window_event({
        let events = events.clone();
        move |event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                let _ = events.send(Event::Closed);
            }
        }
    });
    let (request, events) = (request.clone(), events.clone());
    let attached = window.with_webview(move |webview| platform::attach(webview, &request, events));
    attached.map(|()| window).map_err(failed)
}

/// Where the top frame of a window may go, and what is told of the rest.
fn navigation(acs: &[Acs], events: &Sender<Event>) -> impl Fn(&Url) -> bool + Send + 'static {
    let (acs, events) = (acs.to_vec(), events.clone());
    move |url| {
        let verdict = address::verdict(url, &acs);
        let _ = match verdict {
            Verdict::Posts => events.send(Event::PostStopped),
            Verdict::IdentityCenter => events.send(identity_center_stopped(url)),
            Verdict::Allowed | Verdict::Refused => Ok(()),
        };
        verdict == Verdict::Allowed || (verdict == Verdict::Posts && platform::ANSWERS_POSTS)
    }
}

fn identity_center_stopped(url: &Url) -> Event {
    Event::IdentityCenterStopped { host: address::host(url).unwrap_or_default() }
}

/// Sends what the parent says after its request.
fn listen(mut input: BufReader<io::Stdin>, events: Sender<Event>) {
    std::thread::spawn(move || {
        loop {
            let event = match read_message(&mut input) {
                Ok(ToWindow::Show) => Event::ShowAsked,
                Ok(ToWindow::Request(_) | ToWindow::Test { .. }) | Err(NoMessage::Junk) => continue,
                Err(NoMessage::Ended) => Event::ParentGone,
            };
            let last = matches!(event, Event::ParentGone);
            if events.send(event).is_err() || last {
                return;
            }
        }
    });
}

/// When a person last pressed something in a window, for the main thread.
#[derive(Clone, Default)]
struct Pressed(Arc<Mutex<Option<Instant>>>);

impl Pressed {
    fn set(&self, at: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Whether that was within this time.
    #[cfg(windows)]
    fn within(&self, time: std::time::Duration) -> bool {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() <= time)
    }
}

/// Owns the flow, and performs its effects until the last one ends the process.
struct Conductor {
    engine: Engine,
    pressed: Pressed,
    flow: Flow,
    events: Sender<Event>,
    /// Empty until there is one.
    window: Arc<OnceLock<WebviewWindow>>,
    answer: Answer,
    scratch: Scratch,
}

impl Conductor {
    fn conduct(mut self, inbox: Receiver<Event>) {
        loop {
            let event = match inbox.recv_timeout(self.flow.due().saturating_duration_since(Instant::now())) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => Event::Tick,
                Err(RecvTimeoutError::Disconnected) => Event::EngineGone,
            };
            let effects = self.flow.step(event, Instant::now());
            self.pressed.set(self.flow.person_acted());
            for effect in effects {
                if let Effect::End(outcome) = effect {
                    self.answer.give(&outcome);
                    self.engine.stop();
                    self.scratch.remove();
                    platform::end();
                }
                if let Some(window) = self.window.get() {
                    self.perform(effect, window);
                }
            }
        }
    }

    fn perform(&self, effect: Effect, window: &WebviewWindow) {
        // A window that can no longer be asked is one whose end is on its way to us as an event.
        let _ = match effect {
            Effect::Title(title) => window.set_title(&title),
            Effect::Show => foreground::show(window),
            Effect::LookAgain => window.with_webview(platform::look_again),
            Effect::ReadCookies => {
                let events = self.events.clone();
                window.with_webview(move |webview| platform::read_cookies(webview, events))
            }
            Effect::End(_) => Ok(()),
        };
    }
}

enum NoMessage {
    Ended,
    Junk,
}

/// One line, one message. A line that is too long ends the conversation.
fn read_message(input: &mut impl BufRead) -> Result<ToWindow, NoMessage> {
    let mut line = Vec::new();
    let read = input.take(LINE_LIMIT as u64).read_until(b'\n', &mut line);
    match read {
        Ok(0) | Err(_) => Err(NoMessage::Ended),
        Ok(_) if line.last() != Some(&b'\n') => Err(NoMessage::Ended),
        Ok(_) => serde_json::from_slice(&line).map_err(|_| NoMessage::Junk),
    }
}
