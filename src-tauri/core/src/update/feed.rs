//! The feed: Tauri's static JSON (Tauri, "Updater", Static JSON File), believed only with its own signature beside it.

use super::{Checked, Offered, Running, Source, Trouble, Update};
use crate::problem::{Problem, foreign};
use crate::profile::is_private_address;
use crate::time;
use jiff::{SignedDuration, Timestamp};
use semver::Version;
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Read};
use url::Url;

/// Notes are shown, not printed as a book.
const NOTES: usize = 4000;

/// A feed whose signature was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    source: Source,
    version: Version,
    notes: Option<String>,
    date: Option<Timestamp>,
    platforms: BTreeMap<String, Platform>,
    signed: Timestamp,
}

/// What there is for one system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    url: String,
    signature: String,
}

#[derive(Deserialize)]
struct Written {
    version: String,
    notes: Option<String>,
    pub_date: Option<String>,
    platforms: BTreeMap<String, WrittenPlatform>,
}

#[derive(Deserialize)]
struct WrittenPlatform {
    url: String,
    signature: String,
}

impl Feed {
    /// # Errors
    /// [`Trouble::Signature`], [`Trouble::Feed`].
    pub fn read(source: &Source, text: &str, signature: &str) -> Result<Self, Trouble> {
        let address = source.feed().to_string();
        // Before anything in it is looked at.
        let signed = source
            .key()
            .signed(text, signature)
            .map_err(|reason| Trouble::Signature { address: address.clone(), reason })?;
        let wrong = |reason: String| Trouble::Feed { address: address.clone(), reason };
        let written: Written =
            serde_json::from_str(text).map_err(|error| wrong(foreign(&error.to_string())))?;
        let version = version(&written.version)
            .ok_or_else(|| wrong(format!("'{}' is not a version", foreign(&written.version))))?;
        let date = written.pub_date.as_deref().map(str::parse).transpose();
        let date = date.map_err(|_| wrong("pub_date is not a time".to_owned()))?;
        let mut platforms = BTreeMap::new();
        for (system, platform) in written.platforms {
            let url = Url::parse(&platform.url).ok().filter(is_private_address);
            let url =
                url.ok_or_else(|| wrong(format!("the address for {} is not https", foreign(&system))))?;
            platforms.insert(system, Platform { url: url.to_string(), signature: platform.signature });
        }
        let notes = written.notes.map(|notes| shown(&notes)).filter(|notes| !notes.is_empty());
        Ok(Self { source: source.clone(), version, notes, date, platforms, signed })
    }

    /// The address that it came from.
    pub fn address(&self) -> &str {
        self.source.feed().as_str()
    }

    /// When it was signed: one that was signed before another that was seen is an old one, served again.
    pub fn signed(&self) -> Timestamp {
        self.signed
    }

    /// Whether the bytes of a file are what the feed offers for one of its systems; for this one first.
    ///
    /// # Errors
    /// [`Problem::FileUnreadable`], [`Trouble::File`], [`Trouble::Older`].
    pub fn check<R: Read>(
        &self,
        path: &str,
        running: &Running,
        open: impl Fn() -> io::Result<R>,
    ) -> Result<Checked, Problem> {
        let unreadable =
            |error: io::Error| Problem::FileUnreadable { path: path.to_owned(), reason: error.to_string() };
        let own = |system: &str| system.starts_with(&running.system);
        let (mut systems, others): (Vec<_>, Vec<_>) = self.platforms.iter().partition(|(name, _)| own(name));
        systems.extend(others);
        for (system, platform) in systems {
            if self
                .source
                .key()
                .has_signed(open().map_err(unreadable)?, &platform.signature)
                .map_err(unreadable)?
            {
                if self.compared(running) == Ordering::Less {
                    let (version, running) = (self.version.to_string(), running.version.clone());
                    return Err(Trouble::Older { path: path.to_owned(), version, running }.into());
                }
                let (version, system) = (self.version.to_string(), foreign(system));
                return Ok(Checked { path: path.to_owned(), version, system });
            }
        }
        Err(Trouble::File { path: path.to_owned(), version: self.version.to_string() }.into())
    }

    /// When it was signed, where that can be: a date in the future would make every later feed an old one.
    pub fn believable_date(&self, now: Timestamp) -> Option<Timestamp> {
        Some(self.signed).filter(|signed| !is_in_the_future(*signed, now))
    }

    /// What somebody is told; `seen` is when the newest feed from there was signed that was seen so far.
    ///
    /// # Errors
    /// [`Trouble::Replayed`].
    pub fn update(
        &self,
        running: &Running,
        seen: Option<Timestamp>,
        file: Option<Checked>,
        now: Timestamp,
    ) -> Result<Update, Trouble> {
        let seen = seen.filter(|seen| !is_in_the_future(*seen, now));
        if let Some(seen) = seen.filter(|seen| self.signed < *seen) {
            let (address, signed) = (self.address().to_owned(), self.signed);
            return Err(Trouble::Replayed { address, signed, seen });
        }
        let platform = self.platform(running);
        let offer = (self.compared(running) == Ordering::Greater).then(|| Offered {
            version: self.version.to_string(),
            date: self.date,
            notes: self.notes.clone(),
            url: platform.map(|platform| platform.url.clone()),
        });
        let advice = match (&offer, platform) {
            (None, _) if self.compared(running) == Ordering::Less => {
                "The feed offers an older version, which is not for you: there is nothing to do."
            }
            (None, _) => "There is nothing to do.",
            (Some(_), None) => "The feed has nothing for this system: ask whoever makes it.",
            (Some(_), Some(_)) => running.installed.advice(),
        };
        Ok(Update {
            running: running.version.clone(),
            installed: running.installed,
            feed: self.address().to_owned(),
            latest: self.version.to_string(),
            offer,
            file,
            advice: match self.believable_date(now) {
                Some(_) => advice.to_owned(),
                None => format!(
                    "{advice} The feed is dated in the future ({}), so its date is ignored: check this computer's clock, or tell whoever makes the feed.",
                    self.signed
                ),
            },
        })
    }

    /// For this kind of installation, else for any on this system.
    fn platform(&self, running: &Running) -> Option<&Platform> {
        let kind = running.installed.suffix().map(|suffix| format!("{}-{suffix}", running.system));
        let kind = kind.and_then(|kind| self.platforms.get(&kind));
        kind.or_else(|| self.platforms.get(&running.system))
    }

    /// A running version that is none, which a build of our own never has, is older than all.
    fn compared(&self, running: &Running) -> Ordering {
        version(&running.version).map_or(Ordering::Greater, |ours| self.version.cmp_precedence(&ours))
    }
}

/// Two clocks may differ by that much.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// Whether a date was made by a clock that was wrong, or this computer's is.
pub fn is_in_the_future(date: Timestamp, now: Timestamp) -> bool {
    date > time::after(now, CLOCKS_DIFFER)
}

/// Tauri allows a `v` before it.
fn version(text: &str) -> Option<Version> {
    let text = text.trim();
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

/// Somebody else's lines, without what moves a cursor.
fn shown(notes: &str) -> String {
    let plain = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let cut: String = notes.trim().replace("\r\n", "\n").chars().map(plain).take(NOTES).collect();
    if notes.trim().chars().count() > NOTES { format!("{}…", cut.trim_end()) } else { cut }
}
