//! `rolecall`: asks the resident process, starts it where none runs, says what came of it.

mod arguments;
mod assume;
mod choose;
mod complete;
mod configure;
mod console;
mod credential_process;
mod credentials;
mod doctor;
mod eks_token;
mod endpoint;
mod env;
mod environment;
mod exec;
mod exit;
mod kit;
mod log;
mod man;
mod open;
mod parent;
mod policy;
mod progress;
mod quit;
mod roles;
mod say;
mod show;
mod sign_in;
mod sign_out;
mod status;
mod update;
mod watch;
mod which;
mod wsl;

use arguments::{Arguments, Command};
use clap::Parser as _;
use exit::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall_client::panic_message::say_place_only("rolecall", |_| ());
    complete::answer_a_shell();
    if let Some(arguments) = kit::asked(std::env::args_os()) {
        return failed(&kit::run(&arguments));
    }
    match run(command()) {
        Ok(exit) => exit.into(),
        Err(problem) => failed(&problem),
    }
}

/// What tools ask again and again is understood without building the grammar of every command first.
fn command() -> Command {
    let arguments = std::env::args_os;
    if let Some(named) = credential_process::plainly_asked(arguments()) {
        return Command::CredentialProcess { named };
    }
    if let Some(options) = eks_token::plainly_asked(arguments()) {
        return Command::EksToken(options);
    }
    Arguments::parse().command.unwrap_or(Command::Status(arguments::Status::default()))
}

fn failed(problem: &say::Said) -> ExitCode {
    say::report(&problem.0);
    Exit::of(&problem.0).into()
}

fn run(command: Command) -> Result<Exit, say::Said> {
    match command {
        Command::Status(options) if options.watch => watch::run(options.json),
        Command::Status(options) => status::run(options.json),
        Command::SignIn(options) => sign_in::run(options),
        Command::SignOut(options) => sign_out::run(options),
        Command::Roles(options) => roles::list(options),
        Command::Switch(options) => roles::switch(options),
        Command::Env(options) => env::run(options),
        Command::Exec(options) if options.endpoint => endpoint::run(options),
        Command::Exec(options) => exec::run(options),
        Command::Assume(options) => assume::run(options),
        Command::EksToken(options) => eks_token::run(options),
        Command::Endpoint(command) => endpoint::print(&command),
        // Handed over before the grammar is asked.
        Command::EksKubeconfig(_) | Command::Pod(_) | Command::Trust(_) => Ok(Exit::Usage),
        Command::Console(options) => console::run(options),
        Command::CredentialProcess { named } => credential_process::run(named),
        Command::Doctor { json } => doctor::run(json),
        Command::Completions { shell } => complete::script(shell),
        Command::Man => man::run(),
        Command::Open(options) => open::run(options),
        Command::Configure(options) => configure::run(options),
        Command::Log(options) => log::run(options),
        Command::Policy(command) => policy::run(command),
        Command::Update(options) => update::run(options),
        Command::Wsl(command) => wsl::run(command),
        Command::Quit => quit::run(),
    }
}
