//! Sealed files against what may happen to them.

use super::*;
use crate::sealed::{Content, Held, Jar};
use rolecall_core::credentials::Credentials;
use rolecall_core::profile::ProfileName;
use rolecall_core::secret::Secret;
use std::sync::Mutex;

/// A keychain that may be locked, and may refuse to keep anything new.
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
    let held = Held { role: None, credentials, of: None };
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

/// A keychain in a file, for a program that is killed: the old key or the new one.
struct KeyFile(PathBuf);

impl Keychain for KeyFile {
    fn load(&self, _: &Path) -> Result<Option<Vec<u8>>, String> {
        Ok(std::fs::read(&self.0).ok())
    }

    fn store(&self, _: &Path, key: &[u8]) -> Result<(), String> {
        use std::io::Write as _;
        let folder = self.0.parent().expect("a folder");
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| error.to_string())?;
        file.write_all(key).map_err(|error| error.to_string())?;
        file.persist(&self.0).map_err(|error| error.to_string())?;
        Ok(())
    }
}

/// A keychain that takes so many keys and refuses from then on, as one that is locked or full does.
struct Refuses(Chain, std::sync::atomic::AtomicUsize);

impl Keychain for Refuses {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, String> {
        self.0.load(vault)
    }

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        let left = self.1.load(Ordering::Relaxed);
        if left == 0 {
            return Err("it is locked".into());
        }
        self.1.store(left - 1, Ordering::Relaxed);
        self.0.store(vault, key)
    }
}

fn key_of(chain: &Chain) -> Vec<u8> {
    chain.0.lock().expect("not poisoned").0.clone().expect("a key")
}

#[test]
fn after_forgetting_a_copy_of_the_deleted_file_is_opened_by_nobody() {
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    let mut first = vault(folder.path(), &chain);
    first.replace_key().expect("nothing was ever sealed");
    assert!(chain.0.lock().expect("not poisoned").0.is_none(), "an empty vault needs no key");
    for item in [work(), cookies()] {
        first.seal(&item).expect("sealed");
    }
    let sealed = |item: &Sealed| file::path(&folder.path().join("vault"), &item.0);
    // Somebody has a copy of the folder, a backup perhaps.
    let copies = [work(), cookies()].map(|item| (sealed(&item), std::fs::read(sealed(&item)).expect("read")));
    first.discard(&cookies().0);
    first.replace_key().expect("replaced");
    assert_eq!(key_of(&chain).len(), 32, "the old key is gone");
    assert_eq!(first.read().expect("read").items, [work()]);
    assert_eq!(vault(folder.path(), &chain).read().expect("read").items, [work()]);
    for (path, copy) in copies {
        std::fs::write(path, copy).expect("written");
    }
    let found = vault(folder.path(), &chain).read().expect("read");
    assert_eq!((found.items.len(), found.problems.len()), (0, 2), "neither copy can be opened");
    // What is sealed from now on is sealed with the new one.
    first.seal(&work()).expect("sealed");
    assert_eq!(vault(folder.path(), &chain).read().expect("read").items, [work()]);
}

#[test]
fn a_keychain_that_refuses_in_the_middle_loses_nothing_and_is_said() {
    for takes in [0, 1] {
        let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
        for item in [work(), cookies()] {
            vault(folder.path(), &chain).seal(&item).expect("sealed");
        }
        let old = key_of(&chain);
        let refuses = Refuses(chain.clone(), takes.into());
        let mut stuck = Vault::new(folder.path().join("vault"), Arc::new(refuses));
        let refused = stuck.replace_key();
        assert_eq!(refused.map_err(|problem| problem.code()), Err("vault.key_not_replaced"), "{takes}");
        let mut items = stuck.read().expect("read").items;
        items.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(items, [work(), cookies()], "{takes}");
        // What is sealed meanwhile is not lost either.
        stuck.seal(&work()).expect("sealed");
        // The keychain works again: the next start finishes it, or the next time that something is forgotten.
        let mut again = vault(folder.path(), &chain);
        assert_eq!(again.read().expect("read").items.len(), 2, "{takes}");
        if takes == 0 {
            again.replace_key().expect("replaced");
        }
        assert_eq!(key_of(&chain).len(), 32, "{takes}");
        assert_ne!(key_of(&chain), old, "{takes}");
        assert_eq!(vault(folder.path(), &chain).read().expect("read").items.len(), 2, "{takes}");
    }
    // Locked from the beginning.
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    vault(folder.path(), &chain).seal(&work()).expect("sealed");
    chain.0.lock().expect("not poisoned").1 = true;
    let refused = vault(folder.path(), &chain).replace_key().expect_err("locked");
    assert!(refused.to_string().contains("it is locked"), "{refused}");
    chain.0.lock().expect("not poisoned").1 = false;
    assert_eq!(vault(folder.path(), &chain).read().expect("read").items, [work()]);
}

