//! What the demo does: chooses where to play, plays, and cleans up whatever happens.

mod desktop;
#[cfg(target_os = "linux")]
mod headless;
#[cfg(not(target_os = "linux"))]
#[path = "headless_elsewhere.rs"]
mod headless;
mod identity;
mod programs;
mod server_only;
mod story;

use crate::Arguments;
use rolecall_demo::rig::{Done, Trouble};
use rolecall_demo::{Options, Server};
use std::process::ExitCode;
use std::time::Duration;
use story::Story;

/// What `--short-sessions` writes into `settings.toml`.
const SHORT_SETTINGS: &str = "renew = \"off\"\nwarn_before = [\"1m\", \"30s\"]\n";
const SHORT_SESSION: Duration = Duration::from_secs(120);

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut story = Story::default();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return story.failed(&Trouble::new(format!("no runtime: {error}"))),
    };
    let played = runtime.block_on(async {
        tokio::select! {
            played = play(arguments, &mut story) => played,
            () = told_to_stop() => Err(Trouble::new("stopped before its end; everything is cleaned up")),
        }
    });
    match played {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => story.failed(&trouble),
    }
}

async fn play(arguments: &Arguments, story: &mut Story) -> Done<()> {
    let session_length = arguments.short_sessions.then_some(SHORT_SESSION);
    let server = Server::start(Options { session_length, ..Options::default() })
        .map_err(Trouble::at("the make-believe Entra and AWS do not start"))?;
    if arguments.server_only {
        return server_only::play(&server, story).await;
    }
    let programs = programs::find(arguments.programs.as_deref())?;
    if arguments.headless || !desktop::is_there() {
        headless::play(&server, &programs, arguments, story).await
    } else {
        desktop::play(&server, &programs, arguments, story).await
    }
}

/// Ctrl-C ends the desktop demo as well, so it is told apart there: this is for the rest, and for SIGTERM.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            terminate.recv().await;
            return;
        }
    }
    std::future::pending().await
}
