//! Which link between a desk and a pod's role is broken, in words.

mod said;

use super::connect::Server;
use super::mend;
use crate::problem::{failed, files, listed, report};
use crate::say;
use kube::Error;
use kube::client::AuthError;
use rolecall_core::pod::{Pod, ROLE_ANNOTATION};
use rolecall_core::problem::{Kind, Report, foreign};

pub(super) const AGAIN: &str = "Try again in a while.";

/// What was being done.
pub(super) enum Doing {
    /// The sign-on to the cluster, before anything is asked.
    SignOn,
    /// In one namespace, or in all.
    List {
        namespace: Option<String>,
    },
    Read(Pod),
    Token(Pod),
}

/// Whether the server answered with that status.
pub(super) fn is(error: &Error, code: u16) -> bool {
    matches!(error, Error::Api(status) if status.code == code)
}

pub(super) fn of(error: &Error, doing: &Doing, server: &Server) -> Report {
    if let Some(error) = plugin_error(error) {
        return plugin(error, server);
    }
    match error {
        Error::Api(status) => refused(status.code, &status.message, doing, server),
        Error::Service(_) | Error::HyperError(_) | Error::RustlsTls(_) => not_reached(error, server),
        Error::ProxyProtocolUnsupported { .. } | Error::ProxyProtocolDisabled { .. } => files(
            "kube.proxy",
            &format!("The proxy of the context {} has a protocol that is not known here.", server.context),
            "Use http://, https:// or socks5:// in HTTPS_PROXY, or in proxy-url of the kubeconfig.",
        ),
        _ => failed(
            "kube.other",
            &format!("{} answered something that is not from Kubernetes.", server.address),
            "Check the address of the cluster in the kubeconfig, and whether a proxy answers in its place.",
        ),
    }
}

pub(super) fn too_slow(server: &Server) -> Report {
    failed(
        "kube.timeout",
        &format!("{} did not answer in time.", server.address),
        "Check the network and the VPN, then try again.",
    )
}

pub(super) fn plugin_hangs(server: &Server) -> Report {
    let command = server.plugin.as_ref().map_or("of the kubeconfig", |(command, _)| command);
    failed(
        "kube.plugin",
        &format!(
            "The plug-in {}, which signs on to {}, did not end in time.",
            foreign(command),
            server.context
        ),
        &format!("Finish what it waits for, if that is a sign-in, and try again. {}", by_hand(server)),
    )
}

pub(super) fn no_namespace(pod: &Pod) -> Report {
    files(
        "kube.no_namespace",
        &format!("{} has no namespace {}.", pod.context, pod.namespace),
        "Check its spelling and the context; `kubectl get namespaces` lists them.",
    )
}

/// With the names of others there, as far as they may be read.
pub(super) fn no_account(pod: &Pod, mut others: Vec<String>) -> Report {
    others.sort_by_cached_key(|name| strsim::damerau_levenshtein(name, &pod.service_account));
    let help = if others.is_empty() {
        format!(
            "Check its spelling and the namespace; `rolecall pod {}` lists those with a role.",
            say::quoted(&pod.context)
        )
    } else {
        format!("There are {}.", listed(&others))
    };
    let Pod { context, namespace, service_account } = pod;
    files(
        "kube.no_service_account",
        &format!("The namespace {namespace} of {context} has no service account {service_account}."),
        &help,
    )
}

pub(super) fn no_annotation(pod: &Pod) -> Report {
    let Pod { context, namespace, service_account } = pod;
    let context = say::quoted(context);
    let line = format!(
        "kubectl --context {context} -n {namespace} annotate serviceaccount {service_account} \
         {ROLE_ANNOTATION}=arn:aws:iam::ACCOUNT:role/NAME"
    );
    report(
        "pod.no_annotation",
        Kind::Files,
        &format!(
            "The service account {namespace}/{service_account} carries no role: it has no {ROLE_ANNOTATION}."
        ),
        "Give it one with the line below. If its pods have a role by EKS Pod Identity, that one is handed out on the \
         cluster's nodes only and cannot be taken at a desk.",
        Some(line),
    )
}

