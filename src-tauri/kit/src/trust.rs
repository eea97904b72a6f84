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
