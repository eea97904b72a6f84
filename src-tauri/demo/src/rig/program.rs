//! A program that was started here, and is ended here: by its own id, with its children.

use super::{Done, Trouble, group, wait};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a program that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// A running program. Dropping it ends it.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
}

impl Program {
    /// Starts it in a process group of its own, its words going to the file `log` (appended), or nowhere.
    pub fn start(command: &mut Command, log: Option<&Path>) -> Done<Self> {
        let name = name(command);
        let (out, err) = outputs(log).map_err(Trouble::at(&name))?;
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        Self::spawn(name, command)
    }

    /// As [`Program::start`], with `input` on its standard input, which then ends.
    pub fn start_with_input(command: &mut Command, log: Option<&Path>, input: &[u8]) -> Done<Self> {
        let name = name(command);
        let (out, err) = outputs(log).map_err(Trouble::at(&name))?;
        command.stdin(Stdio::piped()).stdout(out).stderr(err);
        let mut program = Self::spawn(name, command)?;
        if let Some(mut stdin) = program.child.stdin.take() {
            stdin.write_all(input).map_err(Trouble::at(&program.name))?;
        }
        Ok(program)
    }

    /// As [`Program::start`], and returns the first line that it prints, once it prints it. Its standard input stays
    /// open as long as this value lives: a program that waits for its end goes with us, whatever kills us.
    pub fn start_reading_line(command: &mut Command, log: Option<&Path>) -> Done<(Self, String)> {
        let name = name(command);
        let (_, err) = outputs(log).map_err(Trouble::at(&name))?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(err);
        let mut program = Self::spawn(name, command)?;
        let mut line = String::new();
        if let Some(out) = program.child.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(Trouble::at(&program.name))?;
        }
        if line.is_empty() {
            return Err(Trouble::new(format!("{} ended before it was ready", program.name)));
        }
        Ok((program, line.trim().to_owned()))
    }

    fn spawn(name: String, command: &mut Command) -> Done<Self> {
        group::of_its_own(command);
        let child = command.spawn().map_err(|error| Trouble(format!("{name} does not start: {error}")))?;
        Ok(Self { name, child })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it has ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits until it ends by itself.
    pub async fn end(&mut self, at_most: Duration) -> Done<ExitStatus> {
        let what = format!("the end of {}", self.name);
        wait::until(&what, at_most, async || self.ended()).await
    }

    /// Kills it and its children at once, without asking: a crash.
    pub fn crash(&mut self) {
        group::kill(&mut self.child);
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.ended().is_none() {
            group::ask(&self.child);
            let _ = wait::blocking("its end", GRACE, || self.ended());
        }
        // What it has left behind in its group, too.
        group::kill(&mut self.child);
        let _ = self.child.wait();
    }
}

fn name(command: &Command) -> String {
    let path = Path::new(command.get_program());
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn outputs(log: Option<&Path>) -> std::io::Result<(Stdio, Stdio)> {
    let Some(log) = log else { return Ok((Stdio::null(), Stdio::null())) };
    let file = File::options().create(true).append(true).open(log)?;
    Ok((file.try_clone()?.into(), file.into()))
}
