//! A Kubernetes service account that carries a role of AWS, and what it is to become it.

use crate::problem::Report;
use crate::profile::ProfileName;
use crate::role::RoleArn;
use crate::web_identity::Claims;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The annotation of a service account that names its role (Amazon EKS User Guide, "IAM roles for service accounts").
pub const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// The audience of a token that STS takes.
pub const AUDIENCE: &str = "sts.amazonaws.com";

/// `CONTEXT/NAMESPACE/SERVICEACCOUNT`. Of the three only the context may hold a `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pod {
    /// The kubeconfig's name for cluster and user.
    pub context: String,
    pub namespace: String,
    pub service_account: String,
}

/// The service accounts of one context.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Pods {
    /// All that the kubeconfig has, in its order.
    pub contexts: Vec<String>,
    /// The one that was looked at: the one asked for, else the current one. None where there is none.
    pub context: Option<String>,
    /// The only namespace that one may list; none where all were looked at.
    #[serde(default)]
    pub only_namespace: Option<String>,
    /// Those that carry a role.
    pub accounts: Vec<ServiceAccount>,
    /// Why the context could not be looked at, where its names are known all the same.
    #[serde(default)]
    pub problem: Option<Report>,
}

/// A service account with the role's annotation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ServiceAccount {
    pub namespace: String,
    pub name: String,
    /// As it stands there.
    pub annotation: String,
    /// None where that is no role's ARN.
    pub role: Option<RoleArn>,
}

/// Who one is after assuming a pod's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Became {
    /// The profile that holds the credentials now.
    pub profile: ProfileName,
    pub pod: Pod,
    pub role: RoleArn,
    /// Who AWS says one is: `arn:aws:sts::111111111111:assumed-role/NAME/SESSION`.
    pub arn: String,
    pub claims: Claims,
    #[cfg_attr(test, ts(as = "String"))]
    pub until: Timestamp,
}

impl std::fmt::Display for Pod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.context, self.namespace, self.service_account)
    }
}

impl Pod {
    /// Reads what [`Pod`]'s `Display` writes: the last two parts are namespace and service account.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, service_account) = text.rsplit_once('/')?;
        let (context, namespace) = rest.rsplit_once('/')?;
        let whole = [context, namespace, service_account].iter().all(|part| !part.is_empty());
        whole.then(|| Self {
            context: context.to_owned(),
            namespace: namespace.to_owned(),
            service_account: service_account.to_owned(),
        })
    }

    /// What a profile of it is called where nobody says: `pod-NAMESPACE-SERVICEACCOUNT`.
    pub fn profile(&self) -> ProfileName {
        ProfileName::new(format!("pod-{}-{}", self.namespace, self.service_account))
    }
}
