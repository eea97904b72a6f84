//! A real engine behind the view: the page of a Chromium that somebody else starts for it, by its DevTools protocol.
//! `WEBVIEW2_STANDIN_PAGE` is where to ask for one: `ws://127.0.0.1:PORT/page`.

use crate::runtime::cookies::Cookie;
use crate::runtime::notes::{fault, note};
use crate::runtime::view::{View, devtools_event, raise};
use crate::runtime::{args, com::inside, later, scene};
use base64::Engine as _;
use serde_json::{Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::net::TcpStream;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};
use windows::Win32::Foundation::{E_INVALIDARG, S_OK};
use windows::core::{HRESULT, IUnknown};

type Then = Box<dyn FnOnce(Result<Value, Value>)>;

struct Browser {
    view: IUnknown,
    socket: RefCell<WebSocket<TcpStream>>,
    waiting: RefCell<HashMap<u64, Then>>,
    last: Cell<u64>,
    /// The name of the top frame.
    top: RefCell<String>,
    /// What Chromium calls the scripts that were added, by our numbers.
    scripts: RefCell<HashMap<String, String>>,
}

thread_local! {
    static BROWSER: OnceCell<Box<Browser>> = const { OnceCell::new() };
}

/// Whether there is one.
pub(crate) fn is_there() -> bool {
    std::env::var_os("WEBVIEW2_STANDIN_PAGE").is_some()
}

pub(crate) fn connect(view: &IUnknown) {
    let Ok(address) = std::env::var("WEBVIEW2_STANDIN_PAGE") else { return };
    let Some(socket) = open(&address) else { return fault("no Chromium at its address") };
    let browser = Box::new(Browser {
        view: view.clone(),
        socket: RefCell::new(socket),
        waiting: RefCell::default(),
        last: Cell::default(),
        top: RefCell::default(),
        scripts: RefCell::default(),
    });
    if BROWSER.with(|place| place.set(browser)).is_err() {
        return fault("a second view, and one page");
    }
    tell("Page.enable", json!({}));
    // Answered before anything happens in the page: nothing has been asked for yet.
    call("Page.getFrameTree", json!({}), |answer| {
        let top =
            answer.unwrap_or_default()["frameTree"]["frame"]["id"].as_str().unwrap_or_default().to_owned();
        BROWSER.with(|browser| browser.get().map(|browser| browser.top.replace(top)));
    });
    tell("Network.enable", json!({}));
    // wry's own addresses, too: whatever is asked for there.
    let patterns =
        json!([{ "urlPattern": "*", "resourceType": "Document" }, { "urlPattern": "http://*.localhost/*" }]);
    tell("Fetch.enable", json!({ "patterns": patterns, "handleAuthRequests": true }));
    tell("Browser.setDownloadBehavior", json!({ "behavior": "deny" }));
}

/// What is heard goes to this thread.
fn open(address: &str) -> Option<WebSocket<TcpStream>> {
    let host = address.strip_prefix("ws://")?.split('/').next()?;
    let stream = TcpStream::connect(host).ok()?;
    let reading = stream.try_clone().ok()?;
    let (socket, _) = tungstenite::client(address, stream).ok()?;
    let mut heard = WebSocket::from_raw_socket(reading, Role::Client, None);
    let here = later::here();
    std::thread::spawn(move || {
        while let Ok(message) = heard.read() {
            if let Message::Text(text) = message {
                let text = text.as_str().to_owned();
                here.run(move || {
                    BROWSER.with(|browser| browser.get().map_or((), |browser| browser.take(&text)))
                });
            }
        }
        note("chromium: gone");
    });
    Some(socket)
}

/// Calls a method; `then` has its result or its error.
fn call(method: &str, parameters: Value, then: impl FnOnce(Result<Value, Value>) + 'static) {
    BROWSER.with(|browser| {
        let Some(browser) = browser.get() else { return };
        let id = browser.last.get() + 1;
        browser.last.set(id);
        browser.waiting.borrow_mut().insert(id, Box::new(then));
        let text = json!({ "id": id, "method": method, "params": parameters }).to_string();
        if browser.socket.borrow_mut().send(Message::text(text)).is_err() {
            note("chromium: does not listen");
        }
    });
}

fn tell(method: &str, parameters: Value) {
    let name = method.to_owned();
    call(method, parameters, move |answer| {
        if let Err(error) = answer {
            note(&format!("chromium refuses {name}: {error}"));
        }
    });
}

