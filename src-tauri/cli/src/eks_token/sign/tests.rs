//! A token at a fixed instant: its shape, and the signature that botocore's SigV4QueryAuth makes then of the same.

use super::*;

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "ASIAEXAMPLE".into(),
        secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        session_token: Secret::new("IQoJb3JpZ2luX2Vj//EXAMPLE+token=="),
        expiration: "2026-11-22T18:11:04Z".parse().expect("an instant"),
    }
}

fn url(region: &str) -> String {
    let now = "2026-11-22T17:11:04Z".parse().expect("an instant");
    let token = token(&credentials(), "shop", region, now).expect("a token");
    let token = token.expose().strip_prefix(PREFIX).expect("the prefix").to_owned();
    assert!(!token.contains('='), "padding: {token}");
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).expect("base64url")).expect("text")
}

#[test]
fn what_the_cluster_reads() {
    let url = url("eu-central-1");
    let (before, signature) = url.split_once("&X-Amz-Signature=").expect("a signature");
    let (signature, token) = signature.split_once('&').unwrap_or((signature, ""));
    assert_eq!(
        before,
        "https://sts.eu-central-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
         &X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=ASIAEXAMPLE%2F20261122%2Feu-central-1%2Fsts%2Faws4_request\
         &X-Amz-Date=20261122T171104Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id"
    );
    assert_eq!(token, "X-Amz-Security-Token=IQoJb3JpZ2luX2Vj%2F%2FEXAMPLE%2Btoken%3D%3D");
    assert_eq!(signature, "d19e7eb0934f9aaf8526400de96029b7b4787883026bec4f15b868750edcd95a");
}

#[test]
fn each_partition_has_its_own_host() {
    for (region, host) in [
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"),
    ] {
        assert!(url(region).starts_with(&format!("https://{host}/?")), "{region}");
    }
}
