//! The grammar of the command line.

mod reach;

pub(crate) use reach::{Assume, EksToken, EndpointCommand, Handed, HandedToTrust};

use crate::complete;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::{ArgValueCandidates, ArgValueCompleter};
use rolecall_core::profile::ProfileName;
use rolecall_core::shell::Shell;
use std::ffi::OsString;
use std::path::PathBuf;

/// AWS credentials through Microsoft Entra sign-on
///
/// Without a command: `status`. It talks to the Rolecall background service, and starts it if none is running.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show every profile's role and the time left
    Status(Status),
    /// Sign in, and write the credentials of a role
    SignIn(SignIn),
    /// Remove the credentials that Rolecall holds
    SignOut(SignOut),
    /// List the roles that a profile may assume
    Roles(Roles),
    /// Take another role
    Switch(Switch),
    /// Print credentials as the lines that a shell reads
    ///
    /// bash and zsh: eval "$(rolecall env)"; fish: rolecall env | source;
    /// PowerShell: rolecall env | Out-String | Invoke-Expression
    Env(Env),
    /// Run a command with credentials in its environment
    Exec(Exec),
    /// Take a role with the credentials of a profile
    ///
    /// Without --as it prints them as `env` does, or runs a command with them.
    Assume(Assume),
    /// Open the AWS console in the browser
    Console(Console),
    /// Print credentials as AWS tools read them from a `credential_process`
    CredentialProcess {
        #[command(flatten)]
        named: Named,
    },
    /// Print a token for a cluster of EKS, as kubectl asks for it
    EksToken(EksToken),
    /// Write a kubeconfig entry whose tokens come from `eks-token`
    ///
    /// `rolecall eks-kubeconfig --help` shows its arguments.
    EksKubeconfig(Handed),
    /// Become a pod: assume the role of its service account
    ///
    /// `rolecall pod` lists those that carry a role; `rolecall pod --help` shows its arguments.
    Pod(Handed),
    /// Write, or check, what lets somebody assume a role
    ///
    /// `rolecall trust --help` shows its arguments.
    Trust(HandedToTrust),
    /// Credentials for containers, from the endpoint of `exec --endpoint`
    #[command(subcommand)]
    Endpoint(EndpointCommand),
    /// Look for what does not work, and say what to do about it
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Open Rolecall's window
    Open(Open),
    /// Set up a new profile, in Rolecall's window, or take over those that an organisation offers
    Configure(Configure),
    /// Show what was assumed, when, and by whom
    Log(Log),
    /// What an administrator has laid down on this computer
    #[command(subcommand)]
    Policy(Policy),
    /// Say which version runs and, where a feed is named, whether a newer one is offered
    ///
    /// Nothing is downloaded or installed.
    Update(Update),
    /// Credentials in WSL distributions, from Rolecall on Windows
    #[command(subcommand)]
    Wsl(Wsl),
    /// Print a shell's completion script: source <(rolecall completions bash)
    Completions { shell: CompletedShell },
    /// Print the manual page
    #[command(hide = true)]
    Man,
    /// Stop the background service; credentials stay valid until they expire
    Quit,
}

