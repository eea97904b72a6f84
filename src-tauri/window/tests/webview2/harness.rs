//! One sign-in on the stand-in.

use rolecall_core::secret::Secret;
use rolecall_core::sign_in::{Acs, Cookie, Mode, Outcome, Request, SameSite, ToWindow};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A page of the login host reports a control, or none.
pub(crate) const LOOK_NEED: &str = r#"report {"name":"rolecall","payload":"{\"kind\":\"look\",\"origin\":\"https://login.example.org\",\"need\":true,\"text\":true,\"error\":null}","executionContextId":3}"#;
pub(crate) const LOOK_NONE: &str = r#"report {"name":"rolecall","payload":"{\"kind\":\"look\",\"origin\":\"https://login.example.org\",\"need\":false,\"text\":false,\"error\":null}","executionContextId":3}"#;
pub(crate) const POST: &str = "post https://signin.aws.amazon.com/saml https://login.example.org \
                               SAMLResponse=PHNhbWwvPg%3D%3D&RelayState=";

pub(crate) fn request(mode: Mode) -> Request {
    Request {
        url: "https://login.example.org/saml2".into(),
        profile: "dev".into(),
        mode,
        acs: vec![Acs { scheme: "https".into(), host: "signin.aws.amazon.com".into(), path: "/saml".into() }],
        cookies: Vec::new(),
        timeout_ms: 20_000,
        os_sso: false,
    }
}

pub(crate) fn cookie(name: &str) -> Cookie {
    Cookie {
        name: name.into(),
        value: Secret::new("one"),
        domain: ".login.example.org".into(),
        path: "/".into(),
        secure: true,
        http_only: true,
        same_site: SameSite::None,
        expires: Some(1_999_999_999),
    }
}

/// A runtime of ours, what it plays, and what is left afterwards.
pub(crate) struct Stage {
    folder: TempDir,
    refuses: Option<String>,
    orders: Vec<(String, ToWindow)>,
}

/// What became of a sign-in.
pub(crate) struct Played {
    pub(crate) outcome: Outcome,
    /// What the stand-in noted.
    pub(crate) notes: Vec<String>,
    /// What the program said on standard error.
    pub(crate) said: String,
    /// Whatever is left in the folder for temporary files.
    pub(crate) left: Vec<String>,
}

impl Played {
    pub(crate) fn has(&self, note: &str) -> bool {
        self.notes.iter().any(|line| line == note)
    }

    /// The captured assertion, or a failed test.
    pub(crate) fn assertion(&self) -> &str {
        match &self.outcome {
            Outcome::Captured { saml_response, .. } => saml_response.expose(),
            other => panic!("nothing captured: {other:?}; {}\n{}", self.said, self.notes.join("\n")),
        }
    }
}

impl Stage {
    pub(crate) fn new(scene: &[&str]) -> Self {
        let built = std::env::current_exe().unwrap().parent().unwrap().join("EmbeddedBrowserWebView.dll");
        let built = std::fs::read(&built).unwrap_or_else(|error| panic!("{}: {error}", built.display()));
        Self::with_runtime(scene, &built)
    }

    /// With these bytes in the place of the runtime.
    pub(crate) fn with_runtime(scene: &[&str], runtime: &[u8]) -> Self {
        // As long and as odd as the name of a person's folder gets.
        let folder = tempfile::Builder::new().prefix("Jörg Müller & Söhne ").tempdir().unwrap();
        let place = folder.path().join(r"runtime\EBWebView\x64");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("EmbeddedBrowserWebView.dll"), runtime).unwrap();
        std::fs::create_dir(folder.path().join("temporary")).unwrap();
        std::fs::write(folder.path().join("scene"), scene.join("\n")).unwrap();
        Self { folder, refuses: None, orders: Vec::new() }
    }

    /// This method answers this HRESULT.
    pub(crate) fn refusing(mut self, method: &str, code: u32) -> Self {
        self.refuses = Some(format!("{method} {code:#010x}"));
        self
    }

    /// This is said to the program when the stand-in has noted that.
    pub(crate) fn order(mut self, after: &str, message: ToWindow) -> Self {
        self.orders.push((after.into(), message));
        self
    }

    fn notes(&self) -> Vec<String> {
        let notes = std::fs::read_to_string(self.folder.path().join("notes")).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }

    /// Any purpose of the program: what it writes, and whether it ended well.
    pub(crate) fn run(&self, arguments: &[&str], first: Option<&ToWindow>) -> (String, String, bool) {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall-window"));
        command
            .args(arguments)
            .env("WEBVIEW2_BROWSER_EXECUTABLE_FOLDER", at("runtime"))
            .env("WEBVIEW2_STANDIN_SCENE", at("scene"))
            .env("WEBVIEW2_STANDIN_NOTES", at("notes"))
            .envs([("TMP", at("temporary")), ("TEMP", at("temporary"))])
            .envs(self.refuses.iter().map(|refuses| ("WEBVIEW2_STANDIN_REFUSES", refuses)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut tell = |message: &ToWindow| {
            let _ = writeln!(input, "{}", serde_json::to_string(message).unwrap());
        };
        first.iter().for_each(|first| tell(first));
        for (after, message) in &self.orders {
            while !self.notes().contains(after) {
                assert!(child.try_wait().unwrap().is_none(), "ended before {after:?}: {:?}", self.notes());
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            tell(message);
        }
        let mut said = child.stderr.take().unwrap();
        let said = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = std::io::Read::read_to_end(&mut said, &mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let lines: Vec<String> =
            BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok).collect();
        let ended = child.wait().unwrap().success();
        (lines.join("\n"), said.join().unwrap(), ended)
    }

    pub(crate) fn sign_in(&self, request: Request) -> Played {
        self.play(&ToWindow::Request(request))
    }

    /// One outcome, nothing left behind, and nothing done that the real runtime would not forgive.
    pub(crate) fn play(&self, first: &ToWindow) -> Played {
        let (line, said, ended) = self.run(&["sign-in"], Some(first));
        let notes = self.notes();
        assert!(ended, "{said}");
        let faults: Vec<&String> = notes.iter().filter(|line| line.starts_with("FAULT")).collect();
        assert!(faults.is_empty(), "{faults:#?} in\n{}", notes.join("\n"));
        let left = std::fs::read_dir(self.folder.path().join("temporary")).unwrap().flatten();
        let left = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let outcome = serde_json::from_str(&line);
        Played { outcome: outcome.unwrap_or_else(|_| panic!("{line:?}: {said}")), notes, said, left }
    }
}
