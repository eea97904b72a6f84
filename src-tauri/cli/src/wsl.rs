//! `wsl`: what Rolecall on Windows does for the distributions beside it.

use crate::arguments::Wsl as Command;
use crate::exit::Exit;
use crate::say::{self, Said};
use crate::show;
use crate::status::unexpected;
use rolecall_client as tray;
use rolecall_core::message::{Reply, Request};
use rolecall_core::profile::ProfileName;
use rolecall_core::wsl::{Listed, Told, Wish, Written};
use serde::Serialize;

/// `wsl list --json`.
#[derive(Serialize)]
struct Distributions {
    distributions: Vec<Listed>,
}

pub(crate) fn run(command: Command) -> Result<Exit, Said> {
    match command {
        Command::List { json } => list(json),
        Command::Write { named } => write(Wish::Write { profile: named.profile() }),
        Command::Config { profile } => match ask(Wish::Config { profile: ProfileName::new(profile) })? {
            Reply::Wsl { told: Told::Config { lines } } => {
                say::data(&lines);
                Ok(Exit::Done)
            }
            other => Err(unexpected(other)),
        },
    }
}

fn list(json: bool) -> Result<Exit, Said> {
    let distributions = match ask(Wish::List)? {
        Reply::Wsl { told: Told::Distributions { distributions } } => distributions,
        other => return Err(unexpected(other)),
    };
    if json {
        say::data(&serde_json::to_string_pretty(&Distributions { distributions }).unwrap_or_default());
    } else if distributions.is_empty() {
        say::words("There is no WSL distribution.");
    } else {
        let _ = say::coloured(&show::distributions(&distributions));
    }
    Ok(Exit::Done)
}

fn write(wish: Wish) -> Result<Exit, Said> {
    let (profile, written) = match ask(wish)? {
        Reply::Wsl { told: Told::Written { profile, written } } => (profile, written),
        other => return Err(unexpected(other)),
    };
    let mut worst = Exit::Done;
    for Written { distribution, problem } in written {
        match problem {
            None => say::words(&format!("{profile}: written in {distribution}.")),
            Some(problem) => {
                say::report(&problem);
                worst = worst.max(Exit::of(&problem));
            }
        }
    }
    Ok(worst)
}

fn ask(wish: Wish) -> Result<Reply, Said> {
    Ok(tray::ask(Request::Wsl { wish })?.next_reply()?)
}
