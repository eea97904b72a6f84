//! `pod`: found, and become.

use crate::between;
use crate::scene::{ROLE, Ran, Scene};
use rolecall_core::message::window::Told;
use rolecall_core::message::{Reply, Request};
use rolecall_core::pod::{Became, Pods};
use rolecall_core::problem::Problem;
use rolecall_demo::rig::kubernetes::{Account, Kubernetes, Mood, Verb};

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
    let read = |arguments: &[&str]| -> Pods {
        serde_json::from_str(&scene.run(&[arguments, &["--json"]].concat()).out).expect("JSON")
    };
    assert_eq!(read(&["pod"]).only_namespace.as_deref(), Some("shop"));
    // Whoever asks for one namespace alone is told of no other.
    assert_eq!(read(&["pod", "desk/shop"]).only_namespace, None);
    scene.cluster.is(Mood::default());
    assert_eq!(read(&["pod"]).only_namespace, None);
}

/// Names that Kubernetes never gives, from something that answers in its place.
#[test]
fn what_a_server_says_is_obeyed_by_no_terminal() {
    let scene = Scene::new();
    scene.cluster.has(vec![
        Account::new("shop", "a\u{1b}]0;planted\u{7}", Some(ROLE)),
        Account::new("shop", "a';planted;'", Some(ROLE)),
        Account::new("planted\n", "a", Some(ROLE)),
        Account::new("pla.nted", "a", Some(ROLE)),
        Account::new("", "planted", Some(ROLE)),
        Account::new("ops", "odd", Some("a\u{1b}[31m\u{9b}b")),
    ]);
    for arguments in [&["pod"][..], &["pod", "--json"], &["pod", "--told"], &["pod", "desk/shop/tlil"]] {
        let ran = scene.run(arguments);
        assert!(!ran.out.contains("planted") && !ran.err.contains("planted"), "{ran:?}");
        let control = |c: char| c.is_control() && c != '\n';
        assert!(!ran.out.contains(control) && !ran.err.contains(control), "{ran:?}");
    }
    assert!(scene.run(&["pod"]).out.contains("odd"));
    // A context may be called anything.
    scene.write(".kube/config", &scene.cluster.kubeconfig("it's\u{1b}[31m"));
    let ran = scene.run(&["pod"]);
    assert!(ran.err.contains(r"rolecall pod 'it'\''s [31m/ops/odd'"), "{ran:?}");
    let json = scene.run(&["pod", "--json"]);
    let pods: Pods = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(pods.context.as_deref(), Some("it's\u{1b}[31m"));
}

#[test]
fn an_audience_of_its_own() {
    const OLD: &str = "\"eks.amazonaws.com/role-arn\"";
    const NEW: &str = "\"eks.amazonaws.com/audience\":\"own.example\",\"eks.amazonaws.com/role-arn\"";
    let scene = Scene::new();
    let address = between::changed(&scene.cluster, OLD, NEW);
    let config = scene.cluster.kubeconfig("desk").replace(scene.cluster.address(), &address);
    scene.write(".kube/config", &config);
    let ran = scene.run(&["pod", "desk/shop/till", "--json"]);
    let became: Became = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(became.claims.audiences, ["own.example"]);
    scene.cluster.is(Mood { audience: Some("sts.amazonaws.com".into()), ..Mood::default() });
    let ran = scene.run(&["pod", "desk/shop/till"]);
    ran.is_problem("pod.other_audience", 1);
    assert!(ran.err.contains("for 'sts.amazonaws.com', not for own.example"), "{ran:?}");
}

#[test]
fn what_the_profile_is_called() {
    let scene = Scene::new();
    for name in ["", "a b", "ü", "[x]"] {
        let ran = scene.run(&["pod", "desk/shop/till", "--as", name]);
        ran.is_problem("config.name_invalid", 6);
        assert!(ran.err.contains(&format!("'{name}' cannot be a profile's name")), "{ran:?}");
    }
    assert!(scene.cluster.asked().is_empty() && scene.asked().is_empty());
    let taken = || Problem::ProfileTaken { path: "/config".into(), name: "pod-shop-till".into() };
    scene.listen(move |_| vec![Reply::Problem { profile: None, problem: taken().report() }]);
    let ran = scene.run(&["pod", "desk/shop/till"]);
    ran.is_problem("config.profile_taken", 6);
    assert!(ran.err.contains("rolecall pod desk/shop/till --as NAME"), "{ran:?}");
    let ran = scene.run(&["pod", "desk/shop/till", "--as", "till"]);
    assert!(ran.err.contains("help: Choose another name. ["), "{ran:?}");
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
}

/// The window shows the contexts, so that somebody can choose another one.
#[test]
fn a_context_that_cannot_be_looked_at() {
    let scene = Scene::new();
    let told = |arguments: &[&str]| {
        let ran = scene.run(&[&["pod", "--told"], arguments].concat());
        serde_json::from_str::<Told>(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    };
    let pods = |arguments: &[&str]| match told(arguments) {
        Told::Pods { pods: Pods { contexts, context, accounts, problem, .. } } => {
            assert!(accounts.is_empty() && contexts == ["desk"], "{contexts:?} {accounts:?}");
            (context, problem.expect("a problem").code)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(pods(&["--context", "other"]), (None, "kube.no_context".into()));
    scene.cluster.is(Mood { always: Some(401), ..Mood::default() });
    let unauthorized = (Some("desk".to_owned()), "kube.unauthorized".to_owned());
    for arguments in [&[][..], &["--context", "desk"], &["--context", "desk", "--namespace", "shop"]] {
        assert_eq!(pods(arguments), unauthorized, "{arguments:?}");
    }
    scene.run(&["pod"]).is_problem("kube.unauthorized", 1);
    let one = ["--context", "desk", "--namespace", "shop", "--service-account"];
    let problem = |arguments: &[&str]| match told(arguments) {
        Told::Problem { problem } => problem.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(problem(&[&one[..], &["till"]].concat()), "kube.unauthorized");
    assert_eq!(problem(&[&one[..], &["../x"]].concat()), "kube.place");
    assert_eq!(
        problem(&["--context", "other", "--namespace", "a", "--service-account", "b"]),
        "kube.no_context"
    );
    // A plug-in that fails, before anything is asked.
    let plugin = Kubernetes::plugin(&["no-such-plugin"]);
    scene.write(".kube/config", &scene.cluster.kubeconfig_with("desk", &plugin));
    assert_eq!(pods(&[]), (Some("desk".into()), "kube.plugin".into()));
    scene.write(".kube/config", "contexts: 7");
    assert_eq!(problem(&[]), "kube.unreadable");
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
