//! What a person asks by the menu, the icon and the notifications.

use super::{Command, Controller};
use crate::menu::Action;
use crate::notice;
use jiff::Timestamp;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::session::{Event, Notice, Wanted};
use rolecall_core::shell::{self, Shell};
use rolecall_core::sign_in::Mode;
use rolecall_core::view::State;

impl Controller {
    pub(super) fn person(&mut self, action: Action, now: Timestamp) {
        match action {
            Action::LeftClick => self.left_click(now),
            Action::SignIn(name) => self.sign_in(&name, Wanted::Usual, now),
            Action::SignInAll => {
                for profile in self.view(now).profiles.iter().filter(|profile| profile.wants_sign_in()) {
                    self.sign_in(&profile.name, Wanted::Usual, now);
                }
            }
            Action::Choose(name, role) => {
                let attempt = self.new_attempt();
                self.used(&name);
                self.step(&name, Event::Chose { attempt, role }, now);
            }
            Action::Renew(name) => {
                self.renew(&name, Mode::Interactive, now);
            }
            Action::SignOut(name) => self.sign_out(&name, now),
            Action::Console(name) => match self.visit(&name, None, false, now) {
                Ok(visit) => self.commands.push(Command::Visit { client: None, profile: name, visit }),
                Err(problem) => self.notify(&name, &Notice::Failed(problem)),
            },
            Action::Copy(name, shell) => self.copy(name, shell),
            Action::Explain(about) => {
                let view = self.view(now);
                let reports: Vec<_> = match &about {
                    Some(name) => view
                        .profiles
                        .into_iter()
                        .filter(|p| p.name == *name)
                        .filter_map(|p| p.problem)
                        .collect(),
                    None => view.problems,
                };
                if !reports.is_empty() {
                    self.commands.push(Command::Notify(notice::of_problems(about, &reports)));
                }
            }
            Action::Quit => self.commands.push(Command::Quit),
        }
    }

    /// Nothing signed in: sign in with the last used profile; else how things stand.
    fn left_click(&mut self, now: Timestamp) {
        let view = self.view(now);
        let alive = view.profiles.iter().any(|p| matches!(p.state, State::Active | State::EndingSoon));
        match self.usual_profile() {
            Ok(name) if !alive => self.sign_in(&name, Wanted::Usual, now),
            Err(problem) if !alive => {
                self.commands.push(Command::Notify(notice::of_problem(None, &problem.report())));
            }
            _ => self.commands.push(Command::Notify(notice::of_status(&view, now))),
        }
    }

    /// The last used profile, else the only one.
    pub(super) fn usual_profile(&self) -> Result<ProfileName, Problem> {
        let mut entra = self.profiles.entra().map(|profile| &profile.name);
        if let Some(last) = &self.memory.last_used
            && self.profiles.find(last).is_ok()
        {
            return Ok(last.clone());
        }
        match (entra.next(), entra.next()) {
            (Some(only), None) => Ok(only.clone()),
            (Some(_), Some(_)) => {
                let names: Vec<_> = self.profiles.entra().map(|profile| profile.name.as_str()).collect();
                Err(Problem::ProfileNotNamed { names: names.join(", ") })
            }
            (None, _) => {
                let broken = self.profiles.broken.first().map(|(_, problem)| problem.clone());
                Err(broken.or_else(|| self.problems().first().cloned()).unwrap_or(Problem::NotSignedIn))
            }
        }
    }

    fn copy(&mut self, profile: ProfileName, shell: Shell) {
        let region = self.profiles.find(&profile).ok().and_then(|profile| profile.region.clone());
        let Some(held) = self.keys.get(&profile) else { return };
        let text = shell::text(shell, &held.credentials, region.as_deref());
        let time = self.settings().clear_clipboard_after;
        self.commands.push(Command::Copy { profile, shell, text, time });
    }
}
