//! The AWS console in the person's browser: by an address that holds no secret and works once.

use crate::scene::{SOON, Scene, Setup, own_programs};
use crate::traces;
use rolecall_demo::Kind;
use rolecall_demo::http::{self, Answer};
use rolecall_demo::rig::wait;
use std::os::unix::fs::PermissionsExt as _;

const ARN: &str = "arn:aws:sts::222222222222:assumed-role/DataEngineer/ada@example.org";

/// A browser that writes down what it was asked to open, and all that it was told in its environment.
const BROWSER: &str = "#!/bin/sh\nfolder=$(dirname \"$0\")\nenv > \"$folder/told\"\n\
    printf '%s\\n' \"$*\" >> \"$folder/opened\"\n";

/// Signed in, and with that browser.
async fn start(settings: &str) -> Scene {
    let scene = Scene::start_as(Setup { settings, ..Setup::default() }).await;
    let folder = own_programs(&scene.desktop);
    std::fs::create_dir(&folder).expect("a folder for programs");
    let browser = folder.join("xdg-open");
    std::fs::write(&browser, BROWSER).expect("a browser");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("to be run");
    scene.sign_in_as("222222222222", "DataEngineer").await;
    scene
}

/// What the browser was asked to open, in order.
fn opened(scene: &Scene) -> Vec<String> {
    let text = std::fs::read_to_string(own_programs(&scene.desktop).join("opened")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Waits until the browser was started `times` times; what it was asked last.
async fn address(scene: &Scene, times: usize) -> String {
    let last = async || (opened(scene).len() >= times).then(|| opened(scene).pop()).flatten();
    wait::until("the browser", SOON, last).await.expect("the browser")
}

fn get(address: &str) -> std::io::Result<Answer> {
    http::request("GET", address, &[], None, SOON)
}

/// Where the page at `address` leads.
fn leads_to(address: &str) -> String {
    let answer = get(address).expect("an answer");
    assert_eq!(answer.status, 302, "{}", answer.body);
    answer.header("location").expect("a location").to_owned()
}

/// The console's page, signed in as the tray says.
fn shows_the_console(address: &str, page: &str) {
    let shown = get(address).expect("a page");
    assert_eq!(shown.status, 200, "{}", shown.body);
    for part in [ARN, page] {
        assert!(shown.body.contains(part), "{part}: {}", shown.body);
    }
}

/// The one-time address on loopback; returns where it led.
fn leads_on_once(scene: &Scene, address: &str) -> String {
    assert!(address.starts_with("http://127.0.0.1:") && !address.contains(' '), "{address}");
    assert!(!address.starts_with(scene.server.aws_url()), "{address}");
    for secret in scene.server.secrets() {
        assert!(!address.contains(&secret), "a secret in an argument");
    }
    // Somebody who guesses does not use it up.
    let other = format!("{}/guessed", address.rsplit_once('/').expect("a path").0);
    assert_eq!(get(&other).map(|answer| answer.status).ok(), Some(404));
    let target = leads_to(address);
    let again = get(address);
    assert!(again.as_ref().map_or(true, |answer| answer.header("location").is_none()), "{again:?}");
    target
}

#[tokio::test]
async fn by_command_and_by_menu() {
    let scene = start("").await;
    scene.said(&["console", "demo", "--service", "ec2"]).await;
    let first = address(&scene, 1).await;
    // An older session is ended first; from there it goes on to the console.
    let out = leads_on_once(&scene, &first);
    assert!(out.starts_with(&format!("{}/oauth?Action=logout&", scene.server.aws_url())), "{out}");
    shows_the_console(&leads_to(&out), "https://console.aws.amazon.com/ec2/home?region=eu-central-1");

    scene.item.press(&["demo — DataEngineer", "Open AWS console"], SOON).await.expect("Open AWS console");
    let second = address(&scene, 2).await;
    assert_ne!(first, second);
    let out = leads_on_once(&scene, &second);
    shows_the_console(&leads_to(&out), "/console/home?region=eu-central-1");

    // Neither the browser nor any file was told a secret; the credentials file is where the keys belong.
    let except = [scene.desktop.home.credentials_file()];
    let found = traces::of(&scene.server.secrets(), scene.desktop.home.path(), &except);
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(scene.server.count(&Kind::Federation("getSigninToken".into())), 2);
    scene.nothing_left();
}

#[tokio::test]
async fn printed_for_who_has_no_browser_here() {
    let scene = start("").await;
    let printed = scene.said(&["console", "demo", "--service", "s3", "--print"]).await;
    let address = printed.trim();
    assert!(address.starts_with(&format!("{}/federation?Action=login&", scene.server.aws_url())));
    assert_eq!(printed.lines().count(), 1);
    shows_the_console(address, "/s3/home");
    assert_eq!(opened(&scene), Vec::<String>::new());
    for (arguments, code, words) in [
        (&["console", "demo", "--service", "../x"][..], 6, "console.page"),
        (&["console", "demo", "--service", "@example.org"][..], 6, "console.page"),
        (&["console", "dmo"][..], 6, "Did you mean 'demo'?"),
    ] {
        let output = scene.rolecall(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.contains(words)), (Some(code), true), "{arguments:?}: {said}");
    }
    assert_eq!(opened(&scene), Vec::<String>::new());
}

#[tokio::test]
async fn beside_the_browsers_other_sessions() {
    let scene = start("console_multi_session = true").await;
    scene.said(&["console", "demo"]).await;
    let login = leads_on_once(&scene, &address(&scene, 1).await);
    assert!(login.starts_with(&format!("{}/federation?Action=login&", scene.server.aws_url())));
    shows_the_console(&login, "/console/home?region=eu-central-1");
    assert_eq!(scene.server.count(&Kind::Oauth("logout".into())), 0);
}
