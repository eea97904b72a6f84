//! `pod`: found, and become.

use crate::scene::{ROLE, Ran, Scene};
use rolecall_core::message::Request;
use rolecall_core::message::window::Told;
use rolecall_core::pod::{Became, Pods};
use rolecall_demo::rig::kubernetes::{Account, Mood, Verb};

#[test]
fn those_that_carry_a_role() {
    let ran = Scene::new().run(&["pod"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        ran.out,
        format!(
            "NAMESPACE  NAME  ROLE\nshop       till  {ROLE}\nops        odd   'Till' (not a role's ARN)\n"
        )
    );
    assert!(ran.err.contains("rolecall pod desk/shop/till"), "{ran:?}");
    let of_one = Scene::new().run(&["pod", "desk/ops", "--json"]);
    let pods: Pods = serde_json::from_str(&of_one.out).expect("JSON");
    assert_eq!((pods.context.as_deref(), pods.accounts.len()), (Some("desk"), 1), "{pods:?}");
    assert_eq!((pods.accounts[0].name.as_str(), &pods.accounts[0].role), ("odd", &None));
    let none = Scene::new();
    none.cluster.has(vec![]);
    let ran = none.run(&["pod"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(ran.err.contains("Pod Identity"), "{ran:?}");
}

#[test]
fn a_long_list_comes_in_pages() {
    let scene = Scene::new();
    let many = (0..1203).map(|number| Account::new("shop", &format!("a{number}"), Some(ROLE)));
    scene.cluster.has(many.collect());
    let pods: Pods = serde_json::from_str(&scene.run(&["pod", "--json"]).out).expect("JSON");
    assert_eq!((pods.accounts.len(), scene.cluster.asked().len()), (1203, 3));
}

#[test]
fn where_only_one_namespace_may_be_listed() {
    let scene = Scene::new();
    let with = scene.cluster.kubeconfig("desk").replace("user: ada", "user: ada\n    namespace: shop");
    scene.write(".kube/config", &with);
    scene.cluster.is(Mood { forbidden: vec![Verb::ListAll], ..Mood::default() });
    let ran = scene.run(&["pod"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.out.contains("till") && !ran.out.contains("odd"), "{ran:?}");
    assert!(ran.err.contains("of the namespace shop of desk only"), "{ran:?}");
}

#[test]
fn one_becomes_a_pod() {
    let scene = Scene::new();
    let ran = scene.run(&["pod", "desk/shop/till", "--as", "till", "--region", "eu-west-1"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    for words in [
        "You are arn:aws:sts::111111111111:assumed-role/Till/ada until 18:11",
        "issuer    https://oidc.eks.eu-central-1.amazonaws.com/id/MAKEBELIEVE\n",
        "subject   system:serviceaccount:shop:till\n",
        "audience  sts.amazonaws.com\n",
        "ends      ",
        "AWS_PROFILE=till aws",
        "not renewed by itself",
        "rolecall pod desk/shop/till",
    ] {
        assert!(ran.err.contains(words), "{words}: {ran:?}");
    }
    let asked = scene.asked();
    let [Request::AssumePod { pod, role, token, region, save_as }] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!((pod.to_string().as_str(), role.as_str()), ("desk/shop/till", ROLE));
    assert_eq!(scene.cluster.tokens(), [token.expose()]);
    assert_eq!(region.as_deref(), Some("eu-west-1"));
    assert_eq!(save_as.as_ref().map(|name| name.as_str()), Some("till"));
    assert!(!ran.err.contains(token.expose()));
}

#[test]
fn json_and_what_the_resident_program_reads() {
    let ran = Scene::new().run(&["pod", "desk/shop/till", "--json"]);
    let became: Became = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!((became.profile.as_str(), ran.code), ("pod-shop-till", Some(0)));
    assert_eq!(became.claims.subject, "system:serviceaccount:shop:till");
    let told = |arguments: &[&str]| {
        let ran = Scene::new().run(&[&["pod", "--told"], arguments].concat());
        assert_eq!((ran.code, ran.out.lines().count()), (Some(0), 1), "{ran:?}");
        serde_json::from_str::<Told>(&ran.out).expect("Told")
    };
    assert!(matches!(told(&[]), Told::Pods { pods } if pods.context.as_deref() == Some("desk")));
    assert!(matches!(told(&["--context", "desk"]), Told::Pods { pods } if pods.accounts.len() == 2));
    let one = ["--context", "desk", "--namespace", "shop", "--service-account"];
    let till = [&one[..], &["till", "--as", "x", "--region", "eu-west-1"]].concat();
    assert!(matches!(told(&till), Told::Became { became } if became.profile.as_str() == "x"));
    let plain = [&one[..], &["plain"]].concat();
    assert!(matches!(told(&plain), Told::Problem { problem } if problem.code == "pod.no_annotation"));
    assert!(
        matches!(told(&["--context", "other"]), Told::Problem { problem } if problem.code == "kube.no_context")
    );
}

/// EKS names its contexts by ARNs, which say the region.
#[test]
fn a_context_with_a_slash() {
    const ARN: &str = "arn:aws:eks:eu-central-1:111111111111:cluster/shop";
    let scene = Scene::new();
    scene.write(".kube/config", &scene.cluster.kubeconfig(ARN));
    let ran = scene.run(&["pod", &format!("{ARN}/shop/till")]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let asked = scene.asked();
    let [Request::AssumePod { pod, region, .. }] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((pod.context.as_str(), region.as_deref()), (ARN, Some("eu-central-1")));
}

#[test]
fn wrong_usage() {
    for arguments in [
        &["pod", "desk", "--context", "desk"][..],
        &["pod", "--service-account", "till"],
        &["pod", "--json", "--told"],
        &["pod", "a", "b"],
        &["pod", "--namespace", "shop"],
        &["pod", "desk/shop/till", "--region", "EU west"],
    ] {
        let ran: Ran = Scene::new().run(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments:?}: {ran:?}");
    }
}
