//! The way to a cluster's API server: the kubeconfig's address, certificates, proxy and sign-on, and an end to every
//! wait.

use super::contexts::Contexts;
use super::{proxy, trouble};
use crate::problem::{failed, files};
use kube::config::{Config, ExecInteractiveMode, KubeConfigOptions, Kubeconfig};
use kube::{Client, Error};
use rolecall_core::problem::{Report, foreign};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

const CONNECT: Duration = Duration::from_secs(8);
const WHOLE: Duration = Duration::from_secs(25);
/// Where an exec plug-in may have a person at the terminal.
const PERSON: Duration = Duration::from_secs(5 * 60);

pub(super) struct Connection {
    /// Taken when it ends: an exec plug-in that hangs is not waited for.
    runtime: Option<Runtime>,
    client: Client,
    server: Server,
    until: Instant,
}

/// What the words of a problem need to know.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) context: String,
    /// The context's own namespace.
    pub(super) namespace: String,
    pub(super) address: String,
    pub(super) proxy: Option<String>,
    /// The exec plug-in's command, and its hint where it is not installed.
    pub(super) plugin: Option<(String, Option<String>)>,
}

impl Connection {
    /// Runs the exec plug-in where there is one; `interactive`: a person sits there whom it may ask.
    pub(super) fn open(contexts: &Contexts, context: &str, interactive: bool) -> Result<Self, Report> {
        // Other crates of the build may bring another: then none is the process's by itself.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut kubeconfig = contexts.kubeconfig.clone();
        let plugin = prepare(&mut kubeconfig, context, interactive)?;
        let asks = interactive && plugin.is_some();
        let built = Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(|error| {
            failed("kube.other", &format!("No connection can be made: {error}."), trouble::AGAIN)
        })?;
        let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
        let mut config = runtime
            .block_on(Config::from_custom_kubeconfig(kubeconfig.clone(), &options))
            .map_err(|error| incomplete(context, &error.to_string()))?;
        config.connect_timeout = Some(CONNECT);
        config.read_timeout = Some(WHOLE);
        config.write_timeout = Some(WHOLE);
        // Whoever waits would rather know.
        config.default_retry = false;
        around_the_proxy(&mut config, &kubeconfig, context);
        let server = Server {
            context: context.to_owned(),
            namespace: contexts.namespace(context),
            address: config.cluster_url.to_string().trim_end_matches('/').to_owned(),
            proxy: config.proxy_url.as_ref().and_then(|url| url.host().map(str::to_owned)),
            plugin,
        };
        let begun = Instant::now();
        let limit = if asks { PERSON } else { WHOLE };
        let client = runtime.block_on(async {
            // The exec plug-in is waited for without giving way to others.
            let opened = tokio::task::spawn_blocking(move || Client::try_from(config));
            tokio::time::timeout(limit, opened).await
        });
        match client {
            Ok(Ok(Ok(client))) => {
                // A person's time is not the server's.
                let begun = if asks { Instant::now() } else { begun };
                Ok(Self { runtime: Some(runtime), client, server, until: begun + WHOLE })
            }
            Ok(Ok(Err(error))) => {
                runtime.shutdown_background();
                Err(trouble::of(&error, &trouble::Doing::SignOn, &server))
            }
            Ok(Err(_)) | Err(_) => {
                runtime.shutdown_background();
                Err(trouble::plugin_hangs(&server))
            }
        }
    }

    /// Does something with the server, within the time there is.
    pub(super) fn run<T>(&self, work: impl AsyncFnOnce(Asking) -> Result<T, Report>) -> Result<T, Report> {
        let asking = Asking { client: self.client.clone(), server: self.server.clone() };
        let Some(runtime) = &self.runtime else { return Err(trouble::too_slow(&self.server)) };
        let within = async { tokio::time::timeout_at(self.until.into(), work(asking)).await };
        runtime.block_on(within).unwrap_or_else(|_| Err(trouble::too_slow(&self.server)))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A client, and whom it asks.
pub(super) struct Asking {
    pub(super) client: Client,
    pub(super) server: Server,
}

impl Asking {
    pub(super) fn trouble(&self, error: &Error, doing: &trouble::Doing) -> Report {
        trouble::of(error, doing, &self.server)
    }
}

/// Tells the context's exec plug-in whether it may ask; returns its command and its hint.
fn prepare(
    kubeconfig: &mut Kubeconfig,
    context: &str,
    interactive: bool,
) -> Result<Option<(String, Option<String>)>, Report> {
    let named = kubeconfig.contexts.iter().find(|named| named.name == context);
    let Some(user) = named.and_then(|named| named.context.as_ref()?.user.clone()) else { return Ok(None) };
    let users = kubeconfig.auth_infos.iter_mut().find(|named| named.name == user);
    let Some(exec) = users.and_then(|named| named.auth_info.as_mut()?.exec.as_mut()) else { return Ok(None) };
    let command = exec.command.clone().unwrap_or_default();
    if !interactive {
        if exec.interactive_mode == Some(ExecInteractiveMode::Always) {
            return Err(asks_always(context, &command));
        }
        // What it says is then ours to tell.
        exec.interactive_mode = Some(ExecInteractiveMode::Never);
    }
    Ok(Some((command, exec.install_hint.clone())))
}

/// A proxy of the environment is not for every host: kube asks `NO_PROXY` about the proxy's own address.
fn around_the_proxy(config: &mut Config, kubeconfig: &Kubeconfig, context: &str) {
    let named = kubeconfig.contexts.iter().find(|named| named.name == context);
    let cluster = named.and_then(|named| Some(&named.context.as_ref()?.cluster));
    let clusters = kubeconfig.clusters.iter().find(|named| Some(&named.name) == cluster);
    let own = clusters.and_then(|named| named.cluster.as_ref()?.proxy_url.as_ref());
    if own.is_some_and(|own| !own.is_empty()) {
        return;
    }
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let no_proxy = variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default();
    if config.cluster_url.host().is_some_and(|host| proxy::is_direct(host, &no_proxy)) {
        config.proxy_url = None;
    }
}

fn incomplete(context: &str, reason: &str) -> Report {
    files(
        "kube.incomplete",
        &format!(
            "The context {} cannot be used: {}.",
            foreign(context),
            foreign(reason.trim_end_matches('.'))
        ),
        "Correct its cluster and user in the kubeconfig; `kubectl config view` shows them.",
    )
}

fn asks_always(context: &str, command: &str) -> Report {
    failed(
        "kube.plugin_asks",
        &format!(
            "The plug-in {} of the context {} asks at a terminal, and there is none.",
            foreign(command),
            foreign(context)
        ),
        "Do it in a terminal: rolecall pod CONTEXT/NAMESPACE/SERVICEACCOUNT.",
    )
}
