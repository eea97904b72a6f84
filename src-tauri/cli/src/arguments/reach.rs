//! The grammar of what goes beyond a sign-in: other roles, Kubernetes, containers.

use super::{Asking, Grammar};
use crate::complete;
use crate::eks_token::{cluster, region};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueHint};
use clap_complete::ArgValueCandidates;
use jiff::SignedDuration;
use rolecall_core::profile::DURATIONS;
use rolecall_core::role::RoleArn;
use std::ffi::OsString;

#[derive(Debug, Args)]
pub(crate) struct Assume {
    /// The profile whose credentials take it
    #[arg(add = ArgValueCandidates::new(complete::profiles))]
    pub(crate) profile: String,
    /// The role
    #[arg(value_name = "ROLE_ARN", value_parser = RoleArn::parse)]
    pub(crate) role: RoleArn,
    /// Write it as a profile of that name, whose credentials Rolecall renews
    #[arg(long = "as", value_name = "NAME", conflicts_with_all = ["shell", "command"])]
    pub(crate) save_as: Option<String>,
    /// What the role's account asks for
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// What the session is called in the account's log
    #[arg(long, value_name = "NAME")]
    pub(crate) session_name: Option<String>,
    /// How long: 15m to 1h, or in seconds; of more, an hour is taken
    #[arg(long, value_parser = duration)]
    pub(crate) duration: Option<u32>,
    /// Whose grammar; else the shell that asks
    #[arg(long, conflicts_with = "command")]
    pub(crate) shell: Option<Grammar>,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// A command to run with the credentials, and its arguments, after `--`
    #[arg(last = true, value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct EksToken {
    /// The cluster's name
    #[arg(long, value_name = "NAME", value_parser = cluster)]
    pub(crate) cluster: String,
    /// The region of STS; else the profile's
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<String>,
    /// The profile; else AWS_DEFAULT_PROFILE, AWS_PROFILE, or the last used one
    #[arg(long, add = ArgValueCandidates::new(complete::profiles))]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointCommand {
    /// Print a file for Docker Compose or Podman that lets services use the endpoint
    Compose {
        /// The services, as compose.yaml names them
        #[arg(value_name = "SERVICE", required = true, value_parser = service)]
        services: Vec<String>,
    },
}

/// What rolecall-kit reads by itself: `rolecall COMMAND --help` shows it.
#[derive(Debug, Args)]
pub(crate) struct Handed {
    #[arg(value_name = "ARGUMENTS", trailing_var_arg = true, allow_hyphen_values = true)]
    _all: Vec<OsString>,
}

/// The same, with its first word for the shell's completion.
#[derive(Debug, Args)]
pub(crate) struct HandedToTrust {
    #[arg(
        value_name = "KIND",
        value_parser = PossibleValuesParser::new(["people", "ec2", "lambda", "pod", "role", "cluster", "check"]),
    )]
    _kind: Option<String>,
    #[arg(value_name = "ARGUMENTS", trailing_var_arg = true, allow_hyphen_values = true)]
    _all: Vec<OsString>,
}

/// Seconds. More than AWS gives is not wrong: it is taken as an hour, which is said.
fn duration(text: &str) -> Result<u32, String> {
    let spelled = || text.parse::<SignedDuration>().ok().and_then(|time| u32::try_from(time.as_secs()).ok());
    let seconds = text.parse().ok().or_else(spelled).ok_or("write it as 15m, 1h or 3600")?;
    if seconds < *DURATIONS.start() {
        return Err("AWS gives 15m to 1h for a role that another role assumes".to_owned());
    }
    Ok(seconds)
}

/// As the Compose Specification has it, "Services top-level elements".
fn service(text: &str) -> Result<String, &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if text.is_empty() || !text.chars().all(plain) {
        return Err("a service's name has letters, digits, '.', '_' and '-' only");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_either_spelling() {
        for (text, seconds) in
            [("15m", 900), ("1h", 3600), ("3600", 3600), ("1h30m", 5400), ("900s", 900), ("13h", 46_800)]
        {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
        for text in ["", "14m", "899", "-1h", "an hour", "0", "99999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
