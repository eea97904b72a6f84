//! `trust cluster`: ArgoCD assumes a role in another account, and that role may enter the cluster there.

use super::kubernetes::{Metadata, Object, Secret, yaml};
use super::terraform::{block, local, reference, text};
use crate::trust::arguments::{Cluster, Format, exit_where_partitions_differ};
use hcl::structure::Block;
use rolecall_core::problem::Report;
use rolecall_core::trust;
use serde_json::json;
use std::collections::BTreeMap;
use std::process::ExitCode;

pub(crate) fn cluster(cluster: &Cluster) -> Result<ExitCode, Report> {
    exit_where_partitions_differ(&cluster.from, &cluster.to);
    let policy = trust::role(&cluster.from, None);
    super::done(match cluster.format {
        Format::Json => trust::pretty(&super::halves(&policy, &trust::may_assume(&cluster.to))),
        Format::Yaml => secret(cluster),
        Format::Terraform => {
            let text = super::two_halves(
                &cluster.from,
                &cluster.to,
                &policy,
                "the cluster",
                &entry(cluster),
                "ArgoCD",
            );
            if cluster.only_in.is_empty() {
                format!(
                    "# It may do this in all namespaces; --only-in and --access-policy narrow it.\n{text}"
                )
            } else {
                text
            }
        }
    })
}

/// The access entry, and what it may do.
fn entry(cluster: &Cluster) -> Vec<Block> {
    let role = cluster.to.name();
    let arn = |kind| reference(kind, role, if kind == "aws_iam_role" { "arn" } else { "principal_arn" });
    let entry = block("aws_eks_access_entry", &local(role))
        .add_attribute(("cluster_name", text(cluster.cluster.as_str())))
        .add_attribute(("principal_arn", arn("aws_iam_role")))
        .build();
    let scope = Block::builder("access_scope");
    let scope = if cluster.only_in.is_empty() {
        scope.add_attribute(("type", text("cluster")))
    } else {
        let namespaces: Vec<_> = cluster.only_in.iter().map(|namespace| text(namespace.as_str())).collect();
        scope.add_attribute(("type", text("namespace"))).add_attribute(("namespaces", namespaces))
    };
    let partition = cluster.to.partition();
    let policy =
        format!("arn:{}:eks::aws:cluster-access-policy/{}", partition.as_str(), cluster.access_policy());
    let association = block("aws_eks_access_policy_association", &local(role))
        .add_attribute(("cluster_name", text(cluster.cluster.as_str())))
        .add_attribute(("principal_arn", arn("aws_eks_access_entry")))
        .add_attribute(("policy_arn", text(&policy)))
        .add_block(scope.build())
        .build();
    vec![entry, association]
}

/// The grammar sees to it that server and certificate are there.
fn secret(cluster: &Cluster) -> String {
    let server = cluster.server.as_ref().map_or("", |server| server.as_str());
    let ca_data = cluster.ca_data.as_ref().map_or("", |data| data.as_str());
    let config = json!({
        "awsAuthConfig": { "clusterName": cluster.cluster.as_str(), "roleARN": cluster.to.as_str() },
        "tlsClientConfig": { "insecure": false, "caData": ca_data },
    });
    let mut data = BTreeMap::from([
        ("config", format!("{}\n", trust::pretty(&config))),
        ("name", cluster.cluster.to_string()),
        ("server", server.to_owned()),
    ]);
    if !cluster.only_in.is_empty() {
        // Else ArgoCD watches the whole cluster, which it then may not.
        let namespaces: Vec<&str> = cluster.only_in.iter().map(|namespace| namespace.as_str()).collect();
        data.insert("namespaces", namespaces.join(","));
    }
    yaml(&Object {
        api_version: "v1",
        kind: "Secret",
        metadata: Metadata {
            name: format!(
                "cluster-{}",
                cluster.cluster.as_str().to_ascii_lowercase().replace('_', "-").trim_end_matches('-')
            ),
            namespace: Some(cluster.namespace.to_string()),
            labels: BTreeMap::from([("argocd.argoproj.io/secret-type", "cluster".to_owned())]),
            annotations: BTreeMap::new(),
        },
        content: Secret { kind: "Opaque", string_data: data },
    })
}
