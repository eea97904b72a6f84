use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign::KeyPair;
use std::io::{self, Cursor};
use std::path::Path;

const ADDRESS: &str = "https://updates.example.org/rolecall/latest.json";

fn pair() -> KeyPair {
    KeyPair::generate_unencrypted_keypair().expect("a pair of keys")
}

fn signed(pair: &KeyPair, bytes: &[u8], comment: &str) -> String {
    let (pk, sk) = (Some(&pair.pk), &pair.sk);
    minisign::sign(pk, sk, Cursor::new(bytes), Some(comment), None).expect("a signature").into_string()
}

fn source(pair: &KeyPair) -> Source {
    Source::parse(ADDRESS, &pair.pk.to_base64()).expect("a source")
}

fn running(version: &str) -> Running {
    Running { version: version.into(), installed: Installed::Deb, system: "linux-x86_64".into() }
}

const AT: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("an instant")
}

/// The feed as this text, signed at [`AT`].
fn read(text: &str) -> Result<Feed, Trouble> {
    let pair = pair();
    Feed::read(
        &source(&pair),
        text,
        &signed(&pair, text.as_bytes(), &format!("timestamp:{AT}\tfile:latest.json")),
    )
}

fn feed(version: &str, platforms: &str) -> String {
    format!(
        r#"{{"version":"{version}","notes":"Quicker.\r\nAnd \u001b[31mred.","pub_date":"2026-11-20T10:00:00Z",
        "signature":"not ours","platforms":{{{platforms}}}}}"#
    )
}

