//! The make-believe API server behind TLS, with a certificate of an authority that nobody knows; and kubectl, which
//! signs on to nothing without TLS.

use crate::between;
use crate::scene::Scene;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rolecall_demo::rig::kubernetes::Kubernetes;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

// Made by openssl for 127.0.0.1, good until 2120; the authority's own key is gone.
const AUTHORITY: &str = include_str!("tls/authority.pem");
const CERTIFICATE: &[u8] = include_bytes!("tls/server.pem");
const KEY: &[u8] = include_bytes!("tls/key.pem");

/// Hands each connection's only request on; `https://127.0.0.1:PORT`.
fn before(cluster: &Kubernetes) -> String {
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth().with_single_cert(vec![certificate], key);
    let config = Arc::new(config.expect("a pair"));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("https://{}", listener.local_addr().expect("an address"));
    let behind = between::behind(cluster);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (config, behind) = (Arc::clone(&config), behind.clone());
            // Whoever does not know the authority goes in the midst of it.
            std::thread::spawn(move || hand_on(stream.ok()?, config, &behind));
        }
    });
    address
}

fn hand_on(stream: TcpStream, config: Arc<ServerConfig>, behind: &str) -> Option<()> {
    let mut client = StreamOwned::new(ServerConnection::new(config).ok()?, stream);
    let answer = between::answer(&mut client, behind)?;
    client.write_all(&answer).ok()?;
    client.conn.send_close_notify();
    client.flush().ok()
}

/// A kubeconfig that leads to `address`, with more lines about its cluster.
fn through(scene: &Scene, address: &str, more: &str) {
    let line = format!("server: {}", scene.cluster.address());
    let text = scene.cluster.kubeconfig("desk").replace(&line, &format!("server: {address}{more}"));
    scene.write(".kube/config", &text);
}

fn authority() -> String {
    STANDARD.encode(AUTHORITY)
}

#[test]
fn an_authority_that_is_named() {
    let scene = Scene::new();
    let known = format!("\n    certificate-authority-data: {}", authority());
    through(&scene, &before(&scene.cluster), &known);
    let ran = scene.run(&["pod", "desk/shop/till"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(scene.asked().len(), 1);
}

#[test]
fn one_that_is_unknown_and_another_name() {
    let scene = Scene::new();
    let address = before(&scene.cluster);
    let known = format!("\n    certificate-authority-data: {}", authority());
    for (address, more, words) in [
        (address.clone(), "", "UnknownIssuer"),
        (address.replace("127.0.0.1", "localhost"), known.as_str(), "not valid for name"),
    ] {
        through(&scene, &address, more);
        let ran = scene.run(&["pod", "desk/shop/till"]);
        ran.is_problem("kube.certificate", 1);
        assert!(ran.err.contains(words) && ran.err.contains(&address), "{ran:?}");
    }
    assert!(scene.cluster.asked().is_empty() && scene.asked().is_empty());
}

/// The entry of `eks-kubeconfig`, with a script in the place of `rolecall`.
#[test]
fn kubectl_signs_on_by_the_plugin_that_is_written() {
    let scene = Scene::new();
    let kit = scene.installed();
    let asked = r#"[ "$*" = "eks-token --cluster shop --region eu-central-1 --profile work" ] || exit 9"#;
    scene.script("bin/rolecall", &format!("{asked}\necho '{}'", Kubernetes::credential()));
    let address = before(&scene.cluster);
    let (authority, eks) = (authority(), ["eks-kubeconfig", "--cluster", "shop", "--use"]);
    let more = ["--endpoint", &address, "--certificate-authority", &authority, "--region", "eu-central-1"];
    let words = [&eks[..], &more, &["--profile", "work"]].concat();
    assert_eq!(scene.run_by(&kit, &words).code, Some(0));
    // We ourselves read it as kubectl does.
    let ran = scene.run_by(&kit, &["pod", "shop/shop/till"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let Some(ran) =
        scene.kubectl_with_plugins(&["get", "--raw", "/api/v1/namespaces/shop/serviceaccounts/till"])
    else {
        return;
    };
    let account: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(account["metadata"]["name"], "till", "{ran:?}");
}
