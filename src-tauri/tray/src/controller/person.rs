//! What a person asks by the menu, the icon and the notifications.

use super::{Command, Controller};
use crate::menu::Action;
use crate::notice;
use jiff::Timestamp;
use rolecall_core::message::window::Page;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Event, Notice, Wanted};
use rolecall_core::sign_in::Mode;
use rolecall_core::view::{Activity, State};

impl Controller {
    pub(super) fn person(&mut self, action: Action, now: Timestamp) {
        match action {
            Action::LeftClick => self.left_click(now),
            Action::SignIn(name) => self.sign_in(&name, Wanted::Usual, now),
            Action::SignInAll => self.sign_in_all(now),
            Action::Choose(name, role) => self.choose(&name, role, now),
            Action::Open(page) => self.open_main(page, None),
            Action::Renew(name) => {
                self.renew(&name, Mode::Interactive, now);
            }
            Action::SignOut(name) => self.sign_out(&name, now),
            Action::Console(name) => match self.visit(&name, None, false, now) {
                Ok(visit) => self.commands.push(Command::Visit { client: None, profile: name, visit }),
                Err(problem) => self.notify(&name, &Notice::Failed(problem)),
            },
            Action::Copy(name, shell) => {
                if let Err(problem) = self.copy(None, name.clone(), shell) {
                    self.notify(&name, &Notice::Failed(problem));
                }
            }
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

    /// A role to be chosen: the chooser. Nothing signed in: sign in with the last used profile. Else the main window.
    fn left_click(&mut self, now: Timestamp) {
        let view = self.view(now);
        let alive = view.profiles.iter().any(|p| matches!(p.state, State::Active | State::EndingSoon));
        if let Some(choosing) = view.profiles.iter().find(|p| p.activity == Activity::Choosing) {
            return self.open_main(Page::Roles { profile: choosing.name.clone() }, None);
        }
        match self.usual_profile() {
            Ok(name) if !alive => self.sign_in(&name, Wanted::Usual, now),
            _ => self.open_main(Page::Sessions, None),
        }
    }

    pub(super) fn sign_in_all(&mut self, now: Timestamp) {
        for profile in self.view(now).profiles.iter().filter(|profile| profile.wants_sign_in()) {
            self.sign_in(&profile.name, Wanted::Usual, now);
        }
    }

    pub(super) fn choose(&mut self, name: &ProfileName, role: RoleArn, now: Timestamp) {
        let attempt = self.new_attempt();
        self.used(name);
        self.step(name, Event::Chose { attempt, role }, now);
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
}
