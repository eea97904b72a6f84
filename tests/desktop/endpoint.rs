//! The local endpoint: SDKs ask it again and again, and nobody else gets anything.

use crate::judges::{Client, answer, surround};
use crate::scene::{SOON, Scene, program};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use rolecall_demo::rig::wait;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

const ARN: &str = "arn:aws:sts::222222222222:assumed-role/DataEngineer/ada@example.org";

#[tokio::test]
async fn sdks_are_served() {
    let scene = Scene::start().await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    for client in [Client::Boto3, Client::Javascript] {
        let mut command = scene.desktop.command(program("rolecall"));
        command.args(["exec", "--endpoint", "demo", "--"]).args(client.line());
        surround(&mut command, scene.server.aws_url());
        assert_eq!(answer(command).await, ARN, "{client:?}");
    }
}

/// What a page of another site tries, with the token in its hand, too.
const PAGE: &str = r#"<!doctype html><title>trying</title><script>
async function attempt(name, act) {
  try { return `${name}: ${await act()}`; } catch (error) { return `${name}: refused`; }
}
const [uri, token] = decodeURIComponent(location.hash.slice(1)).split(' ');
const read = async (options) => (await (await fetch(uri, options)).text());
const load = (tag, key) => new Promise((done, fail) => {
  const element = document.createElement(tag);
  element.onload = () => done('loaded'); element.onerror = fail; element[key] = uri;
  document.head.append(element);
});
(async () => {
  const results = [
    await attempt('plain', () => read({})),
    await attempt('token', () => read({ headers: { Authorization: token } })),
    await attempt('opaque', async () => (await (await fetch(uri, { mode: 'no-cors' })).text()) || Promise.reject()),
    await attempt('script', () => load('script', 'src')),
    await attempt('post', () => read({ method: 'POST', headers: { Authorization: token }, body: 'x' })),
  ];
  document.title = 'done ' + results.join(' | ');
})();
</script>"#;

#[tokio::test]
async fn a_page_in_a_browser_reads_nothing() {
    let scene = Scene::start().await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let mut command = scene.desktop.command(program("rolecall"));
    command.args(["exec", "--endpoint", "demo", "--", "sh", "-c"]);
    command.arg("echo $AWS_CONTAINER_CREDENTIALS_FULL_URI $AWS_CONTAINER_AUTHORIZATION_TOKEN; read end");
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("rolecall");
    let said = running.stdout.take().expect("its words");
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line).map(|_| line)
    });
    let line = line.await.expect("joined").expect("a line");
    let (uri, token) = line.trim().split_once(' ').expect("both");

    // With the token, from no page, it is open: else the page would prove nothing.
    let open = rolecall_demo::http::request(
        "GET",
        uri,
        &[("authorization".to_owned(), token.to_owned())],
        None,
        SOON,
    )
    .expect("an answer");
    let keys: Value = serde_json::from_str(&open.body).expect("JSON");
    assert_eq!(keys["AccessKeyId"].as_str().map(str::to_owned), scene.key_id());

    let site = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = site.local_addr().expect("an address");
    let page = Router::new().route("/", get(|| async { Html(PAGE) }));
    let serving = tokio::spawn(async move { axum::serve(site, page).await });
    let port =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a port").port();
    let mut command = scene.desktop.command("WebKitWebDriver");
    let _driver =
        scene.desktop.run(command.arg("-p").arg(port.to_string()), "browser").expect("WebKitWebDriver");
    let connect = async || {
        let builder = ClientBuilder::new(HttpConnector::new());
        builder.connect(&format!("http://127.0.0.1:{port}")).await.ok()
    };
    let browser = wait::until("a browser", SOON, connect).await.expect("a browser");
    // WebKit's own browser, a page of another origin.
    let hash = format!("{uri}%20{token}");
    browser.goto(&format!("http://{address}/#{hash}")).await.expect("the page");
    let done = async || {
        let title = browser.execute("return document.title", vec![]).await.ok()?;
        title.as_str().filter(|title| title.starts_with("done")).map(str::to_owned)
    };
    let title = wait::until("the page's attempts", SOON, done).await.expect("its title");
    let results = "done plain: refused | token: refused | opaque: refused | script: refused | post: refused";
    assert_eq!(title, results);
    // Gone to directly, too, nothing is shown.
    browser.goto(uri).await.ok();
    let text = browser.source().await.unwrap_or_default();
    let secret = keys["SecretAccessKey"].as_str().expect("a secret");
    assert!(!text.contains(secret) && !title.contains(secret), "{text}");
    browser.close().await.expect("closed");
    serving.abort();
    running.stdin.take().expect("its ear").write_all(b"\n").expect("told");
    let ended = tokio::task::spawn_blocking(move || running.wait()).await.expect("joined").expect("ended");
    assert!(ended.success());
    assert!(
        rolecall_demo::http::request(
            "GET",
            uri,
            &[("authorization".to_owned(), token.to_owned())],
            None,
            SOON
        )
        .is_err(),
        "it ends with its command"
    );
}
