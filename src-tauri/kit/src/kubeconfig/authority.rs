//! A certificate authority as a kubeconfig holds it: the base64 text of a PEM file.

use crate::problem::files as problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rolecall_core::problem::{Report, foreign};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
/// In bytes: a bundle of all public authorities is smaller.
const LIMIT: u64 = 1024 * 1024;

/// Reads a file, or the text itself.
pub(super) fn read(given: &str) -> Result<String, Report> {
    let path = Path::new(given);
    // Also what a shell makes of <(…).
    let is_file = path.exists();
    let text = if is_file {
        let mut bytes = vec![];
        let read = File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes));
        let read = read.map_err(|error| wrong(given, &format!("could not be read: {error}")))?;
        if read as u64 > LIMIT {
            return Err(wrong(given, "is larger than a megabyte"));
        }
        String::from_utf8(bytes).map_err(|_| wrong(given, "is not a PEM file"))?
    } else {
        given.to_owned()
    };
    if text.contains(BEGIN) {
        return Ok(STANDARD.encode(text));
    }
    let joined: String = text.split_whitespace().collect();
    let decoded = STANDARD.decode(&joined).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        Some(pem) if pem.contains(BEGIN) => Ok(joined),
        _ if is_file => Err(wrong(given, "has no certificate in it")),
        _ => Err(wrong(given, "is neither a file, nor the base64 text of a certificate")),
    }
}

fn wrong(given: &str, why: &str) -> Report {
    let shown: String = foreign(given).chars().take(80).collect();
    problem(
        "kube.authority",
        &format!("The certificate authority '{shown}' {why}."),
        "EKS shows it: aws eks describe-cluster --name NAME --query cluster.certificateAuthority.data --output text",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_or_a_text() {
        let pem = format!("{BEGIN}\nMIIB\n-----END CERTIFICATE-----\n");
        let encoded = STANDARD.encode(&pem);
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a file");
            path.display().to_string()
        };
        for given in [&encoded, &file("pem", &pem), &file("base64", &format!("{encoded}\n")), &pem] {
            assert_eq!(read(given).expect(given), encoded);
        }
        for (given, why) in [
            ("", "neither"),
            ("no-such-file.pem", "neither"),
            ("aGVsbG8=", "neither"),
            (&*file("other", "hello"), "has no certificate"),
            (&*file("large", &" ".repeat(2_000_000)), "larger"),
            (&*folder.path().display().to_string(), "could not be read"),
        ] {
            let wrong = read(given).expect_err(given).what;
            assert!(wrong.contains(why), "{given}: {wrong}");
        }
    }
}