pub(crate) fn navigate(url: &str) {
    tell("Page.navigate", json!({ "url": url }));
}

pub(crate) fn evaluate(script: &str) {
    tell("Runtime.evaluate", json!({ "expression": script }));
}

pub(crate) fn add_script(script: &str) {
    call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }), |answer| {
        let name =
            answer.ok().and_then(|said| said["identifier"].as_str().map(str::to_owned)).unwrap_or_default();
        BROWSER.with(|browser| {
            let Some(browser) = browser.get() else { return };
            let mut scripts = browser.scripts.borrow_mut();
            let number = (scripts.len() + 1).to_string();
            scripts.insert(number, name);
        });
    });
}

/// Chromium's own numbers are those of its answers, which come in the order of the questions.
pub(crate) fn remove_script(number: &str) {
    let number = number.to_owned();
    // After the answers that are still on their way.
    call("Page.enable", json!({}), move |_| {
        let name = BROWSER.with(|browser| browser.get()?.scripts.borrow().get(&number).cloned());
        tell("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": name }));
    });
}

/// A DevTools call of the program's own.
pub(crate) fn pass_on(method: &str, parameters: &str, answered: impl FnOnce(HRESULT, &str) + 'static) {
    let parameters = serde_json::from_str(parameters).unwrap_or_default();
    call(method, parameters, move |answer| match answer {
        Ok(said) => answered(S_OK, &said.to_string()),
        Err(error) => answered(E_INVALIDARG, &error.to_string()),
    });
}

pub(crate) fn type_character(typed: char) {
    let (key, code) = match typed {
        '\r' => ("Enter".to_owned(), 13),
        '\t' => ("Tab".to_owned(), 9),
        other => (other.to_string(), u32::from(other)),
    };
    let mut event =
        json!({ "type": "keyDown", "key": key, "text": typed.to_string(), "windowsVirtualKeyCode": code });
    tell("Input.dispatchKeyEvent", event.clone());
    event["type"] = "keyUp".into();
    tell("Input.dispatchKeyEvent", event);
}

/// By a COREWEBVIEW2_COOKIE_SAME_SITE_KIND.
const SAME_SITE: [&str; 3] = ["None", "Lax", "Strict"];

pub(crate) fn set_cookie(cookie: &Cookie) {
    let same_site = usize::try_from(cookie.same_site).ok().and_then(|kind| SAME_SITE.get(kind));
    let mut said = json!({
        "name": cookie.name, "value": cookie.value, "path": cookie.path, "secure": cookie.secure,
        "httpOnly": cookie.http_only, "sameSite": same_site, "expires": cookie.expires,
    });
    if let Some(fields) = said.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        // A domain makes it a cookie of sub-domains, too; an address does not.
        if cookie.domain.starts_with('.') {
            fields.insert("domain".into(), cookie.domain.clone().into());
        } else {
            let scheme = if cookie.secure { "https" } else { "http" };
            fields.insert("url".into(), format!("{scheme}://{}{}", cookie.domain, cookie.path).into());
        }
    }
    tell("Network.setCookie", said);
}

pub(crate) fn cookies(then: impl FnOnce(Vec<Cookie>) + 'static) {
    call("Network.getAllCookies", json!({}), move |answer| {
        let said = answer.unwrap_or_default();
        then(said["cookies"].as_array().into_iter().flatten().map(from_chromium).collect());
    });
}

fn from_chromium(said: &Value) -> Cookie {
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let same_site = SAME_SITE.iter().position(|known| said["sameSite"] == *known).unwrap_or(1);
    Cookie {
        name: text("name"),
        value: text("value"),
        domain: text("domain"),
        path: text("path"),
        secure: said["secure"] == true,
        http_only: said["httpOnly"] == true,
        same_site: same_site as i32,
        expires: said["expires"].as_f64().filter(|time| *time > 0.0),
    }
}

