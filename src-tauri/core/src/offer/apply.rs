//! An accepted offer in the text of the config file: its keys are set, everything else stays as it is.

use super::read::refused;
use super::{Kind, Offer, Offered};
use crate::aws_files::document::{Dialect, Document};
use crate::aws_files::edit;
use crate::problem::Problem;
use crate::profile::{Profile, ProfileName, Profiles};
use std::path::Path;

/// Keys that say nothing about where credentials come from; `azure_` and `cli_` ones do not, either.
const HARMLESS: [&str; 2] = ["region", "output"];

impl Offer {
    /// The config file's text with what [`Offer::changes`] says of it; `path` is for the words of problems only.
    ///
    /// # Errors
    /// [`Problem::OfferRefused`] where a profile of that name is of another kind already, or would not be usable
    /// afterwards; [`Problem::EditRefused`] where the text cannot be edited.
    pub fn apply(&self, config: &str, path: &Path) -> Result<String, Problem> {
        let changes = self.changes(config);
        let clashes = self.clashes(config);
        if !clashes.is_empty() {
            return Err(refused(&self.origin, clashes));
        }
        let mut text = config.to_owned();
        for change in &changes {
            let keys: Vec<_> = change.keys.iter().map(|key| (key.key.as_str(), key.after.as_str())).collect();
            text = edit::set(&text, Dialect::Config, change.profile.as_str(), &keys).map_err(|error| {
                Problem::EditRefused { path: path.display().to_string(), reason: error.to_string() }
            })?;
        }
        let profiles = Profiles::parse(&text, path, None);
        let touched = self
            .profiles
            .iter()
            .filter(|offered| changes.iter().any(|change| change.profile == offered.name));
        let unusable: Vec<_> = touched.filter_map(|offered| unusable(&profiles, offered)).collect();
        if unusable.is_empty() { Ok(text) } else { Err(refused(&self.origin, unusable)) }
    }

    /// What cannot be put together with what is there already.
    fn clashes(&self, config: &str) -> Vec<String> {
        let document = Document::parse(config, Dialect::Config);
        let clashes = self.profiles.iter().filter_map(|offered| {
            let there = there(&document, &offered.name);
            let fits = matches!(
                (offered.kind, &there),
                (Kind::Plain, _)
                    | (_, There::Nothing)
                    | (Kind::Entra, There::Entra)
                    | (Kind::Chained, There::Chained)
            );
            let says = match there {
                There::Other(key) => format!("{key} stands there already"),
                _ => "it is set up in another way already".to_owned(),
            };
            (!fits).then(|| format!("profile {}: {says}", offered.name))
        });
        clashes.collect()
    }
}

/// What the config file makes of a profile.
enum There {
    /// Nothing that gives it credentials; or no such profile.
    Nothing,
    Entra,
    Chained,
    /// A key by which it has, or may have, credentials in another way.
    Other(String),
}

fn there(document: &Document<'_>, name: &ProfileName) -> There {
    let keys: Vec<String> = document
        .sections_of(name.as_str())
        .flat_map(|section| section.keys().iter().map(|key| key.name.to_ascii_lowercase()))
        .collect();
    let has = |wanted: &str| keys.iter().any(|key| key == wanted);
    let entra = has("azure_tenant_id") || has("azure_app_id_uri");
    let chained = has("role_arn") && has("source_profile");
    // Whoever mixed the two must decide by themselves.
    if entra && !has("role_arn") && !has("source_profile") {
        return There::Entra;
    }
    if chained && !entra && !has("web_identity_token_file") && !has("credential_process") {
        return There::Chained;
    }
    let harmless = |key: &&String| {
        HARMLESS.contains(&key.as_str()) || key.starts_with("azure_") || key.starts_with("cli_")
    };
    match keys.iter().find(|key| !harmless(key)) {
        // The name of a key is no secret.
        Some(key) => There::Other(crate::problem::foreign(key)),
        None => There::Nothing,
    }
}

/// Why a touched profile cannot be used as the offer means it.
fn unusable(profiles: &Profiles, offered: &Offered) -> Option<String> {
    if offered.kind == Kind::Plain {
        return None;
    }
    let said = |reason: String| Some(format!("profile {}: {}", offered.name, reason.trim_end_matches('.')));
    if let Some((_, problem)) = profiles.broken.iter().find(|(name, _)| *name == offered.name) {
        return said(problem.to_string());
    }
    let found = profiles.profiles.iter().find(|profile| *profile.name() == offered.name);
    match (offered.kind, found) {
        (Kind::Entra, Some(Profile::Entra(_))) | (Kind::Chained, Some(Profile::Role(_))) => None,
        _ => said("it would not be what the offer means".to_owned()),
    }
}
