//! What a feed offers: one line a thing, then the notes.

use super::columns::{Cell, aligned};
use super::harmless;
use rolecall_core::update::Update;

pub(crate) fn update(update: &Update) -> String {
    let offer = update.offer.as_ref();
    let offered = match offer {
        Some(offer) => match offer.date {
            Some(date) => format!("{}, of {}", offer.version, date.strftime("%Y-%m-%d")),
            None => offer.version.clone(),
        },
        None => format!("nothing newer: the feed has {}", update.latest),
    };
    let file = update.file.as_ref();
    let lines = [
        ("runs", Some(format!("{}, {}", update.running, update.installed.words()))),
        ("offered", Some(offered)),
        ("address", offer.and_then(|offer| offer.url.clone())),
        ("feed", Some(update.feed.clone())),
        ("file", file.map(|file| format!("{} is {} for {}", file.path, file.version, file.system))),
    ];
    let rows = lines
        .into_iter()
        .filter_map(|(about, says)| Some([Cell::plain(about), Cell::plain(harmless(&says?))]));
    let mut text = aligned(&rows.collect::<Vec<_>>());
    if let Some(notes) = offer.and_then(|offer| offer.notes.as_ref()) {
        text.push('\n');
        notes.lines().for_each(|line| text.push_str(&format!("\n  {}", harmless(line))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::update::{Checked, Installed, Offered};

    #[test]
    fn what_is_offered_and_what_is_not() {
        let offer = Offered {
            version: "0.2.0".into(),
            date: Some("2026-11-20T10:00:00Z".parse().expect("an instant")),
            notes: Some("Quicker.\nAnd \u{202e}red.".into()),
            url: Some("https://updates.example.org/r.deb".into()),
        };
        let new = Update {
            running: "0.1.0".into(),
            installed: Installed::Deb,
            feed: "https://updates.example.org/latest.json".into(),
            latest: "0.2.0".into(),
            offer: Some(offer),
            file: None,
            advice: String::new(),
        };
        assert_eq!(
            update(&new),
            "runs     0.1.0, installed as a Debian package\n\
             offered  0.2.0, of 2026-11-20\n\
             address  https://updates.example.org/r.deb\n\
             feed     https://updates.example.org/latest.json\n\n  Quicker.\n  And \\u{202e}red."
        );
        let system = "linux-x86_64".to_owned();
        let file = Some(Checked { path: "/tmp/r.deb".into(), version: "0.1.0".into(), system });
        let same = Update { latest: "0.1.0".into(), offer: None, file, ..new };
        assert_eq!(
            update(&same),
            "runs     0.1.0, installed as a Debian package\n\
             offered  nothing newer: the feed has 0.1.0\n\
             feed     https://updates.example.org/latest.json\n\
             file     /tmp/r.deb is 0.1.0 for linux-x86_64"
        );
    }
}
