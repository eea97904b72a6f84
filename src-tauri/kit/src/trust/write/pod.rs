//! `trust pod`: the cluster's OIDC provider or an association, the role, and the objects in the cluster.

use super::kubernetes::{
    Container, Deployment, Metadata, Nothing, Object, PodMetadata, PodSpec, Selector, Spec, Template, yaml,
};
use super::terraform::{self, block, encoded, local, reference, role_block, text};
use crate::trust::arguments::{Format, Pod};
use hcl::structure::Block;
use rolecall_core::pod::{AUDIENCE, ROLE_ANNOTATION};
use rolecall_core::problem::Report;
use rolecall_core::trust;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Has `aws` in it, and waits: a pod to try the role in.
const IMAGE: &str = "public.ecr.aws/aws-cli/aws-cli:latest";

const AUDIENCE_ANNOTATION: &str = "eks.amazonaws.com/audience";
const NAME_LABEL: &str = "app.kubernetes.io/name";

pub(crate) fn pod(pod: &Pod) -> Result<ExitCode, Report> {
    super::done(match pod.format {
        Format::Json => trust::pretty(&policy(pod)),
        Format::Yaml => objects(pod),
        Format::Terraform => terraform(pod),
    })
}

/// The grammar sees to it that account and issuer are there where they are needed.
fn policy(pod: &Pod) -> Value {
    match (&pod.account, &pod.issuer) {
        (Some(account), Some(issuer)) if !pod.pod_identity => trust::pod(
            account,
            &pod.partition_or_exit(),
            issuer.as_str(),
            pod.namespace.as_str(),
            pod.service_account.as_str(),
            pod.audience.as_str(),
        ),
        _ => trust::pod_identity(),
    }
}

fn terraform(pod: &Pod) -> String {
    let name = pod.role.as_str();
    if let Some(cluster) = &pod.cluster {
        let association = block("aws_eks_pod_identity_association", &local(name))
            .add_attribute(("cluster_name", text(cluster.as_str())))
            .add_attribute(("namespace", text(pod.namespace.as_str())))
            .add_attribute(("service_account", text(pod.service_account.as_str())))
            .add_attribute(("role_arn", reference("aws_iam_role", name, "arn")))
            .build();
        let blocks = [role_block(name, None, &policy(pod)), association];
        return format!(
            "# The cluster needs the add-on eks-pod-identity-agent.\n{}",
            terraform::file(&blocks)
        );
    }
    let issuer = pod.issuer.as_ref().map_or("", |issuer| issuer.as_str());
    let provider = block("aws_iam_openid_connect_provider", "cluster")
        .add_attribute(("url", text(issuer)))
        .add_attribute(("client_id_list", vec![text(pod.audience.as_str())]))
        .build();
    let role = irsa_role(pod);
    format!(
        "# One for the cluster in this account. Where it exists already, make this\n\
         # data \"aws_iam_openid_connect_provider\" with the url alone, and put data. before its name below.\n{}\n\n{}",
        terraform::file(&[provider]).trim_end(),
        terraform::file(&[role]),
    )
}

/// The provider by reference, so that Terraform makes it first.
fn irsa_role(pod: &Pod) -> Block {
    let swap = |text: &str| {
        text.contains(":oidc-provider/")
            .then(|| reference("aws_iam_openid_connect_provider", "cluster", "arn"))
    };
    let name = pod.role.as_str();
    block("aws_iam_role", &local(name))
        .add_attribute(("name", text(name)))
        .add_attribute(("assume_role_policy", encoded(&policy(pod), &swap)))
        .build()
}

fn objects(pod: &Pod) -> String {
    let mut annotations = BTreeMap::new();
    if let (Some(account), false) = (&pod.account, pod.pod_identity) {
        let partition = pod.partition_or_exit();
        let arn = format!("arn:{}:iam::{account}:role/{}", partition.as_str(), pod.role);
        annotations.insert(ROLE_ANNOTATION, arn);
        if pod.audience.as_str() != AUDIENCE {
            annotations.insert(AUDIENCE_ANNOTATION, pod.audience.to_string());
        }
    }
    let metadata = |labels, annotations| Metadata {
        name: pod.service_account.to_string(),
        namespace: Some(pod.namespace.to_string()),
        labels,
        annotations,
    };
    let account = Object {
        api_version: "v1",
        kind: "ServiceAccount",
        metadata: metadata(BTreeMap::new(), annotations),
        content: Nothing {},
    };
    let labels = BTreeMap::from([(NAME_LABEL, label(pod.service_account.as_str()))]);
    let container = match &pod.image {
        Some(image) => Container { name: "app", image: image.as_str().to_owned(), command: vec![] },
        None => Container { name: "app", image: IMAGE.to_owned(), command: vec!["sleep", "infinity"] },
    };
    let deployment = Object {
        api_version: "apps/v1",
        kind: "Deployment",
        metadata: metadata(labels.clone(), BTreeMap::new()),
        content: Spec {
            spec: Deployment {
                replicas: 1,
                selector: Selector { match_labels: labels.clone() },
                template: Template {
                    metadata: PodMetadata { labels },
                    spec: PodSpec {
                        service_account_name: pod.service_account.to_string(),
                        containers: vec![container],
                    },
                },
            },
        },
    };
    let hint = match pod.image {
        Some(_) => String::new(),
        None => format!(
            "# To see who it is: kubectl exec -n {} deploy/{} -- aws sts get-caller-identity\n",
            pod.namespace, pod.service_account
        ),
    };
    format!("{}---\n{hint}{}", yaml(&account), yaml(&deployment))
}

/// A label takes 63 characters, and ends with a letter or a digit.
fn label(name: &str) -> String {
    name.chars().take(63).collect::<String>().trim_end_matches(['-', '.']).to_owned()
}
