use super::*;

fn account() -> AccountId {
    AccountId::parse("111111111111").expect("an account")
}

#[test]
fn people_are_written_as_people_write_it() {
    let provider = ProviderArn::parse("arn:aws:iam::111111111111:saml-provider/Entra").expect("an ARN");
    let audience = saml_audience(&partition_of(provider.as_str()));
    let wanted = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::111111111111:saml-provider/Entra"
      },
      "Action": "sts:AssumeRoleWithSAML",
      "Condition": {
        "StringEquals": {
          "SAML:aud": "https://signin.aws.amazon.com/saml"
        }
      }
    }
  ]
}"#;
    assert_eq!(pretty(&people(&provider, &audience)), wanted);
}

#[test]
fn audiences_and_services_of_each_partition() {
    for (arn, audience, ec2) in [
        ("arn:aws:iam::1:x", "https://signin.aws.amazon.com/saml", "ec2.amazonaws.com"),
        ("arn:aws-us-gov:iam::1:x", "https://signin.amazonaws-us-gov.com/saml", "ec2.amazonaws.com"),
        ("arn:aws-cn:iam::1:x", "https://signin.amazonaws.cn/saml", "ec2.amazonaws.com.cn"),
        (
            "arn:aws-eusc:iam::1:x",
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml",
            "ec2.amazonaws.com",
        ),
        ("junk", "https://signin.aws.amazon.com/saml", "ec2.amazonaws.com"),
    ] {
        let partition = partition_of(arn);
        assert_eq!(saml_audience(&partition), audience);
        assert_eq!(ec2_service(&partition), ec2);
    }
}

#[test]
fn an_issuer_is_named_the_same_everywhere() {
    let partition = Partition::of_region("eu-central-1");
    let host = "oidc.eks.eu-central-1.amazonaws.com/id/ABC";
    for issuer in [host.to_owned(), format!("https://{host}"), format!(" https://{host}/ ")] {
        let policy = pod(&account(), &partition, &issuer, "shop", "web", crate::pod::AUDIENCE);
        let statement = &policy["Statement"][0];
        assert_eq!(
            statement["Principal"]["Federated"],
            "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC"
        );
        let equals = &statement["Condition"]["StringEquals"];
        assert_eq!(equals[format!("{host}:sub")], "system:serviceaccount:shop:web");
        assert_eq!(equals[format!("{host}:aud")], "sts.amazonaws.com");
    }
}

#[test]
fn both_halves_of_a_chain() {
    let caller = RoleArn::parse("arn:aws:iam::111111111111:role/Hub").expect("an ARN");
    let trust = role(&caller, Some("42"));
    assert_eq!(trust["Statement"][0]["Principal"]["AWS"], caller.as_str());
    assert_eq!(trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"], "42");
    assert!(role(&caller, None)["Statement"][0].get("Condition").is_none());
    assert_eq!(may_assume(&caller)["Statement"][0]["Resource"], caller.as_str());
    assert_eq!(pod_identity()["Statement"][0]["Action"], json!(["sts:AssumeRole", "sts:TagSession"]));
}

#[test]
fn pretty_is_json_of_the_same_value() {
    let value = json!({ "b": [], "a": {}, "Effect": "\"ü\n", "Statement": [1, null, { "x": [true] }] });
    assert_eq!(serde_json::from_str::<Value>(&pretty(&value)).expect("JSON"), value);
}

#[test]
fn a_statement_can_be_had_without_its_document() {
    let caller = RoleArn::parse("arn:aws:iam::111111111111:role/Hub").expect("an ARN");
    let wanted = r#"{
  "Effect": "Allow",
  "Principal": {
    "AWS": "arn:aws:iam::111111111111:role/Hub"
  },
  "Action": "sts:AssumeRole"
}"#;
    assert_eq!(pretty_statement(&role(&caller, None)), wanted);
    assert_eq!(pretty_statement(&role(&caller, None)["Statement"][0]), wanted);
}

#[test]
fn an_eks_issuer_says_its_partition() {
    for (issuer, partition) in [
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/A", Some("aws")),
        ("oidc.eks.cn-north-1.amazonaws.com.cn/id/A", Some("aws-cn")),
        ("oidc-eks.us-gov-west-1.api.aws/id/A", Some("aws-us-gov")),
        ("oidc.eks.${var.region}.amazonaws.com/id/A", None),
        ("oidc.example.org", None),
    ] {
        assert_eq!(eks_partition(issuer).as_ref().map(Partition::as_str), partition, "{issuer}");
    }
}

#[test]
fn entras_issuers_keep_the_slash_at_their_end() {
    let partition = Partition::of_region("");
    let policy = web_identity(&account(), &partition, "https://sts.windows.net/T/", "a1", "api://aws");
    let statement = &policy["Statement"][0];
    assert_eq!(
        statement["Principal"]["Federated"],
        "arn:aws:iam::111111111111:oidc-provider/sts.windows.net/T/"
    );
    assert_eq!(statement["Condition"]["StringEquals"]["sts.windows.net/T/:aud"], "api://aws");
}