fn platform(system: &str, signature: &str) -> String {
    format!(r#""{system}":{{"url":"https://updates.example.org/{system}","signature":"{signature}"}}"#)
}

#[test]
fn only_what_is_newer_is_offered() {
    let platforms = [platform("linux-x86_64", ""), platform("linux-x86_64-rpm", "")].join(",");
    for (offered, runs, newer) in [
        ("0.2.0", "0.1.0", true),
        ("v0.2.0", "0.1.0", true),
        ("0.10.0", "0.9.0", true),
        ("0.2.0", "0.2.0-rc.1", true),
        ("0.2.0", "0.2.0", false),
        ("0.2.0+build.7", "0.2.0", false),
        ("0.2.0-rc.1", "0.2.0", false),
        ("0.1.9", "0.2.0", false),
    ] {
        let update =
            read(&feed(offered, &platforms)).expect(offered).update(&running(runs), None, None, at(AT));
        let update = update.expect(offered);
        assert_eq!(update.offer.is_some(), newer, "{offered} beside {runs}");
    }
    let feed = read(&feed("0.2.0", &platforms)).expect("a feed");
    let update = feed.update(&running("0.1.0"), None, None, at(AT)).expect("an update");
    let offer = update.offer.expect("an offer");
    assert_eq!(offer.url.as_deref(), Some("https://updates.example.org/linux-x86_64"));
    assert_eq!(offer.notes.as_deref(), Some("Quicker.\nAnd  [31mred."));
    assert!(update.advice.contains("apt"), "{}", update.advice);
    // Its own kind of package goes before.
    let rpm = Running { installed: Installed::Rpm, ..running("0.1.0") };
    let offer = feed.update(&rpm, None, None, at(AT)).expect("an update").offer.expect("an offer");
    assert_eq!(offer.url.as_deref(), Some("https://updates.example.org/linux-x86_64-rpm"));
    // Nothing for this system is said, not hidden.
    let mac = Running { system: "darwin-aarch64".into(), ..running("0.1.0") };
    let update = feed.update(&mac, None, None, at(AT)).expect("an update");
    assert_eq!(update.offer.map(|offer| offer.url), Some(None));
    assert!(update.advice.contains("nothing for this system"), "{}", update.advice);
}

#[test]
fn an_old_feed_served_again_is_seen() {
    let feed = read(&feed("0.2.0", "")).expect("a feed");
    assert_eq!(feed.signed(), at(AT));
    assert!(feed.update(&running("0.1.0"), Some(at(AT)), None, at(AT)).is_ok(), "the same one again");
    let refused = feed.update(&running("0.1.0"), Some(at(AT + 1)), None, at(AT)).expect_err("an old one");
    assert_eq!(refused.facts().0, "update.replayed");
}

#[test]
fn hostile_feeds() {
    let long = format!("{}1.0.0", "9".repeat(400));
    for (text, part) in [
        ("", "EOF"),
        ("[]", "invalid"),
        (r#"{"version":"1.0.0"}"#, "platforms"),
        (r#"{"version":1,"platforms":{}}"#, "string"),
        (r#"{"version":"newest","platforms":{}}"#, "'newest' is not a version"),
        (r#"{"version":"1.0","platforms":{}}"#, "'1.0' is not a version"),
        (r#"{"version":"1.0.0","version":"2.0.0","platforms":{}}"#, "duplicate field"),
        (&format!(r#"{{"version":"{long}","platforms":{{}}}}"#), "is not a version"),
        (r#"{"version":"1.0.0","pub_date":"soon","platforms":{}}"#, "pub_date"),
        (
            r#"{"version":"1.0.0","platforms":{"linux-x86_64":{"url":"http://example.org/x","signature":""}}}"#,
            "the address for linux-x86_64 is not https",
        ),
        (
            r#"{"version":"1.0.0","platforms":{"linux-x86_64":{"url":"file:///bin/sh","signature":""}}}"#,
            "is not https",
        ),
        (r#"{"version":"1.0.0","platforms":{"linux-x86_64":{"url":"https://example.org/x"}}}"#, "signature"),
    ] {
        let refused = read(text).expect_err(text);
        assert_eq!(refused.facts().0, "update.feed", "{text}");
        assert!(refused.to_string().contains(part), "{text}: {refused}");
    }
    let notes = "n".repeat(5000);
    let feed = read(&format!(r#"{{"version":"1.0.0","notes":"{notes}","platforms":{{}}}}"#)).expect("a feed");
    let offer =
        feed.update(&running("0.1.0"), None, None, at(AT)).expect("an update").offer.expect("an offer");
    assert_eq!(offer.notes.map(|notes| notes.chars().count()), Some(4001));
}

#[test]
fn a_date_in_the_future_locks_nobody_out() {
    let pair = pair();
    let read = |seconds: i64| {
        let text = feed("9.0.0", "");
        let signature = signed(&pair, text.as_bytes(), &format!("timestamp:{seconds}"));
        Feed::read(&source(&pair), &text, &signature)
    };
    let now = at(AT);
    for seconds in [AT + 25 * 3600, 4_102_444_800, 253_402_200_000] {
        let future = read(seconds).expect("a feed");
        assert_eq!(future.believable_date(now), None);
        let update = future.update(&running("0.1.0"), Some(now), None, now).expect("it is told");
        assert!(update.offer.is_some() && update.advice.contains("dated in the future"), "{}", update.advice);
        // What was remembered before this rule.
        let today = read(AT).expect("a feed").update(&running("0.1.0"), Some(at(seconds)), None, now);
        assert!(!today.expect("it is told").advice.contains("future"));
    }
    assert_eq!(
        read(AT + 3600).expect("a feed").believable_date(now),
        Some(at(AT + 3600)),
        "two clocks differ"
    );
    for seconds in [i64::MAX, i64::MIN, 253_402_300_800] {
        assert!(read(seconds).is_err_and(|refused| refused.to_string().contains("does not say when")));
    }
}

#[test]
fn signatures_that_do_not_count() {
    let (ours, theirs) = (pair(), pair());
    let text = feed("9.0.0", "");
    let comment = "timestamp:1800000000\tfile:latest.json";
    let good = signed(&ours, text.as_bytes(), comment);
    let source = source(&ours);
    assert!(Feed::read(&source, &text, &good).is_ok());
    assert!(Feed::read(&source, &text, &STANDARD.encode(&good)).is_ok(), "as Tauri writes it");
    let other_comment = good.replace("timestamp:18", "timestamp:19");
    let cases = [
        (text.clone(), String::new(), "not a signature"),
        (text.clone(), "<html>".to_owned(), "not a signature"),
        (text.clone(), signed(&theirs, text.as_bytes(), comment), "another key"),
        (text.replace('9', "8"), good.clone(), "another text"),
        (format!("{text}\n"), good.clone(), "another text"),
        // What was promised of the signature is signed, too.
        (text.clone(), other_comment, "another text"),
        (text.clone(), signed(&ours, text.as_bytes(), "file:latest.json"), "does not say when"),
        (text.clone(), signed(&ours, text.as_bytes(), "timestamp:soon"), "does not say when"),
    ];
    for (text, signature, part) in cases {
        let refused = Feed::read(&source, &text, &signature).expect_err(part);
        assert_eq!(refused.facts().0, "update.signature", "{part}");
        assert!(refused.to_string().contains(part), "{part}: {refused}");
    }
}

#[test]
fn a_file_is_what_the_feed_offers_or_not() {
    let pair = pair();
    let (deb, exe) = (b"a package".as_slice(), b"an installer".as_slice());
    let tauri = |bytes: &[u8], name: &str| {
        STANDARD.encode(signed(&pair, bytes, &format!("timestamp:{AT}\tfile:{name}")))
    };
    let platforms =
        [platform("linux-x86_64", &tauri(deb, "r.deb")), platform("windows-x86_64", &tauri(exe, "r.exe"))];
    let text = feed("0.2.0", &platforms.join(","));
    let signature = signed(&pair, text.as_bytes(), &format!("timestamp:{AT}"));
    let feed = Feed::read(&source(&pair), &text, &signature).expect("a feed");
    let check =
        |bytes: &'static [u8], runs: &str| feed.check("/tmp/r", &running(runs), || Ok(Cursor::new(bytes)));
    for (bytes, system) in [(deb, "linux-x86_64"), (exe, "windows-x86_64")] {
        let checked = check(bytes, "0.1.0").expect(system);
        assert_eq!((checked.system.as_str(), checked.version.as_str()), (system, "0.2.0"));
    }
    assert_eq!(check(b"another package", "0.1.0").map_err(|problem| problem.code()), Err("update.file"));
    assert_eq!(check(b"", "0.1.0").map_err(|problem| problem.code()), Err("update.file"));
    assert_eq!(check(deb, "0.3.0").map_err(|problem| problem.code()), Err("update.older"));
    let gone = feed.check("/tmp/r", &running("0.1.0"), || {
        Err::<&[u8], _>(io::Error::new(io::ErrorKind::NotFound, "it is not there"))
    });
    assert_eq!(gone.map_err(|problem| problem.code()), Err("file.unreadable"));
}

#[test]
fn sources() {
    let pair = pair();
    let line = pair.pk.to_base64();
    let file = pair.pk.to_box().expect("a box").into_string();
    for key in [line.clone(), format!(" {line}\n"), file.clone(), STANDARD.encode(&file)] {
        let source = Source::parse(ADDRESS, &key).expect(&key);
        assert_eq!(source.signature().as_str(), format!("{ADDRESS}.minisig"));
    }
    let query = Source::parse("https://updates.example.org/f?channel=beta", &line).expect("a source");
    assert_eq!(query.signature().as_str(), "https://updates.example.org/f.minisig?channel=beta");
    assert!(Source::parse("http://127.0.0.1:8080/latest.json", &line).is_ok());
    for (feed, key, part) in [
        ("updates.example.org", line.as_str(), "not an address"),
        ("http://updates.example.org/latest.json", &line, "must be https"),
        ("file:///etc/feed.json", &line, "must be https"),
        ("https://ada:secret@updates.example.org/latest.json", &line, "user name"),
        (ADDRESS, "", "not a public key"),
        (ADDRESS, "RWQ", "not a public key"),
    ] {
        let refused = Source::parse(feed, key).expect_err(part);
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn how_it_came_here() {
    for (said, program, installed) in [
        (Some("deb\n"), "/usr/lib/rolecall/rolecall-tray", Installed::Deb),
        (Some("rpm"), "/usr/lib/rolecall/rolecall-tray", Installed::Rpm),
        (Some("nsis\r\n"), "rolecall-tray.exe", Installed::Nsis),
        (Some("snap"), "/usr/lib/rolecall/rolecall-tray", Installed::ByHand),
        (None, "/Applications/Rolecall.app/Contents/MacOS/rolecall-tray", Installed::Bundle),
        (None, "/opt/MacOS/rolecall-tray", Installed::ByHand),
        (None, "/home/ada/bin/rolecall-tray", Installed::ByHand),
    ] {
        assert_eq!(Installed::find(said, Path::new(program)), installed, "{said:?} {program}");
    }
    assert_eq!(running("0.1.0").words(), "Rolecall 0.1.0, installed as a Debian package");
}