pub(super) fn no_role(pod: &Pod, annotation: &str) -> Report {
    let Pod { namespace, service_account, .. } = pod;
    files(
        "pod.not_a_role",
        &format!(
            "{ROLE_ANNOTATION} of {namespace}/{service_account} is '{}', which is no role's ARN.",
            foreign(annotation)
        ),
        "Correct the annotation: arn:aws:iam::ACCOUNT:role/NAME.",
    )
}

pub(super) fn other_audience(pod: &Pod, audiences: &[String], wanted: &str) -> Report {
    let Pod { context, .. } = pod;
    failed(
        "pod.other_audience",
        &format!("{context} gave a token for {}, not for {}.", listed(audiences), foreign(wanted)),
        "The API server, or a webhook of the cluster, changes what is asked for: ask whoever runs the cluster.",
    )
}

/// `why` completes "The token …".
pub(super) fn no_token(pod: &Pod, why: &str) -> Report {
    let Pod { context, .. } = pod;
    failed(
        "pod.token",
        &format!("The token that {context} gave {why}."),
        "Check that the address in the kubeconfig is the API server's own.",
    )
}

pub(super) fn private_issuer(pod: &Pod, issuer: &str) -> Report {
    let Pod { context, .. } = pod;
    failed(
        "pod.private_issuer",
        &format!("The tokens of {context} are issued by '{}', which AWS cannot reach.", foreign(issuer)),
        "Only a cluster whose issuer is public (https) can be an identity provider of AWS: EKS clusters are, kind and \
         minikube are not unless --service-account-issuer says so.",
    )
}

/// Whatever step it happened at.
fn plugin_error(error: &Error) -> Option<&AuthError> {
    if let Error::Auth(error) = error {
        return Some(error);
    }
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<AuthError>() {
            return Some(error);
        }
        source = error.source();
    }
    None
}

/// Never with what it printed on standard output: that may be a token.
fn plugin(error: &AuthError, server: &Server) -> Report {
    let (command, hint) = match &server.plugin {
        Some((command, hint)) => (foreign(command), hint.as_ref()),
        None => (String::new(), None),
    };
    let context = &server.context;
    let whose = format!("The plug-in {command}, which signs on to {context},");
    let (what, help) = match error {
        AuthError::AuthExecRun { out, .. } => {
            let (said, help) = said::said(&String::from_utf8_lossy(&out.stderr));
            let said = said.map_or(String::new(), |said| format!(": {said}"));
            (format!("{whose} failed ({}){said}.", out.status), help.unwrap_or_else(|| by_hand(server)))
        }
        AuthError::AuthExecStart(error) => {
            let hint = hint.map_or_else(
                || "Install it, or check PATH and the kubeconfig.".to_owned(),
                |hint| foreign(hint.trim()),
            );
            (format!("{whose} could not be run: {error}."), hint)
        }
        AuthError::AuthExecParse(_)
        | AuthError::ExecPluginFailed
        | AuthError::MalformedTokenExpirationDate(_)
        | AuthError::InvalidBearerToken(_) => {
            (format!("{whose} printed something that is no ExecCredential with a token."), by_hand(server))
        }
        AuthError::ReadTokenFile(error, path) => (
            format!("The token file {} of {context} could not be read: {error}.", path.display()),
            AGAIN.to_owned(),
        ),
        AuthError::MissingCommand => (
            format!("The plug-in that signs on to {context} has no command."),
            "Correct users[].user.exec.command in the kubeconfig.".to_owned(),
        ),
        _ => (
            format!("The sign-on to {context} is one that is not known here."),
            "Use an exec plug-in in the kubeconfig: auth-provider is gone from kubectl, too.".to_owned(),
        ),
    };
    failed("kube.plugin", &what, &help)
}

