//! Whether a newer version is offered: looked for when somebody asks, where a feed is named.

use super::{ClientId, Command, Controller, Found, Lookup};
use jiff::Timestamp;
use rolecall_core::message::Reply;
use rolecall_core::problem::Problem;
use rolecall_core::update::{self, Source, Trouble, Update};

impl Controller {
    /// # Errors
    /// [`Problem::PolicyRefused`], [`Problem::PolicyForbids`], [`Trouble::NoFeed`], [`Trouble::Source`].
    pub(super) fn look_for_update(&mut self, client: ClientId, file: Option<String>) -> Result<(), Problem> {
        self.policy_is_usable()?;
        let source = self.update_source()?;
        let lookup = Lookup { source, running: self.fixed.running.clone(), file };
        self.commands.push(Command::LookForUpdate { client, lookup: Box::new(lookup) });
        Ok(())
    }

    /// Whether somebody may ask, and would be told more than that no feed is named.
    pub(super) fn has_update_feed(&self) -> bool {
        !matches!(
            self.update_source(),
            Err(Problem::Update(Trouble::NoFeed { .. }) | Problem::PolicyForbids { .. })
        )
    }

    pub(super) fn update_found(&mut self, client: ClientId, result: Result<Found, Problem>, now: Timestamp) {
        let reply = match result.and_then(|found| self.update(found, now)) {
            Ok(update) => Reply::Update { update },
            Err(problem) => Reply::Problem { profile: None, problem: problem.report() },
        };
        self.answer(client, reply);
    }

    /// An administrator's feed goes before the person's.
    fn update_source(&self) -> Result<Source, Problem> {
        if let Some(policy) = self.policy().filter(|policy| policy.forbids_updates()) {
            return Err(Problem::PolicyForbids { by: policy.by(), what: "looking for updates".into() });
        }
        if let Some(source) = self.policy().and_then(|policy| policy.update.clone()) {
            return Ok(source);
        }
        let settings = self.settings();
        match (settings.update_feed, settings.update_key) {
            (Some(feed), Some(key)) => {
                Source::parse(&feed, &key).map_err(|reason| Trouble::Source { reason }.into())
            }
            (Some(_), None) => {
                Err(Trouble::Source { reason: "update_key is missing beside update_feed".into() }.into())
            }
            (None, _) => {
                let running = &self.fixed.running;
                let keeper = running.installed.keeper();
                Err(Trouble::NoFeed { running: running.words(), keeper }.into())
            }
        }
    }

    /// The newest feed that was seen is remembered by when it was signed: an older one is an old one served again. A
    /// date in the future is never remembered, and one that was is forgotten.
    fn update(&mut self, found: Found, now: Timestamp) -> Result<Update, Problem> {
        let address = found.feed.address().to_owned();
        let seen = self.memory.feeds.get(&address).copied();
        let update = found.feed.update(&self.fixed.running, seen, found.file, now)?;
        let kept =
            found.feed.believable_date(now).or(seen.filter(|seen| !update::is_in_the_future(*seen, now)));
        if seen != kept {
            match kept {
                Some(signed) => _ = self.memory.feeds.insert(address, signed),
                None => _ = self.memory.feeds.remove(&address),
            }
            self.save_memory();
        }
        Ok(update)
    }
}
