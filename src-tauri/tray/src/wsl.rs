//! The same section in WSL distributions: written after the file of Windows, removed with it, never in its way.

#[cfg_attr(windows, path = "wsl/windows.rs")]
#[cfg_attr(not(windows), path = "wsl/elsewhere.rs")]
mod system;
mod task;

pub(crate) use system::system;
pub(crate) use task::WslTo;

use crate::files::{remove_keys, write_keys};
use rolecall_core::aws_files::replace::Access;
use rolecall_core::checkup::Finding;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::wsl::{Distribution, Trouble};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The distributions of this person, as a system has them.
pub trait Wsl: Send + Sync {
    /// Each, and whether it runs. Starts none.
    ///
    /// # Errors
    /// [`Trouble::Unavailable`].
    fn distributions(&self) -> Result<Vec<(Distribution, bool)>, Trouble>;

    /// Where a distribution that runs has its credentials file, as this system reaches it; `None` where that is a file
    /// of this system's own.
    ///
    /// # Errors
    /// [`Trouble::Home`].
    fn credentials(&self, of: &Distribution) -> Result<Option<PathBuf>, Trouble>;

    /// Lets nobody but its owner read the credentials file: what replaces a file from here gets the usual mode.
    ///
    /// # Errors
    /// Why not, as a half-sentence.
    fn make_private(&self, of: &Distribution) -> Result<(), String>;
}

/// What became of it in each distribution.
pub type Outcomes = Vec<(Distribution, Result<(), Problem>)>;

/// Writes the keys into the profile's section in each of these distributions, or removes those that stand there
/// (`None`). One that does not run is left alone: nothing starts it in the background.
pub fn write(
    wsl: &dyn Wsl,
    profile: &ProfileName,
    wanted: &[Distribution],
    credentials: Option<&Credentials>,
) -> Outcomes {
    let there = wsl.distributions();
    let each = |wanted: &Distribution| {
        let found = there.as_ref().map_err(Clone::clone).and_then(|there| find(wanted, there));
        let done = found.map_err(Problem::from).and_then(|(distribution, running)| {
            if running {
                return write_one(wsl, profile, distribution, credentials);
            }
            let (distribution, profile) = (distribution.clone(), profile.as_str().to_owned());
            Err(match credentials {
                Some(_) => Trouble::Stopped { distribution, profile },
                None => Trouble::Kept { distribution, profile },
            }
            .into())
        });
        (wanted.clone(), done)
    };
    wanted.iter().map(each).collect()
}

/// A name as the person wrote it, and what there is of that name.
fn find<'a>(
    wanted: &Distribution,
    there: &'a [(Distribution, bool)],
) -> Result<(&'a Distribution, bool), Trouble> {
    let found = there.iter().find(|(name, _)| name.is(wanted));
    found.map(|(name, running)| (name, *running)).ok_or_else(|| Trouble::NoDistribution {
        wanted: wanted.clone(),
        there: there.iter().map(|(name, _)| name.clone()).collect(),
    })
}

fn write_one(
    wsl: &dyn Wsl,
    profile: &ProfileName,
    distribution: &Distribution,
    credentials: Option<&Credentials>,
) -> Result<(), Problem> {
    // It reads a file of Windows: what is to stand there, stands there.
    let Some(path) = wsl.credentials(distribution)? else { return Ok(()) };
    // Who may read it is seen to below, by the distribution itself.
    let remark = match credentials {
        Some(credentials) => write_keys(&path, profile, credentials, Access::AsBefore)?,
        // Where there is no file, none is made to remove something from it.
        None if !path.exists() => return Ok(()),
        None => remove_keys(&path, profile, Access::AsBefore)?,
    };
    wsl.make_private(distribution).map_err(|reason| Trouble::Mode {
        distribution: distribution.clone(),
        path: path.display().to_string(),
        reason,
    })?;
    remark.map_or(Ok(()), Err)
}

/// What `rolecall doctor` says of it; `wanted` are the distributions that profiles name.
pub(crate) fn examine(
    wsl: Option<&dyn Wsl>,
    wanted: &BTreeMap<ProfileName, Vec<Distribution>>,
) -> Vec<Finding> {
    let about = "WSL";
    let names: Vec<_> = wanted.keys().map(ProfileName::as_str).collect();
    let Some(wsl) = wsl else {
        let what = format!("rolecall_wsl in {} counts for Rolecall on Windows only.", names.join(", "));
        return if names.is_empty() { vec![] } else { vec![Finding::ok(about, what)] };
    };
    let there = match wsl.distributions() {
        Ok(there) => there,
        // Who names none does not miss it.
        Err(_) if names.is_empty() => return vec![],
        Err(trouble) => return vec![Finding::problem(about, &trouble.into())],
    };
    let mut findings: Vec<_> = wanted
        .values()
        .flatten()
        .filter_map(|wanted| find(wanted, &there).err())
        .map(|trouble| Finding::problem(about, &trouble.into()))
        .collect();
    let words = |(name, running): &(Distribution, bool)| {
        if *running { format!("{name} runs") } else { format!("{name} does not run") }
    };
    let all: Vec<_> = there.iter().map(words).collect();
    let what =
        if all.is_empty() { "There is no distribution.".to_owned() } else { format!("{}.", all.join(", ")) };
    findings.push(Finding::ok(about, what));
    findings
}

#[cfg(test)]
mod tests;
