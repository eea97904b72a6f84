//! `pod`: the role of a service account of Kubernetes, at one's desk.

mod ask;
mod become_it;
mod connect;
mod contexts;
mod mend;
mod place;
mod proxy;
mod show;
mod trouble;

use crate::names::Region;
use crate::say;
use contexts::Contexts;
use place::Place;
use rolecall_core::message::window::Told;
use rolecall_core::pod::{Became, Pod, Pods};
use rolecall_core::problem::Report;
use rolecall_core::profile::ProfileName;
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Without a service account: those that carry a role.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// A context of the kubeconfig; the current one where it is absent
    #[arg(value_name = "CONTEXT[/NAMESPACE[/SERVICEACCOUNT]]")]
    place: Option<String>,
    /// The profile to write; else pod-NAMESPACE-SERVICEACCOUNT
    #[arg(long = "as", value_name = "NAME")]
    save_as: Option<String>,
    /// The region of STS, and of the profile
    #[arg(long)]
    region: Option<Region>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// One line for the resident program, whatever comes of it
    #[arg(long, hide = true, conflicts_with = "json")]
    told: bool,
    #[arg(long, hide = true, conflicts_with = "place")]
    context: Option<String>,
    #[arg(long, hide = true, requires = "context")]
    namespace: Option<String>,
    #[arg(long, hide = true, requires = "namespace")]
    service_account: Option<String>,
}

/// What came of it.
enum Outcome {
    Pods(Pods),
    Became(Box<Became>),
}

pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Report> {
    let outcome = outcome(&arguments);
    if arguments.told {
        let told = match outcome {
            Ok(Outcome::Pods(pods)) => Told::Pods { pods },
            Ok(Outcome::Became(became)) => Told::Became { became: *became },
            Err(problem) => Told::Problem { problem },
        };
        say::data(&serde_json::to_string(&told).unwrap_or_default());
        return Ok(ExitCode::SUCCESS);
    }
    match outcome? {
        Outcome::Pods(pods) if arguments.json => {
            say::data(&serde_json::to_string_pretty(&pods).unwrap_or_default());
        }
        Outcome::Became(became) if arguments.json => {
            say::data(&serde_json::to_string_pretty(&became).unwrap_or_default());
        }
        Outcome::Pods(pods) => show::pods(&pods)?,
        Outcome::Became(became) => show::became(&became),
    }
    Ok(ExitCode::SUCCESS)
}

fn outcome(arguments: &Arguments) -> Result<Outcome, Report> {
    let contexts = Contexts::read(&|name| std::env::var_os(name))?;
    let Some(place) = place(arguments, &contexts)? else {
        return Ok(Outcome::Pods(Pods { contexts: contexts.names(), ..Pods::default() }));
    };
    let interactive = !arguments.told && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let Place { context, namespace, service_account } = place;
    let connection = connect::Connection::open(&contexts, &context, interactive)?;
    let (Some(namespace), Some(service_account)) = (namespace.clone(), service_account) else {
        let accounts =
            connection.run(async |client| ask::accounts(client, &context, namespace.as_deref()).await)?;
        return Ok(Outcome::Pods(Pods { contexts: contexts.names(), context: Some(context), accounts }));
    };
    let pod = Pod { context, namespace, service_account };
    let (role, token) = connection.run(async |client| ask::token(client, &pod).await)?;
    drop(connection);
    let region = arguments
        .region
        .as_ref()
        .map(|region| region.as_str().to_owned())
        .or_else(|| place::region(&pod.context));
    let save_as = arguments.save_as.as_ref().map(ProfileName::new);
    become_it::become_it(pod, role, token, region, save_as).map(Box::new).map(Outcome::Became)
}

/// `None` where none is named, and none is the current one.
fn place(arguments: &Arguments, contexts: &Contexts) -> Result<Option<Place>, Report> {
    let text = match (&arguments.context, &arguments.place) {
        (Some(context), _) => {
            contexts.has(context)?;
            return Ok(Some(Place {
                context: context.clone(),
                namespace: arguments.namespace.clone(),
                service_account: arguments.service_account.clone(),
            }));
        }
        (None, Some(text)) => text,
        (None, None) => return contexts.current(),
    };
    place::read(text, contexts).map(Some)
}
