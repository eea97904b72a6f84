//! The grammar of `rolecall trust`.

use super::check::Principal;
use crate::names::{
    AccessPolicy, Audience, CaData, ClusterName, ExternalId, Image, Issuer, Namespace, ObjectName, RoleName,
    Server,
};
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use rolecall_core::role::{AccountId, NotAnArn, Partition, ProviderArn, RoleArn};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Box<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// A role for people who sign in with SAML
    People(People),
    /// A role for EC2 instances, with its instance profile
    Ec2(Service),
    /// A role for Lambda functions
    Lambda(Service),
    /// A role for the pods of a service account on EKS
    ///
    /// By the cluster's OIDC issuer (IRSA), or with --pod-identity by EKS Pod Identity.
    Pod(Pod),
    /// A role that another role may assume, and what that one needs for it
    Role(Role),
    /// ArgoCD's way into another EKS cluster: both roles, the access entry, the cluster secret
    Cluster(Cluster),
    /// Say who may assume a role, and what is wrong with its trust policy
    ///
    /// Ends with 0 where nothing is wrong, or where --as is answered with yes, for each policy in the file; else
    /// with 1. A file that cannot be read ends with 6.
    Check(Check),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Terraform,
    /// The policies alone
    Json,
    /// Objects of Kubernetes
    Yaml,
}

/// What is written where there is nothing for Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PlainFormat {
    Terraform,
    /// The policies alone
    Json,
}

#[derive(Debug, Args)]
pub(super) struct People {
    /// The SAML provider: arn:aws:iam::ACCOUNT:saml-provider/NAME
    #[arg(long, value_name = "ARN", value_parser = provider)]
    pub(super) provider: ProviderArn,
    /// The role's name
    #[arg(long, value_name = "NAME")]
    pub(super) role: RoleName,
    /// The sign-in address; else the one of the provider's partition
    #[arg(long, value_name = "URL")]
    pub(super) audience: Option<Audience>,
    #[arg(long, value_enum, default_value_t = PlainFormat::Terraform)]
    pub(super) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(super) struct Service {
    /// The role's name
    #[arg(long, value_name = "NAME")]
    pub(super) role: RoleName,
    /// aws, aws-cn, aws-us-gov or another
    #[arg(long, value_name = "NAME", default_value = "aws", value_parser = partition)]
    pub(super) partition: Partition,
    #[arg(long, value_enum, default_value_t = PlainFormat::Terraform)]
    pub(super) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(super) struct Pod {
    /// The role's name
    #[arg(long, value_name = "NAME")]
    pub(super) role: RoleName,
    /// Of the service account
    #[arg(long, value_name = "NAME")]
    pub(super) namespace: Namespace,
    /// Whose pods get the role
    #[arg(long, value_name = "NAME")]
    pub(super) service_account: ObjectName,
    /// The role's account: twelve digits
    #[arg(long, value_name = "NUMBER", value_parser = account, required_unless_present = "pod_identity")]
    pub(super) account: Option<AccountId>,
    /// The cluster's OIDC issuer: https://oidc.eks.REGION.amazonaws.com/id/…
    #[arg(
        long,
        value_name = "URL",
        required_unless_present = "pod_identity",
        conflicts_with = "pod_identity"
    )]
    pub(super) issuer: Option<Issuer>,
    /// What the token is for
    #[arg(long, value_name = "TEXT", default_value = rolecall_core::pod::AUDIENCE)]
    pub(super) audience: Audience,
    /// aws, aws-cn, aws-us-gov or another; else the one of the issuer's region
    #[arg(long, value_name = "NAME", value_parser = partition)]
    pub(super) partition: Option<Partition>,
    /// The newer way, by an association
    #[arg(long, requires = "cluster")]
    pub(super) pod_identity: bool,
    /// The cluster's name, for --pod-identity
    #[arg(long, value_name = "NAME", requires = "pod_identity")]
    pub(super) cluster: Option<ClusterName>,
    /// The Deployment's image; else one that waits for you to try the role
    #[arg(long)]
    pub(super) image: Option<Image>,
    /// yaml: the ServiceAccount and a Deployment
    #[arg(long, value_enum, default_value_t = Format::Terraform)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Role {
    /// The role that calls
    #[arg(long, value_name = "ARN", value_parser = role)]
    pub(super) from: RoleArn,
    /// The role that it assumes
    #[arg(long, value_name = "ARN", value_parser = role)]
    pub(super) to: RoleArn,
    /// What the caller must say; for a caller of another company
    #[arg(long, value_name = "ID")]
    pub(super) external_id: Option<ExternalId>,
    #[arg(long, value_enum, default_value_t = PlainFormat::Terraform)]
    pub(super) format: PlainFormat,
}