#[test]
fn what_an_interrupted_writer_left_is_swept() {
    let (folder, chain) = (tempfile::tempdir().expect("a folder"), Chain::default());
    let mut first = vault(folder.path(), &chain);
    first.sweep();
    first.seal(&work()).expect("sealed");
    let draft = folder.path().join("vault/.new-0f8fad");
    std::fs::write(&draft, "{").expect("a draft");
    first.sweep();
    assert!(!draft.exists());
    assert_eq!(first.read().expect("read").items, [work()]);
}

const WRITER: &str = "ROLECALL_TEST_VAULT_FOLDER";
/// How many profiles the writer seals, one after the other.
const PROFILES: u32 = 4;

fn numbered(profile: u32, version: u32) -> Sealed {
    let (_, Content::Credentials(mut held)) = work() else { unreachable!() };
    held.credentials.access_key_id = format!("ASIA{version}");
    // Of another length each time.
    held.credentials.session_token = Secret::new("t".repeat(100 + version as usize % 900));
    (Label::Credentials(ProfileName::new(format!("p{profile}"))), Content::Credentials(held))
}

fn version_of((_, content): &Sealed) -> u32 {
    let Content::Credentials(held) = content else { panic!("credentials") };
    held.credentials.access_key_id["ASIA".len()..].parse().expect("a number")
}

fn vault_of_file(folder: &Path) -> Vault {
    Vault::new(folder.join("vault"), Arc::new(KeyFile(folder.join("key"))))
}

/// Nothing by itself: what the next test runs, and kills.
#[test]
fn the_writer() {
    let Some(folder) = std::env::var_os(WRITER) else { return };
    let mut vault = vault_of_file(Path::new(&folder));
    vault.sweep();
    let known = vault.read().expect("read").items;
    let mut version = known.iter().map(version_of).max().unwrap_or(0);
    // Read by the test that started this one.
    std::fs::write(Path::new(&folder).join("ready"), "").expect("written");
    loop {
        version += 1;
        vault.seal(&numbered(version % PROFILES, version)).expect("sealed");
        if version % 3 == 0 {
            vault.replace_key().expect("replaced");
        }
    }
}

#[test]
fn a_writer_that_is_killed_at_any_moment_loses_nothing() {
    const KILLS: u32 = 150;
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, ready) = (folder.path(), folder.path().join("ready"));
    let program = std::env::current_exe().expect("this program");
    let mut last = std::collections::BTreeMap::new();
    let (mut drafts, mut replacing) = (0, 0);
    for kill in 0..KILLS {
        let _ = std::fs::remove_file(&ready);
        let mut writer = std::process::Command::new(&program)
            .args(["--exact", "vault::tests::the_writer", "--test-threads=1"])
            .env(WRITER, folder)
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the writer starts");
        while !ready.exists() {
            assert!(writer.try_wait().expect("a process").is_none(), "kill {kill}: the writer ended");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        // Not to wait for anything: to hit any moment of the writer's loop. 7,919 is prime to 16,000.
        std::thread::sleep(std::time::Duration::from_micros(u64::from(kill) * 7_919 % 16_000));
        writer.kill().expect("killed");
        writer.wait().expect("ended");
        let left =
            |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".new-"));
        let entries = std::fs::read_dir(folder.join("vault")).into_iter().flatten().flatten();
        drafts += entries.filter(|entry| left(&entry.path())).count();
        replacing += usize::from(std::fs::read(folder.join("key")).is_ok_and(|key| key.len() == 64));
        let found = vault_of_file(folder).read().expect("read");
        assert!(found.problems.is_empty(), "kill {kill}: {:?}", found.problems);
        for item in &found.items {
            let before = last.insert(item.0.clone(), version_of(item)).unwrap_or(0);
            assert!(version_of(item) >= before, "kill {kill}: an older version is back");
        }
        assert_eq!(last.len(), found.items.len(), "kill {kill}: something is gone");
    }
    assert!(last.len() == PROFILES as usize, "the writers wrote next to nothing");
    assert!(drafts > KILLS as usize / 20, "only {drafts} kills hit a write");
    assert!(replacing > KILLS as usize / 20, "only {replacing} kills hit a change of the key");
}
