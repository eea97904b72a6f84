//! A make-believe API server of Kubernetes: service accounts and their tokens, in the recorded shape of the real one's
//! answers (Kubernetes API Reference, ServiceAccount, TokenRequest, Status). It remembers what it was asked.

use super::{Done, Trouble};
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// The annotation of IAM roles for service accounts.
const ROLE: &str = "eks.amazonaws.com/role-arn";

/// Whom it takes its caller for.
const CALLER: &str = "ada@example.org";

/// What its caller must bring, as a bearer token.
pub const KEY: &str = "make-believe-key";

/// A service account, with the annotation that names its role or without.
#[derive(Debug, Clone)]
pub struct Account {
    pub namespace: String,
    pub name: String,
    pub role: Option<String>,
}

/// What it does wrong on purpose.
#[derive(Debug, Clone, Default)]
pub struct Mood {
    /// These are refused with 403.
    pub forbidden: Vec<Verb>,
    /// Every answer is this status.
    pub always: Option<u16>,
    /// Every answer is these bytes, which are none of Kubernetes.
    pub junk: Option<String>,
    /// Tokens are for this audience, whatever was asked for.
    pub audience: Option<String>,
    /// Tokens are about this subject.
    pub subject: Option<String>,
    /// In place of a token.
    pub token: Option<String>,
    /// Who issues tokens.
    pub issuer: Option<String>,
    /// How long it thinks before each answer.
    pub slow: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Of all namespaces.
    ListAll,
    List,
    Get,
    Token,
    Namespace,
}

/// Ends when it is dropped.
#[derive(Debug)]
pub struct Kubernetes {
    kept: Arc<Kept>,
    address: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Kept {
    accounts: Mutex<Vec<Account>>,
    mood: Mutex<Mood>,
    asked: Mutex<Vec<String>>,
    tokens: Mutex<Vec<String>>,
}

impl Account {
    pub fn new(namespace: &str, name: &str, role: Option<&str>) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned(), role: role.map(str::to_owned) }
    }

    /// As the API server writes it.
    fn json(&self) -> Value {
        let Self { namespace, name, role } = self;
        let mut metadata = json!({
            "name": name, "namespace": namespace, "uid": format!("uid-of-{namespace}-{name}"),
            "resourceVersion": "1012", "creationTimestamp": "2026-01-02T03:04:05Z",
        });
        if let Some(role) = role {
            metadata["annotations"] = json!({ ROLE: role });
        }
        json!({ "kind": "ServiceAccount", "apiVersion": "v1", "metadata": metadata })
    }
}

impl Kubernetes {
    /// Listens on loopback, without encryption, and answers from a thread of its own.
    pub fn start(accounts: Vec<Account>) -> Done<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Trouble::at("listening"))?;
        listener.set_nonblocking(true).map_err(Trouble::at("listening"))?;
        let address = listener.local_addr().map_err(Trouble::at("listening"))?;
        let kept = Arc::new(Kept {
            accounts: Mutex::new(accounts),
            mood: Mutex::default(),
            asked: Mutex::default(),
            tokens: Mutex::default(),
        });
        let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(Trouble::at("starting the API server"))?;
        let (stop, stopped) = oneshot::channel();
        let router = router(Arc::clone(&kept));
        let answer = move || {
            runtime.block_on(async {
                if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                    tokio::spawn(async move { axum::serve(listener, router).await });
                }
                // Told to stop, or dropped: both mean stop.
                let _ = stopped.await;
            });
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("kubernetes".into()).spawn(answer);
        let thread = thread.map_err(Trouble::at("starting the API server"))?;
        Ok(Self { kept, address: format!("http://{address}"), stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it does from now on.
    pub fn is(&self, mood: Mood) {
        *lock(&self.kept.mood) = mood;
    }

    /// The service accounts from now on.
    pub fn has(&self, accounts: Vec<Account>) {
        *lock(&self.kept.accounts) = accounts;
    }

    /// Every request so far, in order: `GET /api/v1/serviceaccounts`.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.kept.asked).clone()
    }

    /// Every token that it gave, in order.
    pub fn tokens(&self) -> Vec<String> {
        lock(&self.kept.tokens).clone()
    }

    /// A kubeconfig whose only, and current, context leads here by the key.
    pub fn kubeconfig(&self, context: &str) -> String {
        self.kubeconfig_with(context, &format!("    token: {KEY}\n"))
    }

    /// The same with another user: lines that are indented by four.
    pub fn kubeconfig_with(&self, context: &str, user: &str) -> String {
        let (context, address) = (json!(context), &self.address);
        format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: make-believe\n  cluster:\n    server: {address}\n\
             contexts:\n- name: {context}\n  context:\n    cluster: make-believe\n    user: ada\n\
             current-context: {context}\nusers:\n- name: ada\n  user:\n{user}"
        )
    }

    /// The lines of a user whom a command signs on: `command`, and its arguments.
    pub fn plugin(command: &[&str]) -> String {
        let (program, arguments) = command.split_first().unwrap_or((&"", &[]));
        format!(
            "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      interactiveMode: IfAvailable\n      \
             command: {}\n      args: {}\n",
            json!(program),
            json!(arguments)
        )
    }

    /// What such a command prints.
    pub fn credential() -> String {
        json!({
            "kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1", "status": { "token": KEY },
        })
        .to_string()
    }
}

