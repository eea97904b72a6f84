//! The real main window, driven over WebDriver: the built program in WebKitGTK, its page as a person's hands reach it.

use crate::scene::{SOON, Scene, program};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rolecall_demo::rig::program::Program;
use rolecall_demo::rig::wait;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};

/// The main window. Dropping it closes it, hard.
pub(crate) struct Window {
    pub(crate) page: Client,
    _driver: Program,
}

impl Window {
    /// Opens the window as the tray would, with the driver's hand on it.
    pub(crate) async fn open(scene: &Scene) -> Self {
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr()).expect("a port").port();
        let mut command = scene.desktop.command("WebKitWebDriver");
        command.arg("-p").arg(port.to_string()).env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = scene.desktop.run(&mut command, "driver").expect("WebKitWebDriver");
        let options = json!({ "binary": program("rolecall-window"), "args": ["main"] });
        let capabilities = json!({ "webkitgtk:browserOptions": options });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let connect = async || {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities.clone()).connect(&format!("http://127.0.0.1:{port}")).await.ok()
        };
        let page = wait::until("the driver's session", SOON, connect).await.expect("a session");
        let window = Self { page, _driver: driver };
        window.see("main[data-view]").await;
        window
    }

    /// Gives it the keyboard, as a desktop does when the window before it closes.
    pub(crate) async fn take_keyboard(&self, scene: &Scene) {
        let window = scene.person.window("Rolecall", SOON).await.expect("the main window");
        scene.person.focus(&window).expect("focused");
    }

    /// The element, once it is there.
    pub(crate) async fn see(&self, css: &str) -> Element {
        let found = self.page.wait().at_most(SOON).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{css} is not there ({error}): {}", self.text().await),
        }
    }

    async fn in_sight(&self, css: &str) -> Element {
        let element = self.see(css).await;
        self.run("arguments[0].scrollIntoView({ block: 'center' })", vec![json!(element)]).await;
        element
    }

    pub(crate) async fn click(&self, css: &str) {
        // News from the tray may draw it anew between the look and the click.
        let clicked = async || self.in_sight(css).await.click().await.ok();
        if let Err(trouble) = wait::until(css, SOON, clicked).await {
            panic!("{trouble}: {}", self.text().await);
        }
    }

    /// Types into a field, over what stands there.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.in_sight(css).await;
        field.clear().await.unwrap_or_else(|error| panic!("{css}: {error}"));
        if !text.is_empty() {
            field.send_keys(text).await.unwrap_or_else(|error| panic!("{css}: {error}"));
        }
    }

    /// Keys to whatever has the focus.
    pub(crate) async fn keys(&self, keys: &str) {
        let focused = self.page.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("typed");
    }

    /// Waits until the script's value is what is wanted.
    pub(crate) async fn until(&self, what: &str, script: &str) -> Value {
        let value = async || {
            let value = self.run(script, vec![]).await;
            let nothing = matches!(value, Value::Null | Value::Bool(false));
            (!nothing).then_some(value)
        };
        match wait::until(what, SOON, value).await {
            Ok(value) => value,
            Err(trouble) => panic!("{trouble}: {}", self.text().await),
        }
    }

    pub(crate) async fn gone(&self, css: &str) {
        self.until(&format!("the end of {css}"), &format!("return !document.querySelector('{css}')")).await;
    }

    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.page.execute(script, arguments).await.expect("the script runs")
    }

    /// Everything that can be read.
    pub(crate) async fn text(&self) -> String {
        let text = self.page.execute("return document.body.innerText", vec![]).await;
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
