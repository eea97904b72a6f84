//! `rolecall trust`: writes what lets somebody assume a role, and reads what others wrote.

mod arguments;
mod check;
mod write;

pub(crate) use arguments::Arguments;

use arguments::Command;
use rolecall_core::problem::Report;
use std::process::ExitCode;

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Report> {
    match *arguments.command {
        Command::People(people) => write::people(&people),
        Command::Ec2(ec2) => write::ec2(&ec2),
        Command::Lambda(lambda) => write::lambda(&lambda),
        Command::Pod(pod) => write::pod(&pod),
        Command::Role(role) => write::role(&role),
        Command::Cluster(cluster) => write::cluster(&cluster),
        Command::Check(check) => check::run(&check),
    }
}

/// For the fuzz target: what `trust check` says, and whether nothing is wrong. `None` where nothing can be judged.
#[cfg(fuzzing)]
pub(crate) fn judge(text: &str, arguments: Arguments) -> Option<(String, bool)> {
    let Command::Check(check) = *arguments.command else { return None };
    let (words, right) = check::judge(text, &check).ok()?;
    Some((words, right.ok()?))
}
