//! On the way to the login host: proxies of the environment, and certificates.

use crate::harness::{Desktop, Reply, Server, Window, assertion, request, under_wine};
use rolecall_core::sign_in::{Failure, Mode, Outcome, Request, ToWindow};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const SAML: &str =
    r#"<form method="POST" action="ACS"><input type="hidden" name="SAMLResponse" value="PHg+"></form>"#;

#[test]
fn proxies_of_the_environment_are_used_and_bypassed() {
    let desktop = Desktop::start();
    // Nobody listens there: who gets an answer has been given it by the proxy.
    let far =
        format!("http://{}/start", std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    for (variables, through_proxy) in [
        (vec!["HTTP_PROXY"], true),
        (vec!["http_proxy"], true),
        (vec!["ALL_PROXY"], true),
        (vec!["HTTPS_PROXY"], false),
        (vec!["HTTP_PROXY", "NO_PROXY"], false),
    ] {
        let target = far.clone();
        let proxy = Server::start(move |seen| (seen.path == target).then(|| Reply::html(SAML)));
        let address = proxy.host();
        let set: Vec<(&str, &str)> = variables
            .iter()
            .map(|name| (*name, if *name == "NO_PROXY" { "127.0.0.1" } else { &*address }))
            .collect();
        let mut window = Window::spawn(&[&desktop.variables()[..], &set].concat());
        window.send(&ToWindow::Request(Request { url: far.clone(), ..request(&proxy, Mode::Background) }));
        let outcome = window.outcome();
        if through_proxy {
            assert_eq!(assertion(&outcome), "PHg+", "{variables:?}");
        } else {
            assert!(
                matches!(outcome, Outcome::Failed { reason: Failure::Unreachable, .. }),
                "{variables:?}: {outcome:?}"
            );
            // Chromium asks for things of its own, which WebView2 is built without.
            let host = far.trim_start_matches("http://").trim_end_matches("/start");
            let own = |path: &String| under_wine() && !path.contains(host);
            let asked: Vec<String> = proxy.paths().into_iter().filter(|path| !own(path)).collect();
            assert_eq!(asked, [""; 0], "{variables:?}");
        }
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_ends_it() {
    let desktop = Desktop::start();
    let folder = tempfile::tempdir().unwrap();
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        command
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .stdin(Stdio::null());
        command
    };
    let made = openssl("req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -days 2 -subj /CN=127.0.0.1")
        .stdout(Stdio::null())
        .status()
        .expect("this test needs openssl");
    assert!(made.success());
    let mut tls = openssl("s_server -accept 127.0.0.1:0 -cert cert -key key -www")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // `ACCEPT 127.0.0.1:PORT`
    let host = BufReader::new(tls.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("ACCEPT ").map(str::to_owned))
        .expect("the port that openssl listens on");

    let anything = Server::page("");
    let wanted = Request { url: format!("https://{host}/"), ..request(&anything, Mode::Interactive) };
    let outcome = Window::open(&desktop, &wanted).outcome();
    tls.kill().unwrap();
    tls.wait().unwrap();
    assert_eq!(outcome, Outcome::Failed { reason: Failure::Certificate, detail: Some(host) });
}