impl Drop for Kubernetes {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn router(kept: Arc<Kept>) -> Router {
    let one = "/api/v1/namespaces/{namespace}/serviceaccounts/{name}";
    Router::new()
        .route("/api/v1/serviceaccounts", get(list_all))
        .route("/api/v1/namespaces/{namespace}", get(namespace))
        .route("/api/v1/namespaces/{namespace}/serviceaccounts", get(list))
        .route(one, get(read))
        .route(&format!("{one}/token"), post(token))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&kept), guard))
        .with_state(kept)
}

/// Sees every request first.
async fn guard(
    State(kept): State<Arc<Kept>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    lock(&kept.asked).push(format!("{method} {}", uri.path()));
    let Mood { always, junk, slow, .. } = lock(&kept.mood).clone();
    tokio::time::sleep(slow).await;
    if let Some(junk) = junk {
        return junk.into_response();
    }
    if let Some(code) = always {
        return status(code, "InternalError", "make-believe trouble");
    }
    if headers.get("authorization").is_none_or(|given| given != &format!("Bearer {KEY}")) {
        return status(401, "Unauthorized", "Unauthorized");
    }
    next.run(request).await
}

async fn list_all(State(kept): State<Arc<Kept>>, Query(query): Query<HashMap<String, String>>) -> Response {
    if let Some(refusal) = kept.forbids(Verb::ListAll, "list", "serviceaccounts", "at the cluster scope") {
        return refusal;
    }
    let accounts = lock(&kept.accounts).clone();
    page(&accounts, &query)
}

async fn list(
    State(kept): State<Arc<Kept>>,
    Path(namespace): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let place = format!("in the namespace \"{namespace}\"");
    if let Some(refusal) = kept.forbids(Verb::List, "list", "serviceaccounts", &place) {
        return refusal;
    }
    let accounts: Vec<_> =
        lock(&kept.accounts).iter().filter(|account| account.namespace == namespace).cloned().collect();
    page(&accounts, &query)
}

async fn namespace(State(kept): State<Arc<Kept>>, Path(namespace): Path<String>) -> Response {
    let place = format!("in the namespace \"{namespace}\"");
    if let Some(refusal) = kept.forbids(Verb::Namespace, "get", "namespaces", &place) {
        return refusal;
    }
    if !lock(&kept.accounts).iter().any(|account| account.namespace == namespace) {
        return status(404, "NotFound", &format!("namespaces \"{namespace}\" not found"));
    }
    Json(json!({ "kind": "Namespace", "apiVersion": "v1", "metadata": { "name": namespace } }))
        .into_response()
}

async fn read(State(kept): State<Arc<Kept>>, Path((namespace, name)): Path<(String, String)>) -> Response {
    let place = format!("in the namespace \"{namespace}\"");
    if let Some(refusal) = kept.forbids(Verb::Get, "get", "serviceaccounts", &place) {
        return refusal;
    }
    match kept.find(&namespace, &name) {
        Some(account) => Json(account.json()).into_response(),
        None => status(404, "NotFound", &format!("serviceaccounts \"{name}\" not found")),
    }
}

