//! `trust`, `pod` and `eks-kubeconfig`: handed to rolecall-kit, which reads their arguments by itself.

use crate::exec;
use crate::say::Said;
use rolecall_core::problem::Problem;
use std::ffi::OsString;
use std::process::Command;

const COMMANDS: [&str; 3] = ["trust", "pod", "eks-kubeconfig"];

/// The kit's arguments, where the first word is one of its commands: also `help trust check`.
pub(crate) fn asked(arguments: impl Iterator<Item = OsString>) -> Option<Vec<OsString>> {
    let words: Vec<_> = arguments.skip(1).collect();
    let is_its = |word: Option<&OsString>| word.is_some_and(|word| COMMANDS.iter().any(|name| word == name));
    match words.as_slice() {
        [first, asked @ ..] if first == "help" && is_its(asked.first()) => {
            Some([asked, &["--help".into()]].concat())
        }
        _ => is_its(words.first()).then_some(words),
    }
}

/// Returns only where it could not be run, or where the system cannot replace a process and it ended with 0.
pub(crate) fn run(arguments: &[OsString]) -> Said {
    let program = rolecall_client::beside("rolecall-kit");
    let error = exec::hand_over(Command::new(&program).args(arguments));
    let reason = error.to_string();
    Problem::KitUnavailable { program: program.display().to_string(), reason }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_commands_are_known_and_nothing_else() {
        for (line, handed) in [
            ("trust", Some("trust")),
            ("trust check --as x -", Some("trust check --as x -")),
            ("pod --help", Some("pod --help")),
            ("help eks-kubeconfig", Some("eks-kubeconfig --help")),
            ("help trust check", Some("trust check --help")),
            ("help", None),
            ("status trust", None),
            ("trusted", None),
            ("", None),
        ] {
            let words = std::iter::once("rolecall").chain(line.split_whitespace()).map(OsString::from);
            let expected = handed.map(|line| line.split(' ').map(OsString::from).collect::<Vec<_>>());
            assert_eq!(asked(words), expected, "{line}");
        }
    }
}