impl Browser {
    fn take(&self, message: &str) {
        let Ok(message) = serde_json::from_str::<Value>(message) else { return };
        if let Some(id) = message["id"].as_u64() {
            let then = self.waiting.borrow_mut().remove(&id);
            if let Some(then) = then {
                then(match message.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(message["result"].clone()),
                });
            }
            return;
        }
        let (event, said) = (message["method"].as_str().unwrap_or_default(), &message["params"]);
        match event {
            "Fetch.requestPaused" => self.paused(said),
            "Page.frameNavigated" if said["frame"]["id"] == self.top.borrow().as_str() => {
                let url = said["frame"]["url"].as_str().unwrap_or_default();
                note(&format!("commit: {}", url.split('?').next().unwrap_or_default()));
                let behind: &View = inside(&self.view);
                url.clone_into(&mut behind.source.borrow_mut());
                raise(&self.view, "ContentLoading", &args::loading(behind.load.get()));
            }
            "Page.loadEventFired" => scene::done(&self.view, 0, 0, 200),
            "Network.responseReceived" => raise(&self.view, "WebResourceResponseReceived", &args::nothing()),
            "Network.loadingFailed" if said["type"] == "Document" => {
                let error = said["errorText"].as_str().unwrap_or_default();
                note(&format!("failed: {error}"));
                scene::done(&self.view, 0, status(error), 0);
            }
            // Left as it is: the real engine would ask now.
            "Fetch.authRequired" => raise(&self.view, "BasicAuthenticationRequested", &args::nothing()),
            "Page.javascriptDialogOpening" => {
                let kinds = ["alert", "confirm", "prompt", "beforeunload"];
                let kind = kinds.iter().position(|kind| said["type"] == *kind).unwrap_or_default();
                let accept = scene::dialog(&self.view, kind as i32);
                tell("Page.handleJavaScriptDialog", json!({ "accept": accept }));
            }
            // COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED.
            "Inspector.targetCrashed" => raise(&self.view, "ProcessFailed", &args::failed(1, 0)),
            "Inspector.detached" => raise(&self.view, "WindowCloseRequested", &args::nothing()),
            _ => {}
        }
        raise(&self.view, &devtools_event(event), &args::devtools(&said.to_string()));
    }

    /// Something is about to be asked for.
    fn paused(&self, said: &Value) {
        let (id, request) = (&said["requestId"], &said["request"]);
        let url = request["url"].as_str().unwrap_or_default();
        let redirected = said.get("redirectedRequestId").is_some();
        let top = said["frameId"] == self.top.borrow().as_str();
        let allowed = if said["resourceType"] != "Document" {
            true
        } else if top {
            scene::start(&self.view, url, redirected)
        } else {
            scene::frame(&self.view, url)
        };
        if !allowed {
            tell("Fetch.failRequest", json!({ "requestId": id, "errorReason": "Aborted" }));
            return;
        }
        // A redirected request is not shown again: see Microsoft's page on WebResourceRequested.
        if redirected || !inside::<View>(&self.view).is_covered(url) {
            tell("Fetch.continueRequest", json!({ "requestId": id }));
            return;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let headers = request["headers"].as_object().into_iter().flatten();
        let asked = args::requested(args::Requested {
            method: text(&request["method"]),
            url: url.to_owned(),
            headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
            body: text(&request["postData"]),
            ..args::Requested::default()
        });
        raise(&self.view, "WebResourceRequested", &asked);
        let (behind, id, kept) = (inside::<args::Requested>(&asked), id.clone(), asked.clone());
        let then = move || answer(inside(&kept), &id);
        if behind.deferred.get() && behind.answered.borrow().is_none() {
            *behind.then.borrow_mut() = Some(Box::new(then));
        } else {
            then();
        }
    }
}

fn answer(asked: &args::Requested, id: &Value) {
    let answered = asked.answered.borrow();
    let Some(response) = answered.as_ref().map(inside::<args::Response>) else {
        tell("Fetch.continueRequest", json!({ "requestId": id }));
        return;
    };
    note(&format!("{}: answered here with {}", asked.method, response.status));
    let headers = response.headers.lines().filter_map(|line| line.split_once(": "));
    let headers: Vec<Value> = headers.map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let body = base64::engine::general_purpose::STANDARD.encode(&response.body);
    let answer = json!({
        "requestId": id, "responseCode": response.status, "responseHeaders": headers, "body": body,
    });
    tell("Fetch.fulfillRequest", answer);
}

/// COREWEBVIEW2_WEB_ERROR_STATUS of Chromium's errors, as far as tests meet them.
fn status(error: &str) -> i32 {
    match error {
        "net::ERR_ABORTED" => 9,
        "net::ERR_CONNECTION_REFUSED" => 12,
        "net::ERR_NAME_NOT_RESOLVED" => 13,
        "net::ERR_CERT_AUTHORITY_INVALID" => 5,
        // UNEXPECTED_ERROR.
        _ => 16,
    }
}
