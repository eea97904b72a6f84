//! The grammar of the command line.

use clap::{Args, Parser, Subcommand};

/// AWS credentials through Microsoft Entra sign-on
///
/// Without a command: `status`.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show every profile's role and the time left
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Sign in, and write the credentials of a role
    SignIn(SignIn),
    /// End the resident program; credentials stay valid until they expire
    Quit,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    /// The profile; else AWS_PROFILE, else the last used one
    pub(crate) profile: Option<String>,
    /// The same as PROFILE
    #[arg(long = "profile", value_name = "PROFILE", conflicts_with = "profile")]
    pub(crate) profile_option: Option<String>,
    /// The role: its name, ACCOUNT/NAME, or its ARN
    #[arg(long)]
    pub(crate) role: Option<String>,
}
