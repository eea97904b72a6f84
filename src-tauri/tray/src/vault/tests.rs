//! Sealed files against what may happen to them.

use super::*;
use crate::sealed::{Content, Held, Jar};
use rolecall_core::credentials::Credentials;
use rolecall_core::profile::ProfileName;
use rolecall_core::secret::Secret;
use std::sync::Mutex;

/// A keychain that may be locked.
#[derive(Default, Clone)]
struct Chain(Arc<Mutex<(Option<Vec<u8>>, bool)>>);

impl Keychain for Chain {
    fn load(&self, _: &Path) -> Result<Option<Vec<u8>>, String> {
        let chain = self.0.lock().expect("not poisoned");
        if chain.1 { Err("it is locked".into()) } else { Ok(chain.0.clone()) }
    }

    fn store(&self, _: &Path, key: &[u8]) -> Result<(), String> {
        self.0.lock().expect("not poisoned").0 = Some(key.to_vec());
        Ok(())
    }
}

fn work() -> Sealed {
    let credentials = Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: Secret::new("planted-secret"),
        session_token: Secret::new("planted-token"),
        expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
    };
    let held = Held { role: None, credentials };
    (Label::Credentials(ProfileName::new("work/../ä")), Content::Credentials(held))
}

fn cookies() -> Sealed {
    let jar = Jar { authority: "https://a.example.org/".into(), tenant: "t".into(), user: None };
    (Label::Cookies(jar), Content::Cookies(vec![]))
}

fn vault(folder: &Path, chain: &Chain) -> Vault {
    Vault::new(folder.join("vault"), Arc::new(chain.clone()))
}

#[test]
fn what_was_sealed_is_there_after_a_restart_and_unreadable_to_others() {
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    let mut first = vault(folder.path(), &chain);
    assert!(first.read().expect("nothing").items.is_empty());
    assert_eq!(chain.0.lock().expect("not poisoned").0, None, "an empty vault needs no key");
    for item in [work(), cookies(), work()] {
        first.seal(&item).expect("sealed");
    }
    let mut items = vault(folder.path(), &chain).read().expect("read").items;
    items.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(items, [work(), cookies()]);
    for path in file::list(&folder.path().join("vault")) {
        let text = String::from_utf8(std::fs::read(&path).expect("read")).expect("JSON");
        assert!(!text.contains("planted") && !text.contains("ASIAEXAMPLE"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
        }
    }
    first.discard(&work().0);
    first.discard(&work().0);
    assert_eq!(vault(folder.path(), &chain).read().expect("read").items, [cookies()]);
}

#[test]
fn damaged_files_are_named_and_take_nothing_else_along() {
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    let mut first = vault(folder.path(), &chain);
    first.seal(&work()).expect("sealed");
    first.seal(&cookies()).expect("sealed");
    let path = file::path(&folder.path().join("vault"), &work().0);
    let good = std::fs::read(&path).expect("read");
    let other = std::fs::read(file::path(&folder.path().join("vault"), &cookies().0)).expect("read");
    let mut flipped = good.clone();
    let last = flipped.len() - 10;
    flipped[last] ^= 1;
    for bad in [&good[..good.len() / 2], b"", &flipped, &other, b"{\"version\":2}"] {
        std::fs::write(&path, bad).expect("written");
        let found = vault(folder.path(), &chain).read().expect("read");
        assert_eq!((found.items.len(), found.problems.len()), (1, 1), "{:?}", found.problems);
        assert_eq!(found.problems[0].code(), "vault.unreadable");
    }
    // A vault from another computer: its key is not in this keychain.
    std::fs::write(&path, good).expect("written");
    let (elsewhere, mut there) = (Chain::default(), vault(folder.path(), &Chain::default()));
    assert_eq!(there.read().map_err(|problem| problem.code()).map(drop), Err("vault.unreadable"));
    let mut there = vault(folder.path(), &elsewhere);
    there.seal(&cookies()).expect("sealed anew");
    let found = vault(folder.path(), &elsewhere).read().expect("read");
    assert_eq!((found.items, found.problems.len()), (vec![cookies()], 1), "what is older stays unreadable");
}

#[test]
fn a_locked_keychain_is_said_and_tried_again() {
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    let mut vault = vault(folder.path(), &chain);
    chain.0.lock().expect("not poisoned").1 = true;
    assert_eq!(vault.seal(&work()).map_err(|problem| problem.code()), Err("vault.keychain"));
    assert!(!folder.path().join("vault").exists());
    chain.0.lock().expect("not poisoned").1 = false;
    vault.seal(&work()).expect("sealed");
    chain.0.lock().expect("not poisoned").0 = Some(b"short".to_vec());
    let mut again = super::tests::vault(folder.path(), &chain);
    assert_eq!(again.read().map_err(|problem| problem.code()).map(drop), Err("vault.keychain"));
}
