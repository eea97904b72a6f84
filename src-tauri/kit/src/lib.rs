//! Pods' roles, the policies that let somebody assume a role, and kubeconfigs: what needs libraries that weigh too much
//! for the other programs. As a library, so that it can be fuzzed.

mod kubeconfig;
mod names;
mod pod;
mod problem;
mod say;
mod trust;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Pods' roles, and the policies that let somebody assume a role
#[derive(Debug, Parser)]
#[command(name = "rolecall", bin_name = "rolecall", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write, or check, what lets somebody assume a role
    Trust(trust::Arguments),
    /// Become a pod: assume the role of its service account
    Pod(pod::Arguments),
    /// Write a kubeconfig entry whose tokens come from `rolecall eks-token`
    EksKubeconfig(kubeconfig::Arguments),
}

/// The whole program: reads its arguments, says what there is to say.
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Trust(arguments) => trust::run(arguments),
        Command::Pod(arguments) => pod::run(arguments),
        Command::EksKubeconfig(arguments) => kubeconfig::run(arguments),
    };
    match result {
        Ok(code) => code,
        Err(report) => say::failed(&report),
    }
}

/// The readers of foreign text, for the fuzz targets.
#[cfg(fuzzing)]
pub mod fuzzing {
    use super::{Arguments, Command, Parser as _, kubeconfig, trust};

    /// A kubeconfig with one more cluster, made the current one; `None` where it is left as it is.
    pub fn kubeconfig_edited(text: &str) -> Option<String> {
        kubeconfig::edited(text)
    }

    /// What `trust check` with these words says of a text, and whether nothing is wrong, or the answer is yes. `None`
    /// where nothing can be judged.
    pub fn trust_check(text: &str, words: &[&str]) -> Option<(String, bool)> {
        let line = ["rolecall", "trust", "check", "-"].iter().chain(words);
        match Arguments::try_parse_from(line).ok()?.command {
            Command::Trust(arguments) => trust::judge(text, arguments),
            _ => None,
        }
    }
}
