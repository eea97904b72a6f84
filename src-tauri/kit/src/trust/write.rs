//! What lets somebody assume a role, written out: Terraform, JSON, and YAML where Kubernetes takes part.

mod cluster;
mod kubernetes;
mod pod;
mod terraform;

pub(super) use cluster::cluster;
pub(super) use pod::pod;

use super::arguments::{People, PlainFormat, Role, Service, exit_where_partitions_differ};
use crate::say;
use hcl::structure::Block;
use rolecall_core::problem::Report;
use rolecall_core::role::RoleArn;
use rolecall_core::trust;
use serde_json::{Value, json};
use std::process::ExitCode;
use terraform::{reference, role_block, text};

pub(super) fn people(people: &People) -> Result<ExitCode, Report> {
    let audience = match &people.audience {
        Some(audience) => audience.as_str().to_owned(),
        None => trust::saml_audience(&trust::partition_of(people.provider.as_str())),
    };
    let policy = trust::people(&people.provider, &audience);
    done(match people.format {
        PlainFormat::Json => trust::pretty(&policy),
        PlainFormat::Terraform => terraform::file(&[role_block(people.role.as_str(), None, &policy)]),
    })
}

pub(super) fn ec2(ec2: &Service) -> Result<ExitCode, Report> {
    let policy = trust::service(trust::ec2_service(&ec2.partition));
    let name = ec2.role.as_str();
    done(match ec2.format {
        PlainFormat::Json => trust::pretty(&policy),
        PlainFormat::Terraform => terraform::file(&[
            role_block(name, None, &policy),
            terraform::block("aws_iam_instance_profile", &terraform::local(name))
                .add_attribute(("name", text(name)))
                .add_attribute(("role", reference("aws_iam_role", name, "name")))
                .build(),
        ]),
    })
}

pub(super) fn lambda(lambda: &Service) -> Result<ExitCode, Report> {
    let policy = trust::service("lambda.amazonaws.com");
    done(match lambda.format {
        PlainFormat::Json => trust::pretty(&policy),
        PlainFormat::Terraform => terraform::file(&[role_block(lambda.role.as_str(), None, &policy)]),
    })
}

pub(super) fn role(role: &Role) -> Result<ExitCode, Report> {
    exit_where_partitions_differ(&role.from, &role.to);
    let policy = trust::role(&role.from, role.external_id.as_ref().map(crate::names::ExternalId::as_str));
    done(match role.format {
        PlainFormat::Json => trust::pretty(&halves(&policy, &trust::may_assume(&role.to))),
        PlainFormat::Terraform => two_halves(&role.from, &role.to, &policy, "the role", &[], "its caller"),
    })
}

/// Both halves of Terraform, each under a line that says in whose account it belongs: applied in the other's, it would
/// let nobody in. `more` belongs beside the role.
fn two_halves(
    from: &RoleArn,
    to: &RoleArn,
    policy: &Value,
    assumed: &str,
    more: &[Block],
    caller: &str,
) -> String {
    let mut halves = terraform::halves(from, to, policy);
    let permission = halves.split_off(1);
    let role = terraform::file(&[&halves, more].concat());
    format!(
        "# In the account of {assumed}, {}:\n{}\n\n# In the account of {caller}, {}:\n{}",
        to.account(),
        role.trim_end(),
        from.account(),
        terraform::file(&permission),
    )
}

/// The trust of the role, and the permission of the caller, by the names that AWS has for them.
fn halves(trusted: &Value, permission: &Value) -> Value {
    json!({ "AssumeRolePolicyDocument": trusted, "PolicyDocument": permission })
}

fn done(text: String) -> Result<ExitCode, Report> {
    say::data(text.trim_end());
    Ok(ExitCode::SUCCESS)
}
