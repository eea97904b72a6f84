//! `rolecall trust people|ec2|…`: what is written can be read, by whom it is for, and by `check`.

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn kit(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rolecall-kit"))
        .args(["trust"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rolecall-kit starts");
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
    child.wait_with_output().expect("rolecall-kit ends")
}

fn written(arguments: &str) -> String {
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let output = kit(&arguments, "");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn checked(text: &str) {
    let output = kit(&["check", "-", "--json"], text);
    let shown: Value = serde_json::from_slice(&output.stdout).expect(text);
    let policies = shown["policies"].as_array().expect("policies");
    assert!(!policies.is_empty());
    for policy in policies {
        assert_eq!(policy["findings"], Value::Array(vec![]), "{text}");
        assert_eq!(policy["notes"], Value::Array(vec![]), "{text}");
    }
    assert!(output.status.success());
}

const PODS: [(&str, &str, &str); 7] = [
    ("shop", "web", "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"),
    ("on", "off", "oidc.eks.eu-central-1.amazonaws.com/id/ABC/"),
    ("null", "1e3", "https://oidc.example.org:8443/a/b"),
    ("0123", "0x1f", "https://oidc.example.org"),
    ("yes", "null", "https://oidc.example.org"),
    ("12e03", "a.b-c.d", "https://oidc.example.org"),
    ("2024-01-01", "n", "https://oidc.example.org"),
];

fn commands() -> Vec<String> {
    let mut commands = vec![];
    for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc"] {
        let arn = |rest: &str| format!("arn:{partition}:iam::111111111111:{rest}");
        commands.push(format!("people --provider {} --role Admin", arn("saml-provider/Entra")));
        for role in ["web", "1st=role@team.x,+_-"] {
            commands.push(format!("ec2 --role {role} --partition {partition}"));
            commands.push(format!("lambda --role {role} --partition {partition}"));
        }
        let (hub, spoke) = (arn("role/Hub"), format!("arn:{partition}:iam::222222222222:role/team/x/Spoke"));
        commands.push(format!("role --from {hub} --to {spoke}"));
        commands.push(format!("role --from {hub} --to {spoke} --external-id a1:b2/c3=d4"));
        commands.push(format!("cluster --cluster prod --from {hub} --to {spoke} --only-in on --only-in web"));
        commands.push(format!(
            "cluster --cluster Prod_1 --from {hub} --to {spoke} --server https://ABC.gr7.eks.amazonaws.com --ca-data \
             LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg== --format yaml"
        ));
    }
    for (namespace, account, issuer) in PODS {
        let pod = format!("pod --role web --namespace {namespace} --service-account {account}");
        for more in ["", "--image registry.example.org/app@sha256:0123", "--audience my-audience"] {
            commands.push(format!("{pod} --account 012345678901 --issuer {issuer} {more}"));
            commands.push(format!("{pod} --account 012345678901 --issuer {issuer} {more} --format yaml"));
        }
        commands.push(format!("{pod} --pod-identity --cluster prod"));
        commands.push(format!("{pod} --pod-identity --cluster prod --format yaml"));
    }
    commands
}

#[test]
fn what_is_written_parses_and_has_no_finding() {
    for command in commands() {
        let text = written(&command);
        if command.ends_with("yaml") {
            let objects: Vec<Value> = serde_saphyr::from_multiple(&text).expect(&text);
            assert!(objects.iter().all(|object| object["metadata"]["name"].is_string()), "{text}");
        } else {
            let body: hcl::Body = hcl::from_str(&text).expect(&text);
            assert!(body.blocks().count() >= 1);
        }
        // A service account that is really called null is worth a note.
        if !command.contains("--service-account null") {
            checked(&text);
        }
        if !command.ends_with("yaml") {
            let json = written(&format!("{command} --format json"));
            let policy: Value = serde_json::from_str(&json).expect(&json);
            assert!(policy.is_object());
            if !command.contains("--service-account null") {
                checked(&json);
            }
        }
    }
}

/// Both readers of YAML 1.1 and of 1.2 must see the name.
#[test]
fn names_in_yaml_stay_names() {
    for (namespace, account, issuer) in PODS {
        let text = written(&format!(
            "pod --role web --namespace {namespace} --service-account {account} --account 012345678901 --issuer {issuer} \
             --format yaml"
        ));
        let objects: Vec<Value> = serde_saphyr::from_multiple(&text).expect(&text);
        let [service_account, deployment] = objects.as_slice() else { panic!("{text}") };
        assert_eq!(service_account["metadata"]["name"], account);
        assert_eq!(service_account["metadata"]["namespace"], namespace);
        let arn = &service_account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"];
        assert_eq!(*arn, "arn:aws:iam::012345678901:role/web");
        assert_eq!(deployment["spec"]["template"]["spec"]["serviceAccountName"], account);
        assert_eq!(
            deployment["spec"]["selector"]["matchLabels"],
            deployment["spec"]["template"]["metadata"]["labels"]
        );
    }
    for word in ["on", "off", "null", "yes", "n", "0123", "1e3", "2024-01-01", "0x1f"] {
        let text = written(&format!(
            "pod --role web --namespace {word} --service-account {word} --pod-identity --cluster c --format yaml"
        ));
        assert!(
            text.contains(&format!("name: \"{word}\"")) || text.contains(&format!("name: '{word}'")),
            "{text}"
        );
    }
}

#[test]
fn the_cluster_secret_is_argocds() {
    let text = written(
        "cluster --cluster prod --from arn:aws:iam::111111111111:role/argocd --to arn:aws:iam::222222222222:role/spoke \
         --server https://ABC.gr7.eks.amazonaws.com/ --ca-data LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg== --format yaml",
    );
    let secret: Value = serde_saphyr::from_str(&text).expect(&text);
    assert_eq!(secret["metadata"]["labels"]["argocd.argoproj.io/secret-type"], "cluster");
    assert_eq!(secret["stringData"]["server"], "https://ABC.gr7.eks.amazonaws.com");
    let config: Value =
        serde_json::from_str(secret["stringData"]["config"].as_str().expect("a text")).expect("JSON");
    assert_eq!(config["awsAuthConfig"]["clusterName"], "prod");
    assert_eq!(config["awsAuthConfig"]["roleARN"], "arn:aws:iam::222222222222:role/spoke");
    assert_eq!(config["tlsClientConfig"]["caData"], "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==");
}

#[test]
fn a_cluster_with_namespaces_of_its_own() {
    let cluster = "cluster --cluster prod --from arn:aws:iam::111111111111:role/argocd --to \
                   arn:aws:iam::222222222222:role/spoke --only-in shop --only-in on";
    let secret = written(&format!(
        "{cluster} --server https://ABC.gr7.eks.amazonaws.com --ca-data LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg== --format \
         yaml"
    ));
    let secret: Value = serde_saphyr::from_str(&secret).expect("YAML");
    assert_eq!(secret["stringData"]["namespaces"], "shop,on");
    assert!(written(cluster).contains("cluster-access-policy/AmazonEKSAdminPolicy\""));
    let viewer = written(&format!("{cluster} --access-policy AmazonEKSViewPolicy"));
    assert!(viewer.contains("cluster-access-policy/AmazonEKSViewPolicy\""));
}

#[test]
fn the_issuer_says_the_partition() {
    let pod = "pod --role web --namespace shop --service-account web --account 111111111111 --issuer";
    for (issuer, more, arn) in [
        ("https://oidc.eks.cn-north-1.amazonaws.com.cn/id/E", "", "arn:aws-cn:iam::111111111111:role/web"),
        ("https://oidc.eks.cn-north-1.amazonaws.com.cn/id/E", "--partition aws-cn", "arn:aws-cn:iam::"),
        ("https://oidc.eks.us-gov-west-1.amazonaws.com/id/E", "", "arn:aws-us-gov:iam::"),
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/E", "", "arn:aws:iam::"),
        ("https://oidc.example.org", "--partition aws-cn", "arn:aws-cn:iam::"),
    ] {
        let text = written(&format!("{pod} {issuer} {more} --format yaml"));
        assert!(text.contains(arn), "{text}");
        let json = written(&format!("{pod} {issuer} {more} --format json"));
        assert!(json.contains(arn.split("::").next().expect("a start")), "{json}");
        checked(&json);
    }
}

#[test]
fn what_cannot_be_is_a_usage_error() {
    let hub = "arn:aws:iam::111111111111:role/Hub";
    for command in [
        "people --provider arn:aws:iam::1:saml-provider/x --role Admin".to_owned(),
        format!("people --provider {hub} --role Admin"),
        "people --provider arn:aws:iam::111111111111:saml-provider/x --role a/b".to_owned(),
        "ec2 --role ü".to_owned(),
        "ec2 --role web --format yaml".to_owned(),
        "ec2 --role web --partition moon".to_owned(),
        "pod --role web --namespace Shop --service-account web --account 111111111111 --issuer a.b"
            .to_owned(),
        "pod --role web --namespace shop --service-account web --account 1 --issuer a.b".to_owned(),
        "pod --role web --namespace shop --service-account web --account 111111111111 --issuer http://a.b"
            .to_owned(),
        "pod --role web --namespace shop --service-account web --account 111111111111".to_owned(),
        "pod --role web --namespace shop --service-account web --pod-identity".to_owned(),
        "pod --role web --namespace shop --service-account web --account 111111111111 --partition aws --issuer \
         https://oidc.eks.cn-north-1.amazonaws.com.cn/id/E"
            .to_owned(),
        format!("role --from {hub} --to arn:aws-cn:iam::222222222222:role/Spoke"),
        format!("role --from {hub} --to {hub}s --external-id x"),
        format!("cluster --cluster -x --from {hub} --to {hub}s"),
        format!("cluster --cluster x --from {hub} --to {hub}s --format yaml"),
    ] {
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let output = kit(&arguments, "");
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert!(output.stdout.is_empty() && output.stderr.starts_with(b"error: "), "{command}");
    }
}
