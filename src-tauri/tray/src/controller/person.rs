//! What a person asks by the menu, the icon and the notifications.

use super::{Command, Controller};
use crate::menu::Action;
use crate::notice;
use jiff::Timestamp;
use rolecall_core::audit::Door;
use rolecall_core::client_environment::NetworkSettings;
use rolecall_core::message::Still;
use rolecall_core::message::window::Page;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::role::RoleArn;
use rolecall_core::session::{Event, Notice, Wanted};
use rolecall_core::sign_in::Mode;
use rolecall_core::view::{Activity, ProfileView, State};

impl Controller {
    pub(super) fn person(&mut self, action: Action, now: Timestamp) {
        match action {
            Action::LeftClick => self.left_click(now),
            Action::SignIn(name) | Action::Renew(name) if self.role_profile(&name).is_some() => {
                if let Err(problem) = self.assume_by_hand(&name, Door::Tray, now) {
                    self.notify(&name, Notice::Failed(problem));
                }
            }
            Action::SignIn(name) => self.sign_in(&name, Wanted::Usual, Door::Tray, now),
            Action::SignInAll => self.sign_in_all(Door::Tray, now),
            Action::Choose(name, role) => self.choose(&name, role, Door::Tray, now),
            Action::Open(page) => self.open_main(page, None),
            Action::SignOut(name) if self.role_profile(&name).is_some() => {
                self.sign_out_of_role(&name, Door::Tray, now);
            }
            // One of a notification that was left there, perhaps before a restart.
            Action::Renew(name) if self.profiles.find(&name).is_err() => self.open_main(Page::Sessions, None),
            Action::Renew(name) => self.renew(&name, Mode::Interactive, Door::Tray, now),
            Action::RenewThese(names) => self.renew_these(&names, Door::Tray, now),
            Action::SignOut(name) => self.sign_out(&name, false, Door::Tray, now),
            Action::Console(name) => match self.visit(&name, None, false, &NetworkSettings::default(), now) {
                Ok(visit) => self.commands.push(Command::Visit { client: None, profile: name, visit }),
                Err(problem) => self.notify(&name, Notice::Failed(problem)),
            },
            Action::Copy(name, shell) => {
                if let Err(problem) = self.copy(None, name.clone(), shell) {
                    self.notify(&name, Notice::Failed(problem));
                }
            }
            Action::Explain(about) => {
                let view = self.view(now);
                let reports: Vec<_> = match &about {
                    Some(name) => {
                        let profiles = view.profiles.into_iter().map(|p| (p.name, p.problem));
                        let roles = view.role_profiles.into_iter().map(|p| (p.name, p.problem));
                        profiles.chain(roles).filter(|(n, _)| n == name).filter_map(|(_, p)| p).collect()
                    }
                    None => view.problems,
                };
                if !reports.is_empty() {
                    self.commands.push(Command::Notify(notice::of_problems(about, &reports)));
                }
            }
            Action::Quit => self.quit(now),
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
            Ok(name) if !alive => self.sign_in(&name, Wanted::Usual, Door::Tray, now),
            _ => self.open_main(Page::Sessions, None),
        }
    }

    pub(super) fn sign_in_all(&mut self, door: Door, now: Timestamp) {
        let view = self.view(now);
        let names: Vec<_> = view
            .profiles
            .into_iter()
            .filter(ProfileView::wants_sign_in)
            .map(|profile| profile.name)
            .collect();
        self.tell_together(&names);
        for name in &names {
            self.sign_in(name, Wanted::Usual, door, now);
        }
    }

    fn renew_these(&mut self, names: &[ProfileName], door: Door, now: Timestamp) {
        let (roles, names): (Vec<_>, Vec<_>) =
            names.iter().cloned().partition(|name| self.role_profile(name).is_some());
        let names: Vec<_> = names.into_iter().filter(|name| self.profiles.find(name).is_ok()).collect();
        if roles.is_empty() && names.is_empty() {
            return self.open_main(Page::Sessions, None);
        }
        for name in roles {
            self.person(Action::Renew(name), now);
        }
        self.tell_together(&names);
        for name in &names {
            self.renew(name, Mode::Interactive, door, now);
        }
    }

    /// The person hears how long what they have goes on working.
    pub(super) fn quit(&mut self, now: Timestamp) {
        let still = self.still(now);
        if !still.is_empty() {
            self.commands.push(Command::Notify(notice::of_quit(&still, &self.fixed.zone)));
        }
        self.commands.push(Command::Quit);
    }

    /// Whose credentials outlive us.
    pub(super) fn still(&self, now: Timestamp) -> Vec<Still> {
        let alive = |profile: ProfileView| {
            let (role, until) = profile.role.zip(profile.until)?;
            (until > now).then_some(Still { profile: profile.name, role, until })
        };
        let view = self.view(now);
        // Of roles only what stands in the credentials file.
        let kept = |name: &ProfileName| self.role_profile(name).is_some_and(|profile| profile.kept);
        let roles = view.role_profiles.into_iter().filter(|p| p.state == State::Active && kept(&p.name));
        let roles = roles.filter_map(|p| Some(Still { profile: p.name, role: p.role?, until: p.until? }));
        view.profiles.into_iter().filter_map(alive).chain(roles).collect()
    }

    pub(super) fn choose(&mut self, name: &ProfileName, role: RoleArn, door: Door, now: Timestamp) {
        let attempt = self.new_attempt();
        self.asked_by(name, Mode::Interactive, door);
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
