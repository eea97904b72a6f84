//! `log`: what was recorded, read from the disk; no resident process is asked or started.

use crate::arguments::Log as Options;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use jiff::tz::TimeZone;
use rolecall_client as tray;
use rolecall_core::audit::{self, Entry, Log};
use rolecall_core::problem::Problem;

/// As many lines as a person scrolls.
const SHOWN: usize = 50;

pub(crate) fn run(options: Options) -> Result<Exit, Said> {
    let entries = entries(&options)?;
    if options.json {
        say::data(&serde_json::to_string_pretty(&entries).unwrap_or_default());
    } else if options.csv {
        say::data(audit::csv(&entries).trim_end());
    } else if entries.is_empty() {
        say::words(&match options.profile {
            Some(profile) => format!("Nothing is recorded of {} yet.", show::harmless(&profile)),
            None => "Nothing is recorded yet.".to_owned(),
        });
    } else {
        let _ = say::coloured(&show::log(&entries, &TimeZone::system()));
    }
    Ok(Exit::Done)
}

/// The newest last.
fn entries(options: &Options) -> Result<Vec<Entry>, Said> {
    let log = Log::new(tray::folders()?.state);
    let usual = if options.json || options.csv { usize::MAX } else { SHOWN };
    let count = options.count.unwrap_or(usual);
    let read = match &options.profile {
        None => log.read(0, count).map(|(entries, _)| entries),
        Some(profile) => log.read(0, usize::MAX).map(|(entries, _)| {
            let theirs = entries.into_iter().filter(|entry| entry.profile.as_str() == profile);
            theirs.take(count).collect()
        }),
    };
    let mut entries = read.map_err(|error| Problem::FileUnreadable {
        path: log.path().display().to_string(),
        reason: error.to_string(),
    })?;
    entries.reverse();
    Ok(entries)
}
