//! The policies that let somebody assume a role: the trust of the role, and the permission of the caller.

mod pretty;

pub use pretty::{element_order, pretty, pretty_statement};

use crate::role::{AccountId, Partition, ProviderArn, RoleArn};
use crate::saml::acs;
use serde_json::{Value, json};

/// The service whose agent hands EKS Pod Identity's credentials to pods.
pub const POD_IDENTITY_SERVICE: &str = "pods.eks.amazonaws.com";

/// People who sign in with SAML: `Principal.Federated` is the provider, `SAML:aud` the sign-in address.
pub fn people(provider: &ProviderArn, audience: &str) -> Value {
    allow(
        json!({ "Federated": provider.as_str() }),
        json!("sts:AssumeRoleWithSAML"),
        Some(json!({ "StringEquals": { "SAML:aud": audience } })),
    )
}

/// The address to which people of a partition sign in with SAML: `https://signin.aws.amazon.com/saml`.
pub fn saml_audience(partition: &Partition) -> String {
    acs::default_url(Some(partition.default_region()))
}

/// A service of AWS, by its principal: `ec2.amazonaws.com`, `lambda.amazonaws.com`.
pub fn service(service: &str) -> Value {
    allow(json!({ "Service": service }), json!("sts:AssumeRole"), None)
}

/// EC2's principal, which has a name of its own in China; Lambda's, for one, has not.
pub fn ec2_service(partition: &Partition) -> &'static str {
    if partition.as_str() == "aws-cn" { "ec2.amazonaws.com.cn" } else { "ec2.amazonaws.com" }
}

/// The pods of one service account, by the tokens of their cluster (IRSA). `issuer` is the cluster's, with or without
/// `https://`; `audience` is [`AUDIENCE`](crate::pod::AUDIENCE) in almost every case.
pub fn pod(
    account: &AccountId,
    partition: &Partition,
    issuer: &str,
    namespace: &str,
    service_account: &str,
    audience: &str,
) -> Value {
    let subject = pod_subject(namespace, service_account);
    // No cluster's issuer ends with a slash; an address that somebody copied may.
    web_identity(account, partition, issuer.trim().trim_end_matches('/'), &subject, audience)
}

/// `system:serviceaccount:NAMESPACE:SERVICE-ACCOUNT`: the `sub` of a pod's token.
pub fn pod_subject(namespace: &str, service_account: &str) -> String {
    format!("system:serviceaccount:{namespace}:{service_account}")
}

/// Whoever has a token of `issuer` with exactly this `sub` and this `aud`.
pub fn web_identity(
    account: &AccountId,
    partition: &Partition,
    issuer: &str,
    subject: &str,
    audience: &str,
) -> Value {
    let key = issuer_key(issuer);
    allow(
        json!({ "Federated": oidc_provider_arn(account, partition, issuer) }),
        json!("sts:AssumeRoleWithWebIdentity"),
        Some(json!({ "StringEquals": { format!("{key}:aud"): audience, format!("{key}:sub"): subject } })),
    )
}

/// `arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC`.
pub fn oidc_provider_arn(account: &AccountId, partition: &Partition, issuer: &str) -> String {
    format!("arn:{}:iam::{account}:oidc-provider/{}", partition.as_str(), issuer_key(issuer))
}

/// The partition of the cluster whose issuer it is: its region stands in `oidc.eks.REGION.…`. None: no EKS issuer.
pub fn eks_partition(issuer: &str) -> Option<Partition> {
    let host = issuer_key(issuer);
    let rest = host.strip_prefix("oidc.eks.").or_else(|| host.strip_prefix("oidc-eks."))?;
    let region = rest.split('.').next().filter(|region| region.contains('-') && !region.contains('$'))?;
    Some(Partition::of_region(region))
}

/// The issuer as ARNs and condition keys name it: without `https://`. A slash at its end stays: Entra's issuers have one.
pub fn issuer_key(issuer: &str) -> &str {
    let issuer = issuer.trim();
    issuer.strip_prefix("https://").unwrap_or(issuer)
}

/// Pods through EKS Pod Identity; which pods is said by the association, not here.
pub fn pod_identity() -> Value {
    allow(json!({ "Service": POD_IDENTITY_SERVICE }), json!(["sts:AssumeRole", "sts:TagSession"]), None)
}

/// The trust of a role that `caller` may assume; from another company's account, only with the external id.
pub fn role(caller: &RoleArn, external_id: Option<&str>) -> Value {
    allow(
        json!({ "AWS": caller.as_str() }),
        json!("sts:AssumeRole"),
        external_id.map(|id| json!({ "StringEquals": { "sts:ExternalId": id } })),
    )
}

/// The other half: the permission that the caller needs.
pub fn may_assume(role: &RoleArn) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role.as_str() }],
    })
}

/// The permission for one action on a role.
pub fn permission(action: &str, role: &RoleArn) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": action, "Resource": role.as_str() }],
    })
}

/// What a trust policy needs besides, for a further action of the same principal: its conditions are for the assuming.
pub fn same_principal(trusted: &Value, action: &str) -> Value {
    allow(trusted["Statement"][0]["Principal"].clone(), json!(action), None)
}

/// The partition of an ARN of IAM: `aws-cn` of `arn:aws-cn:iam::…`.
pub fn partition_of(arn: &str) -> Partition {
    let name = arn.split(':').nth(1).unwrap_or("aws");
    RoleArn::parse(&format!("arn:{name}:iam::000000000000:role/x"))
        .map_or_else(|_| Partition::of_region(""), |arn| arn.partition())
}

fn allow(principal: Value, action: Value, condition: Option<Value>) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

#[cfg(test)]
mod tests;
