//! What is asked on the terminal: a role from a list (type a part of its name or account, Enter takes it), yes or no.

use crate::say::Said;
use inquire::{Confirm, InquireError, Select};
use rolecall_core::problem::{Kind, Report};
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use std::io::IsTerminal as _;

/// The list is drawn on standard error, and read from standard input.
pub(crate) fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks; the cursor begins at `current`.
pub(crate) fn role(
    profile: &ProfileName,
    roles: &[RoleArn],
    current: Option<&RoleArn>,
) -> Result<RoleArn, Said> {
    let start = roles.iter().position(|role| Some(role) == current).unwrap_or(0);
    let question = format!("{profile}: which role?");
    let asked = Select::new(&question, lines(roles))
        .with_page_size(12)
        .with_starting_cursor(start)
        .with_help_message("type to search, arrows to move, Enter to take it, Escape to leave")
        .raw_prompt();
    match asked {
        Ok(answer) => {
            roles.get(answer.index).cloned().ok_or_else(|| no_choice(profile, "no role was chosen"))
        }
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Err(no_choice(profile, "no role was chosen"))
        }
        Err(error) => Err(no_choice(profile, &format!("the list could not be shown ({error})"))),
    }
}

/// Yes must be said; anything else, and leaving, is no.
pub(crate) fn agreed(question: &str) -> bool {
    Confirm::new(question).with_default(false).prompt().unwrap_or(false)
}

/// `NAME  ACCOUNT`; the path before the name only where two would look alike.
fn lines(roles: &[RoleArn]) -> Vec<String> {
    let same = |role: &RoleArn| {
        let alike = |other: &&RoleArn| other.name() == role.name() && other.account() == role.account();
        roles.iter().filter(alike).count() > 1
    };
    let name = |role: &RoleArn| (if same(role) { role.path_and_name() } else { role.name() }).to_owned();
    let names: Vec<_> = roles.iter().map(name).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    names.iter().zip(roles).map(|(name, role)| format!("{name:width$}  {}", role.account())).collect()
}

fn no_choice(profile: &ProfileName, why: &str) -> Said {
    Said(Report {
        code: "role.not_chosen".into(),
        kind: Kind::Person,
        what: format!("{profile}: {why}, so nothing was changed."),
        help: "Name the role with --role, or choose it in the tray menu.".into(),
        mend: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_first_and_tell_roles_apart() {
        let arn = |rest: &str| RoleArn::parse(&format!("arn:aws:iam::{rest}")).expect(rest);
        let roles = [
            arn("111111111111:role/Admin"),
            arn("111111111111:role/a/Dev"),
            arn("111111111111:role/b/Dev"),
            arn("222222222222:role/b/Dev"),
        ];
        let expected =
            ["Admin  111111111111", "a/Dev  111111111111", "b/Dev  111111111111", "Dev    222222222222"];
        assert_eq!(lines(&roles), expected);
    }
}