async fn token(
    State(kept): State<Arc<Kept>>,
    Path((namespace, name)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let place = format!("in the namespace \"{namespace}\"");
    if let Some(refusal) = kept.forbids(Verb::Token, "create", "serviceaccounts/token", &place) {
        return refusal;
    }
    if kept.find(&namespace, &name).is_none() {
        return status(404, "NotFound", &format!("serviceaccounts \"{name}\" not found"));
    }
    let Ok(mut request) = serde_json::from_slice::<Value>(&body) else {
        return status(400, "BadRequest", "the body of the request is no TokenRequest");
    };
    let lasts = request["spec"]["expirationSeconds"].as_i64().unwrap_or(3600);
    if lasts < 600 {
        let words = "spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes";
        return status(422, "Invalid", words);
    }
    let mood = lock(&kept.mood).clone();
    let now = Timestamp::now().as_second();
    let audiences = mood.audience.map_or(request["spec"]["audiences"].clone(), |audience| json!([audience]));
    let subject = mood.subject.unwrap_or_else(|| format!("system:serviceaccount:{namespace}:{name}"));
    let issuer =
        mood.issuer.unwrap_or_else(|| "https://oidc.eks.eu-central-1.amazonaws.com/id/MAKEBELIEVE".into());
    let claims = json!({
        "aud": audiences, "exp": now + lasts, "iat": now, "nbf": now, "iss": issuer, "sub": subject,
        "jti": "00000000-0000-4000-8000-000000000003",
        "kubernetes.io": { "namespace": namespace, "serviceaccount": { "name": name, "uid": "make-believe" } },
    });
    let token = mood.token.unwrap_or_else(|| jwt(&claims));
    lock(&kept.tokens).push(token.clone());
    request["kind"] = json!("TokenRequest");
    request["apiVersion"] = json!("authentication.k8s.io/v1");
    request["metadata"] =
        json!({ "name": name, "namespace": namespace, "creationTimestamp": "2026-01-02T03:04:05Z" });
    let end = Timestamp::from_second(now + lasts).map_or_else(|_| String::new(), |end| end.to_string());
    request["status"] = json!({ "token": token, "expirationTimestamp": end });
    (StatusCode::CREATED, Json(request)).into_response()
}

impl Kept {
    fn find(&self, namespace: &str, name: &str) -> Option<Account> {
        let accounts = lock(&self.accounts);
        accounts.iter().find(|account| account.namespace == namespace && account.name == name).cloned()
    }

    fn forbids(&self, verb: Verb, word: &str, resource: &str, place: &str) -> Option<Response> {
        if !lock(&self.mood).forbidden.contains(&verb) {
            return None;
        }
        let words = format!(
            "{resource} is forbidden: User \"{CALLER}\" cannot {word} resource \"{resource}\" in API group \"\" {place}"
        );
        Some(status(403, "Forbidden", &words))
    }
}

/// As many as were asked for, from where the last answer ended.
fn page(accounts: &[Account], query: &HashMap<String, String>) -> Response {
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
    let begin = number("continue").unwrap_or(0).min(accounts.len());
    let end = number("limit").map_or(accounts.len(), |limit| accounts.len().min(begin + limit));
    let mut metadata = json!({ "resourceVersion": "2024" });
    if end < accounts.len() {
        metadata["continue"] = json!(end.to_string());
    }
    let items: Vec<_> = accounts[begin..end].iter().map(Account::json).collect();
    Json(json!({ "kind": "ServiceAccountList", "apiVersion": "v1", "metadata": metadata, "items": items }))
        .into_response()
}

fn status(code: u16, reason: &str, message: &str) -> Response {
    let body = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
        "reason": reason, "details": {}, "code": code,
    });
    (StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}

/// Signed by nothing.
fn jwt(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(&json!({ "alg": "RS256", "kid": "make-believe" }));
    format!("{header}.{}.{}", part(claims), URL_SAFE_NO_PAD.encode("make-believe signature"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
