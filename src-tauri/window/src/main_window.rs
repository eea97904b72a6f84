//! The main window: shows `ui/` and passes on what it asks, to the resident process and back.
//!
//! Its one command takes an [`Ask`] and hands back [`Told`]s, types that cannot hold a secret. It goes nowhere else.

use crate::foreground;
use crate::sign_in::{Engine, Scratch, end, has_display, has_engine, own_page};
use rolecall_client::{Conversation, ask as ask_or_start, ask_running, trouble};
#[cfg(windows)]
use rolecall_core::folders::Folders;
use rolecall_core::message::window::{Ask, Page, Told};
use rolecall_core::message::{Reply, Request};
use rolecall_core::problem::{Kind, Report};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use tauri::ipc::Channel;
use tauri::webview::{NewWindowResponse, PageLoadEvent, WebviewWindowBuilder};
use tauri::{RunEvent, Url, WebviewUrl, WebviewWindow, WindowEvent};

/// Told apart by the resident process.
const NO_DISPLAY: u8 = 3;
const NO_RUNTIME: u8 = 4;

pub(crate) fn run() -> ExitCode {
    if !has_display() {
        crate::say("rolecall-window: there is no display");
        return ExitCode::from(NO_DISPLAY);
    }
    if !has_engine() {
        crate::say("rolecall-window: there is no web engine (Microsoft Edge WebView2 runtime)");
        return ExitCode::from(NO_RUNTIME);
    }
    let Ok(scratch) = folder_of_engine() else {
        crate::say("rolecall-window: no folder for temporary files");
        return ExitCode::FAILURE;
    };
    let folder = scratch.path().to_owned();
    let scratches = Arc::new(Mutex::new(vec![scratch]));
    let fresh_ones = scratches.clone();
    let engine = Engine::own();
    let built = foreground::builder()
        .invoke_handler(tauri::generate_handler![ask])
        .setup(move |app| {
            if let Err(error) = open(app, folder) {
                // A folder that stayed may be damaged. An error handed out here would be a panic of Tauri's.
                crate::say(&format!("rolecall-window: {error}"));
                if let Err(error) = open_afresh(app, &fresh_ones) {
                    crate::say(&format!("rolecall-window: {error}"));
                    remove(&fresh_ones);
                    std::process::exit(1);
                }
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    let mut app = match built {
        Ok(app) => app,
        Err(error) => {
            crate::say(&format!("rolecall-window: {error}"));
            return ExitCode::FAILURE;
        }
    };
    foreground::start_hidden(&mut app);
    app.run(move |_, event| {
        let closed = matches!(event, RunEvent::WindowEvent { event: WindowEvent::Destroyed, .. });
        // Exit: by the system's own means, as Cmd+Q does.
        if closed || matches!(event, RunEvent::ExitRequested { .. } | RunEvent::Exit) {
            engine.stop();
            remove(&scratches);
            end();
        }
    });
    ExitCode::SUCCESS
}

type Scratches = Arc<Mutex<Vec<Scratch>>>;

/// The window in a folder of its own.
fn open_afresh(app: &tauri::App, scratches: &Scratches) -> Result<(), Box<dyn std::error::Error>> {
    let scratch = Scratch::new(&std::env::temp_dir())?;
    let folder = scratch.path().to_owned();
    scratches.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    open(app, folder)?;
    Ok(())
}

fn remove(scratches: &Scratches) {
    let mut scratches = scratches.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *scratches).into_iter().for_each(Scratch::remove);
}

/// Asks the resident process to open the main window, as the icon does.
pub(crate) fn ask_for_it() -> ExitCode {
    let request = Request::Open { page: Page::Sessions, context: rolecall_client::context() };
    match ask_or_start(request).and_then(|mut asked| asked.next_reply()) {
        Ok(_) => ExitCode::SUCCESS,
        Err(report) => {
            crate::say(&format!("rolecall-window: {}\n{}", report.what, report.help));
            #[cfg(windows)]
            crate::taskbar::tell(&format!("{}\n\n{}", report.what, report.help));
            ExitCode::FAILURE
        }
    }
}

/// Where the engine lays out its things. WebView2 lays out 20 MB before it shows anything: there they stay.
fn folder_of_engine() -> std::io::Result<Scratch> {
    #[cfg(windows)]
    if let Some(folders) = Folders::find(&|name| std::env::var_os(name))
        && let Some(ours) = folders.state.parent()
        && let Ok(kept) = Scratch::kept(ours.join("webview"))
    {
        return Ok(kept);
    }
    Scratch::new(&std::env::temp_dir())
}

fn open(app: &tauri::App, folder: std::path::PathBuf) -> tauri::Result<WebviewWindow> {
    own_page(WebviewWindowBuilder::new(app, "main", WebviewUrl::default()), folder)
        .title("Rolecall")
        .inner_size(480.0, 740.0)
        .min_inner_size(360.0, 420.0)
        .center()
        // Until the page is there: no white flash before a dark one.
        .visible(false)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                let _ = foreground::show(&window);
            }
        })
        .devtools(false)
        .zoom_hotkeys_enabled(true)
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()
}

/// The address of our own page: `tauri://localhost`, `http://tauri.localhost` on Windows.
fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

/// The window's one command. Every answer goes through `told`; it returns when there are no more.
#[tauri::command]
async fn ask(window: WebviewWindow, ask: Ask, start: bool, told: Channel<Told>) -> Result<(), Report> {
    tauri::async_runtime::spawn_blocking(move || converse(&window, ask, start, &told))
        .await
        .unwrap_or_else(|_| Err(trouble::junk()))
}

/// # Errors
/// The resident process is not there (and `start` does not say to start it), gone, or not understood.
fn converse(window: &WebviewWindow, ask: Ask, start: bool, told: &Channel<Told>) -> Result<(), Report> {
    let (watches, quits) = (ask == Ask::Watch, ask == Ask::Quit);
    let request = Request::Window { ask, context: rolecall_client::context() };
    let mut conversation: Conversation = if start {
        ask_or_start(request)?
    } else {
        ask_running(request)?.ok_or_else(trouble::not_running)?
    };
    loop {
        let Reply::Window { told: reply } = conversation.next_reply()? else { return Err(trouble::junk()) };
        if let Told::Turn { .. } = reply {
            let _ = window.unminimize().and_then(|()| foreground::show(window));
        }
        told.send(reply).map_err(|error| Report {
            code: "window.channel".into(),
            kind: Kind::SignIn,
            what: format!("The window's page does not listen: {error}."),
            help: "Close the window and open it again.".into(),
            mend: None,
        })?;
        if quits {
            let _ = window.close();
        }
        if !watches {
            return Ok(());
        }
    }
}
