//! Objects of Kubernetes, with every name quoted that YAML would read as something else.

use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Object<S: Serialize> {
    pub(super) api_version: &'static str,
    pub(super) kind: &'static str,
    pub(super) metadata: Metadata,
    #[serde(flatten)]
    pub(super) content: S,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Metadata {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) labels: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) annotations: BTreeMap<&'static str, String>,
}

/// No content beside the metadata.
#[derive(Debug, Serialize)]
pub(super) struct Nothing {}

#[derive(Debug, Serialize)]
pub(super) struct Spec<S: Serialize> {
    pub(super) spec: S,
}

/// Of a Deployment.
#[derive(Debug, Serialize)]
pub(super) struct Deployment {
    pub(super) replicas: u32,
    pub(super) selector: Selector,
    pub(super) template: Template,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Selector {
    pub(super) match_labels: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Template {
    pub(super) metadata: PodMetadata,
    pub(super) spec: PodSpec,
}

#[derive(Debug, Serialize)]
pub(super) struct PodMetadata {
    pub(super) labels: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodSpec {
    pub(super) service_account_name: String,
    pub(super) containers: Vec<Container>,
}

#[derive(Debug, Serialize)]
pub(super) struct Container {
    pub(super) name: &'static str,
    pub(super) image: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<&'static str>,
}

/// Of a Secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Secret {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) string_data: BTreeMap<&'static str, String>,
}

pub(super) fn yaml<S: Serialize>(object: &Object<S>) -> String {
    // A long line stays one line: an ARN folded in two reads badly.
    let options = serde_saphyr::ser_options! { folded_wrap_chars: 100_000 };
    serde_saphyr::to_string_with_options(object, options).unwrap_or_default()
}
