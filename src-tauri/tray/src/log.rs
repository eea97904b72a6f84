//! Where the program writes down what it did: a file a day in the state folder, and standard error on a terminal.
//!
//! Other crates are capped at warnings whatever `RUST_LOG` says: their traces hold wire data.

mod limit;

use limit::Limited;
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::{Instant, SystemTime};
use tracing::level_filters::LevelFilter;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Days whose files are kept.
const KEPT: usize = 7;
const PREFIX: &str = "rolecall-tray";

/// Starts logging; `level` is `RUST_LOG` (`debug`, `rolecall=trace`, …), of which only our own part counts.
pub(crate) fn start(folder: &Path, level: Option<&str>) {
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("rolecall", ours(level));
    let _ = std::fs::create_dir_all(folder);
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix(PREFIX)
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok();
    let file = file.map(|file| {
        let file = Limited::new(file, written_today(folder), || (Instant::now(), seconds()));
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::sync::Mutex::new(file))
    });
    let terminal = std::io::stderr().is_terminal();
    let terminal = terminal.then(|| tracing_subscriber::fmt::layer().with_writer(std::io::stderr));
    let _ = tracing_subscriber::registry().with(filter).with(file).with(terminal).try_init();
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// In bytes: a program that is started again and again has no more room than one that stays.
fn written_today(folder: &Path) -> u64 {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    std::fs::metadata(folder.join(format!("{PREFIX}.{today}.log"))).map_or(0, |file| file.len())
}

/// The level for our own crates, whose names all begin with `rolecall`.
fn ours(level: Option<&str>) -> LevelFilter {
    // An empty directive would parse, as "error".
    let directives = level.unwrap_or_default().split(',').filter(|directive| !directive.trim().is_empty());
    let levels = directives.filter_map(|directive| match directive.trim().split_once('=') {
        Some((target, level)) if target.starts_with("rolecall") => level.parse().ok(),
        Some(_) => None,
        None => directive.trim().parse().ok(),
    });
    levels.max().unwrap_or(LevelFilter::INFO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_part_of_rust_log_counts() {
        for (text, level) in [
            (None, LevelFilter::INFO),
            (Some("hyper=trace"), LevelFilter::INFO),
            (Some("debug"), LevelFilter::DEBUG),
            (Some("warn,rolecall_tray=trace"), LevelFilter::TRACE),
            (Some("nonsense"), LevelFilter::INFO),
        ] {
            assert_eq!(ours(text), level, "{text:?}");
        }
    }
}
