//! `rolecall eks-token`, judged by botocore: an implementation of AWS's signature that is none of ours.

use crate::judges::{answer, output, python};
use crate::scene::{Scene, program};
use serde_json::Value;

/// Signs the same request again, and says whether the two agree.
const JUDGE: &str = r#"
import base64, json, os, sys, urllib.parse
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

token, cluster, region = os.environ["TOKEN"], sys.argv[1], sys.argv[2]
assert token.startswith("k8s-aws-v1."), token[:12]
encoded = token[len("k8s-aws-v1."):]
assert "=" not in encoded and "+" not in encoded and "/" not in encoded
url = urllib.parse.urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
query = dict(urllib.parse.parse_qsl(url.query, strict_parsing=True))
assert url.scheme == "https" and url.netloc == f"sts.{region}.amazonaws.com" and url.path == "/", url.netloc
assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id", query["X-Amz-SignedHeaders"]
keys = Credentials(*(os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")))
auth = SigV4QueryAuth(keys, "sts", region, expires=60)
request = AWSRequest(method="GET", headers={"x-k8s-aws-id": cluster},
    url=f"https://{url.netloc}/?Action=GetCallerIdentity&Version=2011-06-15")
request.context["timestamp"] = query["X-Amz-Date"]
auth._modify_request_before_signing(request)
ours = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.url).query))
signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
theirs = query.pop("X-Amz-Signature")
assert ours == query, (sorted(ours), sorted(query))
print("agrees" if signature == theirs else "differs")
"#;

#[tokio::test]
async fn botocore_signs_the_same() {
    let scene = Scene::start().await;
    scene.sign_in_as("222222222222", "DataEngineer").await;
    let keys: Value =
        serde_json::from_str(&scene.said(&["env", "demo", "--shell", "json"]).await).expect("JSON");
    for (arguments, info, version, region) in [
        (&["--cluster", "shop", "--region", "eu-west-1", "--profile", "demo"][..], None, "v1", "eu-west-1"),
        (&["--profile=demo", "--cluster=shop"], Some("v1beta1"), "v1beta1", "eu-central-1"),
        (&["--cluster", "shop"], Some("v1"), "v1", "eu-central-1"),
    ] {
        let mut command = scene.desktop.command(program("rolecall"));
        command.arg("eks-token").args(arguments);
        if let Some(info) = info {
            let api = format!("client.authentication.k8s.io/{info}");
            let info = serde_json::json!({ "apiVersion": api, "kind": "ExecCredential", "spec": {} });
            command.env("KUBERNETES_EXEC_INFO", info.to_string());
        }
        let said = output(command).await;
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let credential: Value = serde_json::from_slice(&said.stdout).expect("JSON");
        assert_eq!(credential["apiVersion"], format!("client.authentication.k8s.io/{version}"));
        assert_eq!(credential["kind"], "ExecCredential");
        let ends: jiff::Timestamp = credential["status"]["expirationTimestamp"]
            .as_str()
            .expect("an end")
            .parse()
            .expect("an instant");
        let minutes = ends.duration_since(jiff::Timestamp::now()).as_mins();
        assert!((12..=14).contains(&minutes), "{minutes} minutes");
        let mut judge = scene.desktop.command(python());
        judge.args(["-c", JUDGE, "shop", region]);
        judge.env("TOKEN", credential["status"]["token"].as_str().expect("a token"));
        for (variable, key) in [
            ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
            ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
            ("AWS_SESSION_TOKEN", "SessionToken"),
        ] {
            judge.env(variable, keys[key].as_str().expect(key));
        }
        assert_eq!(answer(judge).await, "agrees", "{arguments:?}");
    }
    let nobody = scene.rolecall(&["eks-token", "--cluster", "shop", "--profile", "nobody"]).await;
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(6), 0));
}
