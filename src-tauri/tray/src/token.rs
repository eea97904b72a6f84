//! The file of a web identity's token, which somebody else writes anew from time to time.

use jiff::Timestamp;
use rolecall_core::aws_files::locate;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::secret::Secret;
use rolecall_core::web_identity::{Claims, LONGEST};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use std::time::Duration;

/// A writer that does not replace the file but fills it is done by then.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(60);

/// Reads the token; one that is being written is read again a moment later.
///
/// # Errors
/// [`Problem::TokenFile`], [`Problem::TokenOver`].
pub(crate) fn read(path: &Path, now: Timestamp) -> Result<(Secret, Claims), Problem> {
    read_at(&locate::expand_home(path.to_owned(), &|name| std::env::var_os(name)), now)
}

fn read_at(path: &Path, now: Timestamp) -> Result<(Secret, Claims), Problem> {
    let shown = || foreign(&path.display().to_string());
    let mut tried = 0;
    let (token, claims) = loop {
        tried += 1;
        match read_once(path) {
            Ok(read) => break read,
            Err(Unread { reason, passes }) if tried >= TRIES || !passes => {
                return Err(Problem::TokenFile { path: shown(), reason });
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    };
    match claims.expires {
        Some(expired) if claims.is_over(now) => {
            Err(Problem::TokenOver { path: shown(), subject: foreign(&claims.subject), expired })
        }
        _ => Ok((token, claims)),
    }
}

/// Why not, and whether that may be gone in a moment.
struct Unread {
    reason: String,
    passes: bool,
}

fn read_once(path: &Path) -> Result<(Secret, Claims), Unread> {
    let io = |error: std::io::Error| Unread {
        reason: format!("could not be read ({error})"),
        passes: error.kind() == ErrorKind::NotFound,
    };
    // A device or a pipe would never end, or take what is another's; opening a pipe would wait for its writer.
    let regular = std::fs::metadata(path).map_err(io)?.is_file();
    let file = regular.then(|| File::open(path)).transpose().map_err(io)?;
    let Some(file) = file else {
        return Err(Unread { reason: "is no file".into(), passes: false });
    };
    let mut bytes = zeroize::Zeroizing::new(vec![]);
    // With a line end or two.
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX) + 16;
    file.take(most).read_to_end(&mut bytes).map_err(io)?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| Unread { reason: "is no text".into(), passes: true })?;
    let claims = Claims::read(text).map_err(|reason| Unread { reason: reason.to_owned(), passes: true })?;
    Ok((Secret::new(text.trim()), claims))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn token(expires: i64) -> String {
        let payload = format!(r#"{{"iss":"i","sub":"s","aud":["sts.amazonaws.com"],"exp":{expires}}}"#);
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_795_000_000).expect("an instant")
    }

    #[test]
    fn empty_expired_missing_and_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        let code = |path: &Path| read(path, now()).map(|_| ()).map_err(|problem| problem.code());
        assert_eq!(code(&path), Err("token.unreadable"));
        assert_eq!(code(folder.path()), Err("token.unreadable"));
        assert_eq!(code(Path::new("/dev/null")), Err("token.unreadable"));
        for (text, expected) in [
            (String::new(), Err("token.unreadable")),
            ("x".repeat(LONGEST * 3), Err("token.unreadable")),
            (token(1_794_999_999), Err("token.over")),
            (format!("{}\n", token(1_795_000_001)), Ok(())),
        ] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(code(&path), expected);
        }
    }

    #[test]
    fn one_that_is_being_written_is_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        let whole = token(1_795_000_001);
        std::fs::write(&path, &whole[..20]).expect("written");
        let (writer, text) = (path.clone(), whole.clone());
        // Whenever it gets its turn: within the tries, or the test waits for it.
        let writing = std::thread::spawn(move || std::fs::write(writer, text).expect("written"));
        let (read, claims) = read(&path, now()).expect("a token");
        writing.join().expect("written");
        assert_eq!((read.expose(), claims.subject.as_str()), (whole.as_str(), "s"));
    }
}
