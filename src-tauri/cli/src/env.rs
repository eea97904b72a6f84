//! `env`: credentials as the lines that a shell reads.

use crate::arguments::{Env, Grammar};
use crate::credentials::{self, Asker, Given};
use crate::exit::Exit;
use crate::progress::Progress;
use crate::say::{self, Said};
use crate::{environment, parent};
use rolecall_core::shell::{self, Shell};

pub(crate) fn run(options: Env) -> Result<Exit, Said> {
    let mut progress = Progress::new();
    let asker = Asker::Person { may_ask: options.asking.may_ask() };
    let given = credentials::ask(options.named.profile(), asker, |profile, stage| {
        progress.show(profile, stage);
    })?;
    drop(progress);
    print(&given, options.shell);
    Ok(Exit::Done)
}

/// In the grammar that is named; else in that of the shell that asks.
pub(crate) fn print(given: &Given, grammar: Option<Grammar>) {
    say::remarks(&given.remarks);
    let shell = grammar.map_or_else(asking_shell, Shell::from);
    let other_account: &[&str] = if given.is_other_account() { &[shell::ACCOUNT] } else { &[] };
    say::data(shell::text(shell, &given.credentials, given.region.as_deref(), other_account).expose());
}

/// The shell that runs us; a parent that is none (make, a script's interpreter) was mostly started by `SHELL`.
fn asking_shell() -> Shell {
    parent::program()
        .and_then(|program| Shell::of_program(&program))
        .or_else(|| Shell::of_program(&environment::variable("SHELL")?))
        .unwrap_or(parent::USUAL_SHELL)
}
