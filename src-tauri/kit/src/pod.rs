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
use ask::Found;
use connect::Connection;
use contexts::Contexts;
use place::Place;
use rolecall_core::draft;
use rolecall_core::message::window::Told;
use rolecall_core::pod::{Became, Pod, Pods};
use rolecall_core::problem::{Problem, Report, foreign};
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
    /// One line for the background service, whatever comes of it
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
        say::json(&told, false);
        return Ok(ExitCode::SUCCESS);
    }
    match outcome? {
        Outcome::Pods(pods) if arguments.json => say::json(&pods, true),
        Outcome::Became(became) if arguments.json => say::json(&became, true),
        Outcome::Pods(pods) => show::pods(&pods)?,
        Outcome::Became(became) => show::became(&became),
    }
    Ok(ExitCode::SUCCESS)
}

fn outcome(arguments: &Arguments) -> Result<Outcome, Report> {
    if let Some(name) = &arguments.save_as {
        legal(name)?;
    }
    let contexts = Contexts::read(&|name| std::env::var_os(name))?;
    let place = match place(arguments, &contexts) {
        Ok(Some(place)) => place,
        Ok(None) => return Ok(Outcome::Pods(Pods { contexts: contexts.names(), ..Pods::default() })),
        Err(problem) if arguments.service_account.is_none() => {
            return without(arguments, &contexts, None, problem);
        }
        Err(problem) => return Err(problem),
    };
    let interactive = !arguments.told && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let Place { context, namespace, service_account } = place;
    let connection = Connection::open(&contexts, &context, interactive);
    let (Some(namespace), Some(service_account)) = (namespace.clone(), service_account) else {
        let found = connection.and_then(|connection| {
            connection.run(async |client| ask::accounts(client, &context, namespace.as_deref()).await)
        });
        return match found {
            Ok(Found { accounts, only_namespace }) => {
                let (contexts, context) = (contexts.names(), Some(context));
                Ok(Outcome::Pods(Pods { contexts, context, accounts, only_namespace, problem: None }))
            }
            Err(problem) => without(arguments, &contexts, Some(context), problem),
        };
    };
    let pod = Pod { context, namespace, service_account };
    let (role, token) = connection?.run(async |client| ask::token(client, &pod).await)?;
    let region = arguments
        .region
        .as_ref()
        .map(|region| region.as_str().to_owned())
        .or_else(|| place::region(&pod.context));
    let save_as = arguments.save_as.as_ref().map(ProfileName::new);
    let by_hand = !arguments.told && save_as.is_none();
    let became = become_it::become_it(pod.clone(), role, token, region, save_as);
    let became = became.map_err(|problem| if by_hand { name_one(problem, &pod) } else { problem })?;
    Ok(Outcome::Became(Box::new(became)))
}

/// The context could not be looked at: a window shows the names all the same, so that another one can be chosen.
fn without(
    arguments: &Arguments,
    contexts: &Contexts,
    context: Option<String>,
    problem: Report,
) -> Result<Outcome, Report> {
    if !arguments.told {
        return Err(problem);
    }
    let (contexts, problem) = (contexts.names(), Some(problem));
    Ok(Outcome::Pods(Pods { contexts, context, problem, ..Pods::default() }))
}

/// `None` where none is named, and none is the current one.
fn place(arguments: &Arguments, contexts: &Contexts) -> Result<Option<Place>, Report> {
    let text = match (&arguments.context, &arguments.place) {
        (Some(context), _) => {
            contexts.has(context)?;
            let (namespace, service_account) = (&arguments.namespace, &arguments.service_account);
            return Place::new(context, namespace.as_ref(), service_account.as_ref()).map(Some);
        }
        (None, Some(text)) => text,
        (None, None) => return contexts.current(),
    };
    place::read(text, contexts).map(Some)
}

/// The resident process would refuse it, too, after everybody has been asked.
fn legal(name: &str) -> Result<(), Report> {
    if !name.is_empty() && draft::legal_name(name) == name {
        return Ok(());
    }
    let reason = "must be letters, digits and _-.@:+ as every AWS tool reads them".to_owned();
    Err(Problem::NameInvalid { name: foreign(name), reason }.report())
}

/// The usual name is another profile's: of another cluster's pod, mostly.
fn name_one(problem: Report, pod: &Pod) -> Report {
    if problem.code != "config.profile_taken" {
        return problem;
    }
    let help = format!("Choose another name: rolecall pod {} --as NAME.", say::quoted(&pod.to_string()));
    Report { help, ..problem }
}