/// Whose profile, said in either way.
#[derive(Debug, Default, Args)]
pub(crate) struct Named {
    /// The profile; else AWS_DEFAULT_PROFILE, AWS_PROFILE, or the last used one
    #[arg(add = ArgValueCandidates::new(complete::profiles))]
    profile: Option<String>,
    /// The same as PROFILE
    #[arg(
        long = "profile", value_name = "PROFILE", conflicts_with = "profile",
        add = ArgValueCandidates::new(complete::profiles),
    )]
    profile_option: Option<String>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Status {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Keep showing it, as it changes; with --json one object a line
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SignIn {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The role: its name, ACCOUNT/NAME, or its ARN
    #[arg(long, add = ArgValueCompleter::new(complete::roles))]
    pub(crate) role: Option<String>,
    /// Every profile that is signed out or expired
    #[arg(long, conflicts_with_all = ["profile", "profile_option", "role"])]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// Which page; the sessions where it is absent
    #[arg(value_enum)]
    pub(crate) page: Option<OpenPage>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OpenPage {
    Settings,
    Configure,
    Activity,
    Pods,
}

#[derive(Debug, Args)]
pub(crate) struct Configure {
    /// An address (https), or a file of profiles as in ~/.aws/config; - for standard input
    #[arg(long, value_name = "ADDRESS_OR_FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) from: Option<String>,
    /// Write it without asking
    #[arg(long, requires = "from")]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Log {
    /// How many of the newest; where it is absent 50, and all of them as JSON or CSV
    #[arg(short = 'n', value_name = "N")]
    pub(crate) count: Option<usize>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Print CSV
    #[arg(long)]
    pub(crate) csv: bool,
    /// Of this profile only
    #[arg(long, add = ArgValueCandidates::new(complete::profiles))]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Show what is in force
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Look whether a file can be a policy
    Check {
        /// The file, wherever it lies
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<UpdateCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UpdateCommand {
    /// Look whether a downloaded file is what the feed offers, by its signature
    Verify {
        /// The file
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Wsl {
    /// List the distributions, and the profiles that name them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Write what is held into the distributions that the profile names, as a sign-in does
    Write {
        #[command(flatten)]
        named: Named,
    },
    /// Print the lines by which a shell in WSL asks Rolecall on Windows
    Config {
        /// The profile
        #[arg(add = ArgValueCandidates::new(complete::profiles))]
        profile: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SignOut {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Every profile that is signed in
    #[arg(long, conflicts_with_all = ["profile", "profile_option"])]
    pub(crate) all: bool,
    /// The remembered sign-in, too: the next one asks everything anew
    #[arg(long)]
    pub(crate) forget: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Roles {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// The role: its name, ACCOUNT/NAME, or its ARN; chosen from a list where it is absent
    #[arg(add = ArgValueCompleter::new(complete::roles))]
    pub(crate) role: Option<String>,
    /// The profile; else AWS_DEFAULT_PROFILE, AWS_PROFILE, or the last used one
    #[arg(long, add = ArgValueCandidates::new(complete::profiles))]
    pub(crate) profile: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Env {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Whose grammar; else the shell that asks
    #[arg(long)]
    pub(crate) shell: Option<Grammar>,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Serve them from an endpoint on this computer instead, renewed for as long as the command runs
    #[arg(long)]
    pub(crate) endpoint: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// The command and its arguments, after `--`
    #[arg(last = true, required = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct Console {
    #[command(flatten)]
    pub(crate) named: Named,
    /// A page of the console: ec2, s3, lambda, …
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// Print the address, open nothing; whoever has it is signed in for 15 minutes
    #[arg(long)]
    pub(crate) print: bool,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// Whether a person may be asked.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// Fail where nobody is signed in, rather than open the sign-in page
    #[arg(long)]
    no_sign_in: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Grammar {
    #[value(aliases = ["zsh", "sh"])]
    Bash,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
    Cmd,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CompletedShell {
    Bash,
    Zsh,
    Fish,
    #[value(name = "powershell", alias = "pwsh")]
    PowerShell,
}

impl Named {
    pub(crate) fn of(profile: Option<String>) -> Self {
        Self { profile, profile_option: None }
    }

    /// What the command line says, else what `AWS_DEFAULT_PROFILE` or `AWS_PROFILE` says; an empty variable is as good as none.
    pub(crate) fn profile(self) -> Option<ProfileName> {
        let said = self.profile.or(self.profile_option);
        said.map(ProfileName::new).or_else(rolecall_client::profile)
    }
}

impl Asking {
    pub(crate) fn may_ask(&self) -> bool {
        !self.no_sign_in
    }
}

impl From<Grammar> for Shell {
    fn from(grammar: Grammar) -> Self {
        match grammar {
            Grammar::Bash => Self::Bash,
            Grammar::Fish => Self::Fish,
            Grammar::PowerShell => Self::PowerShell,
            Grammar::Cmd => Self::Cmd,
            Grammar::Json => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_grammar_holds_together() {
        Arguments::command().debug_assert();
    }
}
