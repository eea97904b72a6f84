//! Each link between a desk and a pod's role, broken by itself.

use crate::scene::{Ran, Scene};
use rolecall_core::message::Reply;
use rolecall_core::problem::Problem;
use rolecall_demo::rig::kubernetes::{Mood, Verb};
use std::net::TcpListener;
use std::time::{Duration, Instant};

#[test]
fn what_the_api_server_refuses() {
    let forbidden = |verb| Mood { forbidden: vec![verb], ..Mood::default() };
    let both = Mood { forbidden: vec![Verb::ListAll, Verb::List], ..Mood::default() };
    let always = |code| Mood { always: Some(code), ..Mood::default() };
    let junk = Mood { junk: Some("<html>Sign in to the hotel</html>".into()), ..Mood::default() };
    let one = &["pod", "desk/shop/till"][..];
    for (mood, arguments, code, mend) in [
        (both.clone(), &["pod"][..], "kube.forbidden_list", Some("kind: ClusterRoleBinding")),
        (both, &["pod", "desk/shop"], "kube.forbidden_list", Some("kind: RoleBinding")),
        (forbidden(Verb::Get), one, "kube.forbidden_read", Some("resources: [serviceaccounts]")),
        (forbidden(Verb::Token), one, "kube.forbidden_token", Some("resources: [serviceaccounts/token]")),
        (always(401), one, "kube.unauthorized", None),
        (always(503), &["pod", "desk/shop"], "kube.busy", None),
        (always(418), one, "kube.other", None),
        (junk, one, "kube.other", None),
    ] {
        let scene = Scene::new();
        scene.cluster.is(mood);
        let ran = scene.run(arguments);
        ran.is_problem(code, 1);
        match mend {
            Some(mend) => {
                assert!(ran.err.contains(mend) && ran.err.contains("\"ada@example.org\""), "{ran:?}")
            }
            None => assert_eq!(ran.err.lines().count(), 2, "{ran:?}"),
        }
        assert!(scene.asked().is_empty());
    }
}

#[test]
fn what_is_not_there() {
    for (place, code, words) in [
        ("desk/nowhere/till", "kube.no_namespace", "no namespace nowhere"),
        ("desk/shop/tlil", "kube.no_service_account", "There are 'till', 'plain'"),
        ("desk/shop/plain", "pod.no_annotation", "annotate serviceaccount plain"),
        ("desk/ops/odd", "pod.not_a_role", "is 'Till'"),
    ] {
        let ran = Scene::new().run(&["pod", place]);
        ran.is_problem(code, 6);
        assert!(ran.err.contains(words), "{ran:?}");
    }
}

#[test]
fn a_token_that_aws_would_not_take() {
    let mood = Mood::default;
    for (mood, code) in [
        (Mood { audience: Some("https://kubernetes.default.svc".into()), ..mood() }, "pod.other_audience"),
        (Mood { subject: Some("system:serviceaccount:shop:other".into()), ..mood() }, "pod.token"),
        (Mood { token: Some(String::new()), ..mood() }, "pod.token"),
        (Mood { token: Some("planted".into()), ..mood() }, "pod.token"),
        (
            Mood { issuer: Some("https://kubernetes.default.svc.cluster.local".into()), ..mood() },
            "pod.private_issuer",
        ),
        (Mood { issuer: Some("kubernetes/serviceaccount".into()), ..mood() }, "pod.private_issuer"),
    ] {
        let scene = Scene::new();
        scene.cluster.is(mood);
        let ran = scene.run(&["pod", "desk/shop/till"]);
        ran.is_problem(code, 1);
        assert!(!ran.err.contains("planted") && scene.asked().is_empty(), "{ran:?}");
    }
}

#[test]
fn what_the_resident_process_says() {
    let scene = Scene::new();
    scene.listen(|_| vec![Reply::Problem { profile: None, problem: Problem::AwsThrottled.report() }]);
    scene.run(&["pod", "desk/shop/till"]).is_problem("aws.throttled", 5);
    scene.listen(|_| vec![Reply::Done]);
    scene.run(&["pod", "desk/shop/till"]).is_problem("tray.junk", 1);
    scene.listen(|_| vec![]);
    scene.run(&["pod", "desk/shop/till"]).is_problem("tray.gone", 1);
}

fn to(scene: &Scene, address: &str) -> Ran {
    let text = scene.cluster.kubeconfig("desk").replace(scene.cluster.address(), address);
    scene.write(".kube/config", &text);
    scene.run(&["pod"])
}

#[test]
fn nobody_there() {
    let scene = Scene::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    to(&scene, &format!("http://127.0.0.1:{port}")).is_problem("kube.unreachable", 1);
    to(&scene, "https://no-such-host.invalid").is_problem("kube.unreachable", 1);
    // Encryption where there is none.
    let ran = to(&scene, &scene.cluster.address().replace("http:", "https:"));
    ran.is_problem("kube.unreachable", 1);
}

/// A proxy of the environment is not for this computer, and is named where it is the trouble.
#[test]
fn a_proxy() {
    let scene = Scene::new();
    let proxied = |scene: &Scene, no_proxy: &str| {
        let mut command = scene.command(&["pod"]);
        command.env("HTTPS_PROXY", "http://127.0.0.1:9").env("NO_PROXY", no_proxy);
        Ran::of(command.output().expect("it runs"))
    };
    assert_eq!(proxied(&scene, "").code, Some(0));
    let text = scene.cluster.kubeconfig("desk").replace(scene.cluster.address(), "https://cluster.invalid");
    scene.write(".kube/config", &text);
    let ran = proxied(&scene, "");
    ran.is_problem("kube.unreachable", 1);
    assert!(ran.err.contains("through the proxy 127.0.0.1"), "{ran:?}");
    assert!(!proxied(&scene, ".invalid").err.contains("through the proxy"));
}

#[test]
#[ignore = "takes the whole 25 seconds"]
fn one_that_never_answers() {
    let scene = Scene::new();
    scene.cluster.is(Mood { slow: Duration::from_secs(60), ..Mood::default() });
    let begun = Instant::now();
    scene.run(&["pod", "desk/shop/till"]).is_problem("kube.timeout", 1);
    assert!(begun.elapsed() < Duration::from_secs(27));
}