#[derive(Debug, Args)]
pub(super) struct Cluster {
    /// The cluster that ArgoCD deploys to
    #[arg(long, value_name = "NAME")]
    pub(super) cluster: ClusterName,
    /// ArgoCD's own role, in its own account
    #[arg(long, value_name = "ARN", value_parser = role)]
    pub(super) from: RoleArn,
    /// The role that it assumes, in the cluster's account
    #[arg(long, value_name = "ARN", value_parser = role)]
    pub(super) to: RoleArn,
    /// The cluster's API server, for the secret
    #[arg(long, value_name = "URL", required_if_eq("format", "yaml"))]
    pub(super) server: Option<Server>,
    /// The cluster's certificateAuthority.data, for the secret
    #[arg(long, value_name = "BASE64", required_if_eq("format", "yaml"))]
    pub(super) ca_data: Option<CaData>,
    /// ArgoCD's namespace
    #[arg(long, value_name = "NAME", default_value = "argocd")]
    pub(super) namespace: Namespace,
    /// What ArgoCD may do in the cluster: an access policy of EKS; else AmazonEKSClusterAdminPolicy, or with --only-in
    /// AmazonEKSAdminPolicy
    #[arg(long, value_name = "NAME")]
    pub(super) access_policy: Option<AccessPolicy>,
    /// Only in these namespaces; repeat it
    #[arg(long, value_name = "NAMESPACE")]
    pub(super) only_in: Vec<Namespace>,
    /// yaml: the cluster secret
    #[arg(long, value_enum, default_value_t = Format::Terraform)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A file, or - for standard input: JSON (also what `aws iam get-role` prints), Terraform, CloudFormation, objects
    /// of Kubernetes
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) file: PathBuf,
    /// Whether this one may assume the role: an ARN of a role, user, session (arn:aws:sts::…:assumed-role/ROLE/SESSION)
    /// or SAML provider; an account; a service (ec2.amazonaws.com); a token's SUBJECT@ISSUER, such as
    /// system:serviceaccount:NAMESPACE:NAME@oidc.eks.REGION.amazonaws.com/id/…
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(super) principal: Option<Principal>,
    /// The account of the role itself
    #[arg(long, value_name = "NUMBER", value_parser = account)]
    pub(super) account: Option<AccountId>,
    /// The token's issuer, where SUBJECT stands alone
    #[arg(long, value_name = "URL", requires = "principal")]
    pub(super) issuer: Option<String>,
    /// The token's audience, or the SAML sign-in address
    #[arg(long, value_name = "TEXT", requires = "principal")]
    pub(super) audience: Option<String>,
    /// The ExternalId that the caller says
    #[arg(long, value_name = "ID", requires = "principal")]
    pub(super) external_id: Option<String>,
    /// A condition key of the call, such as aws:PrincipalOrgID=o-a1b2c3d4e5; repeat it
    #[arg(long, value_name = "KEY=VALUE", value_parser = context, requires = "principal")]
    pub(super) context: Vec<(String, String)>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl Pod {
    /// The issuer's, or the one that was named. Ends with a usage error where the two contradict each other.
    pub(super) fn partition_or_exit(&self) -> Partition {
        let of_issuer =
            self.issuer.as_ref().and_then(|issuer| rolecall_core::trust::eks_partition(issuer.as_str()));
        match (&self.partition, of_issuer) {
            (Some(named), Some(its)) if *named != its => usage_error(&format!(
                "the issuer's cluster is in partition {}, not in {}",
                its.as_str(),
                named.as_str()
            )),
            (Some(named), _) => named.clone(),
            (None, Some(its)) => its,
            (None, None) => Partition::of_region(""),
        }
    }
}

impl Cluster {
    /// What ArgoCD may do where nobody said: in namespaces alone, what concerns the whole cluster is not theirs.
    pub(super) fn access_policy(&self) -> &str {
        match &self.access_policy {
            Some(policy) => policy.as_str(),
            None if self.only_in.is_empty() => "AmazonEKSClusterAdminPolicy",
            None => "AmazonEKSAdminPolicy",
        }
    }
}

/// Roles cannot cross from one partition to another: says so, and ends with a usage error.
pub(super) fn exit_where_partitions_differ(from: &RoleArn, to: &RoleArn) {
    if from.partition() != to.partition() {
        usage_error(&format!(
            "{from} is in partition {}, {to} in {}: a role cannot assume one of another partition",
            from.partition().as_str(),
            to.partition().as_str()
        ));
    }
}

/// Says it as the grammar does, and ends with 2.
fn usage_error(what: &str) -> ! {
    clap::Command::new("rolecall").error(clap::error::ErrorKind::ArgumentConflict, what).exit()
}

fn provider(text: &str) -> Result<ProviderArn, NotAnArn> {
    ProviderArn::parse(text)
}

fn role(text: &str) -> Result<RoleArn, String> {
    let arn = RoleArn::parse(text).map_err(|error| error.to_string())?;
    let right = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
    };
    if !arn.path_and_name().split('/').all(right) || arn.name().len() > 64 {
        return Err("a role's name has at most 64 letters, digits and + = , . @ _ -".to_owned());
    }
    Ok(arn)
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account has twelve digits".to_owned())
}

fn partition(text: &str) -> Result<Partition, String> {
    let partition = rolecall_core::trust::partition_of(&format!("arn:{text}:"));
    if partition.as_str() == text {
        return Ok(partition);
    }
    Err("write aws, aws-cn, aws-us-gov or aws-eusc".to_owned())
}

fn context(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err("write KEY=VALUE".to_owned()),
    }
}
