//! The command line as whole processes, against the least that a process can be, and against AWS's own.

use super::stage::Stage;
use crate::table::{Bound, Table};
use crate::time::{in_turns, ms, ratio};
use std::process::{Command, Output};
use std::time::Duration;

const RUNS: usize = 300;
/// AWS's takes half a second a run.
const SLOW_RUNS: usize = 7;

pub(crate) fn status(table: &Table, stage: &Stage) {
    let (time, nothing) = against_true(stage, &["status"]);
    let times = ratio(time, nothing);
    let measured = format!("{}, {times:.1} × `/bin/true` ({})", ms(time), ms(nothing));
    table.row("`rolecall status`, whole process", &measured, &Bound::None);
}

/// What AWS tools run before their calls, once somebody is signed in.
pub(crate) fn credential_process(table: &Table, stage: &Stage) {
    let arguments = ["credential-process", "--profile", "demo"];
    if quick(table, stage, "`rolecall credential-process`, whole process", &arguments) {
        against_aws(table, stage, &arguments);
    }
}

/// What kubectl runs before its calls.
pub(crate) fn eks_token(table: &Table, stage: &Stage) {
    let arguments = ["eks-token", "--cluster", "shop", "--region", "eu-west-1", "--profile", "demo"];
    quick(table, stage, "`rolecall eks-token`, whole process", &arguments);
}

fn quick(table: &Table, stage: &Stage, what: &str, arguments: &[&str]) -> bool {
    let output = run(&mut stage.rolecall(arguments));
    if !output.status.success() {
        table.missing(what, &format!("it ended with {}", output.status));
        return false;
    }
    let (time, nothing) = against_true(stage, arguments);
    let times = ratio(time, nothing);
    let measured = format!("{}, {times:.1} × `/bin/true` ({})", ms(time), ms(nothing));
    table.row(what, &measured, &Bound::Of("≤ 3 × `/bin/true`", times <= 3.0));
    true
}

/// What AWS's own command line takes to give the same credentials from the credentials file.
fn against_aws(table: &Table, stage: &Stage, arguments: &[&str]) {
    let what = "the same against AWS's own command line";
    let Some((name, aws)) = aws(stage) else {
        return table.missing(what, "neither awscli 2 on the PATH nor ROLECALL_PYTHON");
    };
    let mut ours = stage.rolecall(arguments);
    let mut theirs = aws(stage);
    let (time, other) = in_turns(SLOW_RUNS, || run(&mut ours), || run(&mut theirs));
    let measured = format!("{}, 1/{:.0} of `{name}` ({})", ms(time), ratio(other, time), ms(other));
    table.row(what, &measured, &Bound::None);
}

type Maker = fn(&Stage) -> Command;

/// The first that works here; only awscli 2 knows `export-credentials`.
fn aws(stage: &Stage) -> Option<(&'static str, Maker)> {
    let known: [(&str, Maker); 2] = [
        ("aws configure export-credentials", |stage| {
            let mut command = stage.desktop.command("aws");
            command.args(["configure", "export-credentials", "--profile", "demo", "--format", "process"]);
            command
        }),
        ("aws configure list", |stage| {
            let python = std::env::var_os("ROLECALL_PYTHON").unwrap_or_default();
            let mut command = stage.desktop.command(python);
            command.args(["-m", "awscli", "configure", "list", "--profile", "demo"]);
            command
        }),
    ];
    known.into_iter().find(|(_, make)| make(stage).output().is_ok_and(|output| output.status.success()))
}

fn against_true(stage: &Stage, arguments: &[&str]) -> (Duration, Duration) {
    let (mut ours, mut nothing) = (stage.rolecall(arguments), stage.desktop.command("/bin/true"));
    in_turns(RUNS, || run(&mut ours), || run(&mut nothing))
}

fn run(command: &mut Command) -> Output {
    command.output().expect("a program that is there")
}
