//! Whether a secret was written down anywhere in a home: as it is, in base64, or as part of an address.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::{Path, PathBuf};

/// The files below a folder that hold one of the secrets, each with the secret's beginning. `except` are left out.
pub(crate) fn of(secrets: &[String], folder: &Path, except: &[PathBuf]) -> Vec<String> {
    let wanted: Vec<(&String, Vec<Vec<u8>>)> = secrets.iter().map(|secret| (secret, forms(secret))).collect();
    let mut found = vec![];
    for path in files(folder) {
        if except.contains(&path) {
            continue;
        }
        // A socket, or a file that has gone since, holds nothing.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for (secret, forms) in &wanted {
            if forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form)) {
                let start: String = secret.chars().take(6).collect();
                found.push(format!("{} holds {start}…", path.display()));
            }
        }
    }
    found
}

/// The ways in which a secret is written without being hidden.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_owned()];
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    forms.push(encoded.into_bytes());
    // Base64 of a text that the secret stands in: three places it can begin at, without the letters at either end
    // that its neighbours share.
    for offset in 0..3 {
        let text = [vec![0; offset], secret.as_bytes().to_owned()].concat();
        let (from, to) = ((offset * 8).div_ceil(6), text.len() * 8 / 6);
        for encoded in [STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            forms.push(encoded.as_bytes()[from..to].to_owned());
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |entry: std::fs::DirEntry| {
        let path = entry.path();
        // Links lead to what is looked at anyway, or out of the home.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&path),
            Ok(kind) if kind.is_file() => vec![path],
            _ => vec![],
        }
    };
    entries.flat_map(below).collect()
}

#[test]
fn every_form_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCY=".to_owned();
    let write = |text: &str| std::fs::write(folder.path().join("file"), text).expect("written");
    let found = || of(std::slice::from_ref(&secret), folder.path(), &[]);
    for before in ["", "a", "ab", "abc"] {
        let text = format!("{before}{secret}and more");
        write(&text);
        assert_eq!(found().len(), 1, "as it is");
        write(&format!("x{}", STANDARD_NO_PAD.encode(&text)));
        assert_eq!(found().len(), 1, "in base64 after {before:?}");
        write(&URL_SAFE_NO_PAD.encode(&text));
        assert_eq!(found().len(), 1, "in base64 of addresses after {before:?}");
    }
    write("https://example.org/?k=wJalrXUtnFEMI%2FK7MDENG%2BbPxRfiCY%3D");
    assert_eq!(found().len(), 1, "in an address");
    write("wJalrXUtnFEMI and nothing else");
    assert_eq!(found(), Vec::<String>::new());
    write(&secret);
    assert_eq!(of(&[secret], folder.path(), &[folder.path().join("file")]), Vec::<String>::new());
}
