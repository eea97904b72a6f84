//! Profiles that an organisation offers: read, shown as a difference, and written as they were shown.

use super::{ClientId, Command, Controller};
use rolecall_core::message::{Reply, Source};
use rolecall_core::offer::{self, Offer};
use rolecall_core::problem::Problem;

impl Controller {
    /// # Errors
    /// [`Problem::PolicyRefused`]: nobody knows which login hosts are allowed.
    pub(super) fn offer(&mut self, client: ClientId, source: Source) -> Result<(), Problem> {
        self.policy_is_usable()?;
        match source {
            Source::Address { url } => self.commands.push(Command::ReadOffer { client, url }),
            Source::File { path, text } => self.offer_read(client, &path, Ok(text)),
        }
        Ok(())
    }

    pub(super) fn offer_read(&mut self, client: ClientId, origin: &str, result: Result<String, Problem>) {
        let reply = result
            .and_then(|text| self.show_offer(&text, origin))
            .unwrap_or_else(|problem| Reply::Problem { profile: None, problem: problem.report() });
        self.answer(client, reply);
    }

    fn show_offer(&mut self, text: &str, origin: &str) -> Result<Reply, Problem> {
        let offer = offer::read(text, origin, self.policy())?;
        let there = self.files.config.text.clone()?.unwrap_or_default();
        // What could not be written is not shown.
        offer.apply(&there, &self.files.config.path)?;
        let changes = offer.changes(&there);
        let digest = offer.digest(&changes);
        self.offer = Some((digest.clone(), offer));
        let config = self.files.config.path.display().to_string();
        Ok(Reply::Offered { changes, digest, config })
    }

    /// # Errors
    /// [`Problem::PolicyRefused`]; [`Problem::OfferGone`] where something else was shown last, or the config file is another.
    pub(super) fn accept(&mut self, client: ClientId, digest: &str) -> Result<(), Problem> {
        self.policy_is_usable()?;
        let there = self.files.config.text.clone()?.unwrap_or_default();
        let same =
            |shown: &(String, Offer)| shown.0 == digest && shown.1.digest(&shown.1.changes(&there)) == digest;
        let shown = self.offer.take().filter(same);
        let (_, offer) = shown.ok_or(Problem::OfferGone)?;
        self.commands.push(Command::AcceptOffer { client, offer });
        Ok(())
    }
}
