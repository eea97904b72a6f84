//! A proxy that counts what wants to go outside, and lets through only what a test says; and STS through it, by the
//! environment and by the desktop's settings.

use crate::scene::{SOON, Scene};
use rolecall_demo::rig::desktop::Desktop;
use rolecall_demo::rig::portal::FakePortal;
use rolecall_demo::{Kind, Options, Server};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Listens on loopback for as long as the test lives.
pub(crate) struct Proxy {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    seen: Vec<String>,
    /// Requests for this host go to this loopback address.
    through: Option<(String, String)>,
}

impl Proxy {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || converse(stream, &shared));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first lines of what came.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.state.lock().expect("the proxy's list").seen.clone()
    }

    fn let_through(&self, host: &str, to: &str) {
        self.state.lock().expect("the proxy's list").through = Some((host.to_owned(), to.to_owned()));
    }
}

fn converse(mut client: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read(&mut byte).ok()? > 0 {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let first = head.lines().next()?.to_owned();
    let through = {
        let mut state = state.lock().ok()?;
        state.seen.push(first.clone());
        state.through.clone()
    };
    let prefix = through.as_ref().map(|(host, _)| format!("POST http://{host}/"));
    let (Some((_, to)), Some(prefix)) = (through, prefix.filter(|prefix| first.starts_with(prefix))) else {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").ok();
    };
    let mut server = TcpStream::connect(to).ok()?;
    let head = head.replacen(&prefix, "POST /", 1).replacen("\r\n", "\r\nconnection: close\r\n", 1);
    server.write_all(head.as_bytes()).ok()?;
    let (mut from, mut into) = (client.try_clone().ok()?, server.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut from, &mut into));
    std::io::copy(&mut server, &mut client).ok()?;
    client.shutdown(std::net::Shutdown::Both).ok()
}

#[tokio::test]
async fn sts_is_asked_through_the_environments_proxy() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let keys = rolecall_demo::rig::home::entra_keys(&server);
    let config = format!("[profile demo]\n{keys}azure_default_username = bob@example.org\n");
    desktop.home.write_config(&config).expect("a config file");
    let outside = Proxy::start();
    outside.let_through("127.0.0.2:4", server.aws_url().trim_start_matches("http://"));
    let mut command = crate::scene::tray_command(&desktop, &server, &outside);
    // An address of this computer: in plain text STS is asked nowhere else.
    command.env("AWS_ENDPOINT_URL_STS", "http://127.0.0.2:4");
    let scene = Scene::start_with_command(desktop, server, outside, command).await;
    let mark = scene.server.mark();
    scene.item.press(&["Sign in"], SOON).await.expect("Sign in");
    let bob = rolecall_demo::rig::person::Login { user: "bob@example.org", ..crate::scene::ADA };
    scene.type_through_entra(mark, &bob).await;
    scene.new_keys(None).await;
    assert_eq!(scene.server.count(&Kind::Sts("AssumeRoleWithSAML".into())), 1);
    assert_eq!(scene.outside.seen(), ["POST http://127.0.0.2:4/ HTTP/1.1"]);
}

/// STS itself, which nobody here may reach: the proxy refuses, and that is the proof.
#[tokio::test]
async fn without_variables_the_proxy_of_the_desktops_network_settings_is_used_and_named() {
    let server = Server::start(Options::default()).expect("the demo's server");
    let desktop = Desktop::start().expect("a private desktop");
    let keys = rolecall_demo::rig::home::entra_keys(&server);
    let config =
        format!("[profile demo]\nregion = eu-central-1\n{keys}azure_default_username = bob@example.org\n");
    desktop.home.write_config(&config).expect("a config file");
    let outside = Proxy::start();
    let ways = ["socks5://127.0.0.1:9", &outside.url()];
    let portal = FakePortal::start(&desktop.bus, Some(&ways)).await.expect("a portal");
    let mut command = crate::scene::tray_command(&desktop, &server, &outside);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"] {
        command.env_remove(name);
    }
    command.env_remove("AWS_ENDPOINT_URL_STS");
    let scene = Scene::start_with_command(desktop, server, outside, command).await;
    let shown = scene.outside.url().replace("http://", "");

    let findings = scene.rolecall(&["doctor", "--json"]).await;
    let findings: serde_json::Value = serde_json::from_slice(&findings.stdout).expect("JSON");
    let what = |about: &str| {
        let all = findings["findings"].as_array().expect("findings");
        let found = all.iter().find(|finding| finding["about"] == about).expect("a finding");
        found["what"].as_str().expect("a sentence").to_owned()
    };
    let set = "set in the network settings of the desktop";
    assert_eq!(what("proxy"), format!("For sts.amazonaws.com: the proxy {shown}, {set}."));
    assert_eq!(
        what("clock and AWS"),
        format!("The proxy {shown} ({set}) does not connect to sts.amazonaws.com.")
    );

    let mark = scene.server.mark();
    let bob = rolecall_demo::rig::person::Login { user: "bob@example.org", ..crate::scene::ADA };
    let arguments = ["sign-in", "demo"];
    let (output, ()) = tokio::join!(scene.rolecall(&arguments), scene.type_through_entra(mark, &bob));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("The proxy {shown} ({set}) does not connect to")), "{said}");
    assert!(said.contains("proxy.refused"), "{said}");

    let seen = scene.outside.seen();
    assert!(seen.contains(&"CONNECT sts.eu-central-1.amazonaws.com:443 HTTP/1.1".to_owned()), "{seen:?}");
    assert!(seen.iter().all(|line| line.starts_with("CONNECT sts.")), "{seen:?}");
    // A script on somebody's server learns hosts, and nothing else.
    let asked = portal.asked();
    for address in ["https://sts.amazonaws.com/", "https://sts.eu-central-1.amazonaws.com/"] {
        assert!(asked.iter().any(|asked| asked == address), "{asked:?}");
    }
    assert!(!asked.iter().any(|asked| asked.contains('?')), "{asked:?}");
}
