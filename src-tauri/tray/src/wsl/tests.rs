use super::*;
use rolecall_core::checkup::Verdict;
use rolecall_core::secret::Secret;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

/// Homes in a folder; `Broken` has none, `Shared` reads a file of Windows.
struct Scripted {
    homes: TempDir,
    there: Vec<(&'static str, bool)>,
    private: Mutex<Vec<String>>,
}

impl Scripted {
    fn new(there: &[(&'static str, bool)]) -> Self {
        let homes = tempfile::tempdir().expect("a folder");
        Self { homes, there: there.to_vec(), private: Mutex::default() }
    }

    fn file(&self, of: &str) -> PathBuf {
        self.homes.path().join(of).join(".aws/credentials")
    }

    fn text(&self, of: &str) -> Option<String> {
        std::fs::read_to_string(self.file(of)).ok()
    }
}

impl Wsl for Scripted {
    fn distributions(&self) -> Result<Vec<(Distribution, bool)>, Trouble> {
        Ok(self.there.iter().map(|(name, running)| (named(name), *running)).collect())
    }

    fn credentials(&self, of: &Distribution) -> Result<Option<PathBuf>, Trouble> {
        match of.as_str() {
            "Broken" => Err(Trouble::Home { distribution: of.clone(), reason: "no shell".into() }),
            "Shared" => Ok(None),
            name => Ok(Some(self.file(name))),
        }
    }

    fn make_private(&self, of: &Distribution) -> Result<(), String> {
        self.private.lock().expect("no panic").push(of.to_string());
        if of.as_str() == "Odd" { Err("chmod is missing".into()) } else { Ok(()) }
    }
}

fn named(name: &str) -> Distribution {
    Distribution::parse(name).expect("a name")
}

fn work() -> ProfileName {
    ProfileName::new("work")
}

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: Secret::new("secret"),
        session_token: Secret::new("token"),
        expiration: "2026-11-22T16:11:00Z".parse().expect("an instant"),
    }
}

/// The codes of what went wrong, by distribution.
fn codes(outcomes: Outcomes) -> Vec<(String, Option<&'static str>)> {
    let code = |result: Result<(), Problem>| result.err().map(|problem| problem.code());
    outcomes.into_iter().map(|(name, result)| (name.to_string(), code(result))).collect()
}

#[test]
fn each_distribution_for_itself() {
    let there = [
        ("Ubuntu", true),
        ("Debian", false),
        ("Broken", true),
        ("Shared", true),
        ("Full", true),
        ("Odd", true),
    ];
    let wsl = Scripted::new(&there);
    // What stands there stays, with its own line ends.
    std::fs::create_dir_all(wsl.file("Ubuntu").parent().expect("a folder")).expect("a folder");
    std::fs::write(wsl.file("Ubuntu"), "# mine\n[other]\naws_access_key_id = AKIAEXAMPLE\n")
        .expect("written");
    // A folder in the file's place: whoever runs this cannot write there.
    std::fs::create_dir_all(wsl.file("Full")).expect("a folder");
    let wanted = ["ubuntu", "Debian", "Gone", "Broken", "Shared", "Full", "Odd"].map(named);
    assert_eq!(
        codes(write(&wsl, &work(), &wanted, Some(&credentials()))),
        [
            ("ubuntu", None),
            ("Debian", Some("wsl.stopped")),
            ("Gone", Some("wsl.no_distribution")),
            ("Broken", Some("wsl.no_home")),
            ("Shared", None),
            ("Full", Some("file.unwritable")),
            ("Odd", Some("wsl.mode")),
        ]
        .map(|(name, code)| (name.to_owned(), code))
    );
    let text = wsl.text("Ubuntu").expect("a file");
    assert!(text.starts_with("# mine\n[other]\naws_access_key_id = AKIAEXAMPLE\n\n[work]\n"), "{text}");
    assert!(text.contains("aws_session_token = token\n") && !text.contains('\r'), "{text}");
    assert!(wsl.text("Odd").expect("a new file").starts_with("[work]\naws_access_key_id = ASIAEXAMPLE\n"));
    assert_eq!(wsl.text("Debian"), None);
    assert_eq!(*wsl.private.lock().expect("no panic"), ["Ubuntu", "Odd"]);

    assert_eq!(
        codes(write(&wsl, &work(), &["Ubuntu", "Debian"].map(named), None)),
        [("Ubuntu".to_owned(), None), ("Debian".to_owned(), Some("wsl.kept"))]
    );
    assert!(!wsl.text("Ubuntu").expect("a file").contains("ASIAEXAMPLE"));
}

#[test]
fn nothing_is_made_where_there_is_nothing_to_remove() {
    let wsl = Scripted::new(&[("Ubuntu", true)]);
    assert_eq!(codes(write(&wsl, &work(), &[named("Ubuntu")], None)), [("Ubuntu".to_owned(), None)]);
    assert!(!Path::exists(&wsl.homes.path().join("Ubuntu")));
}

#[test]
fn a_long_lived_key_there_is_nobodys_to_overwrite() {
    let wsl = Scripted::new(&[("Ubuntu", true)]);
    std::fs::create_dir_all(wsl.file("Ubuntu").parent().expect("a folder")).expect("a folder");
    let text = "[work]\naws_access_key_id = AKIAEXAMPLE\n";
    std::fs::write(wsl.file("Ubuntu"), text).expect("written");
    for keys in [Some(&credentials()), None] {
        let outcomes = codes(write(&wsl, &work(), &[named("Ubuntu")], keys));
        assert_eq!(outcomes, [("Ubuntu".to_owned(), Some("file.long_lived_key"))]);
    }
    assert_eq!(wsl.text("Ubuntu").as_deref(), Some(text));
}

#[test]
fn what_the_doctor_says() {
    let wsl = Scripted::new(&[("Ubuntu", true), ("Debian", false)]);
    let wanted = |name: &str| BTreeMap::from([(work(), vec![named(name)])]);
    let said = |wsl: Option<&dyn Wsl>, wanted| {
        let findings = examine(wsl, &wanted).into_iter();
        findings.map(|finding| (finding.verdict, finding.what)).collect::<Vec<_>>()
    };
    let all = "Ubuntu runs, Debian does not run.".to_owned();
    assert_eq!(said(Some(&wsl), wanted("debian")), [(Verdict::Ok, all.clone())]);
    let missing = "There is no WSL distribution named 'Gone'.".to_owned();
    assert_eq!(said(Some(&wsl), wanted("Gone")), [(Verdict::Broken, missing), (Verdict::Ok, all)]);
    let elsewhere = "rolecall_wsl in work counts for Rolecall on Windows only.".to_owned();
    assert_eq!(said(None, wanted("Ubuntu")), [(Verdict::Ok, elsewhere)]);
    assert_eq!(said(None, BTreeMap::new()), []);
}