fn by_hand(server: &Server) -> String {
    format!("See it fail by itself: kubectl --context {} version", say::quoted(&server.context))
}

fn refused(code: u16, message: &str, doing: &Doing, server: &Server) -> Report {
    let context = &server.context;
    match code {
        401 => failed(
            "kube.unauthorized",
            &format!(
                "{context} does not know you: its API server takes none of the kubeconfig's credentials."
            ),
            "Sign in to the cluster anew; on EKS, check that an access entry names the role you are signed in with.",
        ),
        403 => forbidden(message, doing, server),
        404 => failed(
            "kube.other",
            &format!("{} does not know what was asked: {}.", server.address, foreign(message)),
            "Check the address of the cluster in the kubeconfig.",
        ),
        429 | 500..=599 => failed(
            "kube.busy",
            &format!("The API server of {context} has trouble of its own ({code}): {}.", foreign(message)),
            AGAIN,
        ),
        _ => failed(
            "kube.other",
            &format!("The API server of {context} refused ({code}): {}.", foreign(message)),
            "Look the message up, or give it to whoever runs the cluster.",
        ),
    }
}

fn forbidden(message: &str, doing: &Doing, server: &Server) -> Report {
    let context = &server.context;
    let user = user(message);
    let give = "Give the lines below to whoever runs the cluster.";
    match doing {
        Doing::SignOn | Doing::List { .. } => {
            let namespace = match doing {
                Doing::List { namespace } => namespace.as_deref(),
                _ => None,
            };
            let place =
                namespace.map_or_else(|| "all namespaces".to_owned(), |name| format!("the namespace {name}"));
            let (help, mend) = (give, mend::list(namespace, user));
            let command = say::quoted(&format!("{context}/NAMESPACE/SERVICEACCOUNT"));
            let help = format!(
                "It takes get and list of serviceaccounts. {help} If you know its name, rolecall pod {command} needs no list."
            );
            let what = format!("You may not list the service accounts of {place} in {context}.");
            report("kube.forbidden_list", Kind::SignIn, &what, &help, Some(mend))
        }
        Doing::Read(pod) => {
            let Pod { namespace, service_account, .. } = pod;
            report(
                "kube.forbidden_read",
                Kind::SignIn,
                &format!("You may not read the service account {namespace}/{service_account} in {context}."),
                &format!("It takes get of serviceaccounts. {give}"),
                Some(mend::read(pod, user)),
            )
        }
        Doing::Token(pod) => {
            let Pod { namespace, service_account, .. } = pod;
            report(
                "kube.forbidden_token",
                Kind::SignIn,
                &format!(
                    "You may not have tokens of the service account {namespace}/{service_account} in {context}."
                ),
                &format!("It takes create of serviceaccounts/token. {give}"),
                Some(mend::token(pod, user)),
            )
        }
    }
}

/// Whom the API server took one for: `serviceaccounts "till" is forbidden: User "ada" cannot get …`.
fn user(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("User \"")?;
    rest.split_once("\" cannot").map(|(user, _)| user).filter(|user| user.len() < 300)
}

fn not_reached(error: &Error, server: &Server) -> Report {
    let mut reasons = vec![];
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        reasons.push(error.to_string());
        source = error.source();
    }
    let Server { address, .. } = server;
    if let Some(reason) = reasons.iter().find(|reason| reason.contains("certificate")) {
        return failed(
            "kube.certificate",
            &format!("The certificate of {address} is not trusted: {}.", foreign(reason)),
            "Check certificate-authority-data in the kubeconfig, and whether a proxy shows a certificate of its own.",
        );
    }
    let through = server.proxy.as_ref().map_or(String::new(), |proxy| format!(" through the proxy {proxy}"));
    let reason = reasons.last().map_or_else(|| "no reason was given".to_owned(), |reason| foreign(reason));
    failed(
        "kube.unreachable",
        &format!("{address} could not be reached{through}: {reason}."),
        "Check the network and the VPN; a private endpoint of EKS is reached from its own network only.",
    )
}
