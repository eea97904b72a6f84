//! `CONTEXT[/NAMESPACE[/SERVICEACCOUNT]]`, where a context's name may itself hold `/` and `:`.

use super::contexts::Contexts;
use crate::names::ObjectName;
use crate::problem::files;
use rolecall_core::problem::{Report, foreign};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) context: String,
    pub(super) namespace: Option<String>,
    pub(super) service_account: Option<String>,
}

pub(super) fn read(text: &str, contexts: &Contexts) -> Result<Place, Report> {
    let Some((context, rest)) = split(text, &contexts.names()) else { return Err(contexts.unknown(text)) };
    let parts: Vec<_> = rest.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let (namespace, service_account) = match parts.as_slice() {
        [] => (None, None),
        [namespace] => (Some(namespace), None),
        [namespace, account] => (Some(namespace), Some(account)),
        _ => return Err(too_much(&context, rest)),
    };
    Place::new(&context, namespace, service_account)
}

impl Place {
    pub(super) fn new(
        context: &str,
        namespace: Option<&String>,
        service_account: Option<&String>,
    ) -> Result<Self, Report> {
        // They become part of an address.
        for part in [namespace, service_account].into_iter().flatten() {
            part.parse::<ObjectName>().map_err(|why| no_name(part, &why))?;
        }
        let (namespace, service_account) = (namespace.cloned(), service_account.cloned());
        Ok(Self { context: context.to_owned(), namespace, service_account })
    }
}

/// The region of a context that EKS named: `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`.
pub(super) fn region(context: &str) -> Option<String> {
    let mut parts = context.split(':');
    let eks = parts.next() == Some("arn") && parts.next().is_some() && parts.next() == Some("eks");
    parts.next().filter(|region| eks && !region.is_empty()).map(str::to_owned)
}

/// The longest context that the text begins with, and what follows it.
fn split<'t>(text: &'t str, contexts: &[String]) -> Option<(String, &'t str)> {
    let begins = contexts.iter().filter_map(|context| {
        let rest = text.strip_prefix(context.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some((context, rest))
    });
    begins.max_by_key(|(context, _)| context.len()).map(|(context, rest)| (context.clone(), rest))
}

fn too_much(context: &str, rest: &str) -> Report {
    files(
        "kube.place",
        &format!(
            "After the context {context}, '{}' is more than a namespace and a service account.",
            foreign(rest)
        ),
        "Write CONTEXT/NAMESPACE/SERVICEACCOUNT.",
    )
}

fn no_name(part: &str, why: &str) -> Report {
    files(
        "kube.place",
        &format!("'{}' cannot be the name of a namespace or a service account: {why}.", foreign(part)),
        "Write CONTEXT/NAMESPACE/SERVICEACCOUNT.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::config::{Kubeconfig, NamedContext};

    const ARN: &str = "arn:aws:eks:eu-central-1:111111111111:cluster/shop";

    fn read_in(text: &str) -> Result<(String, Option<String>, Option<String>), String> {
        let named = |name: &str| NamedContext { name: name.to_owned(), ..NamedContext::default() };
        let contexts = ["kind", "kind/two", ARN].map(named).to_vec();
        let contexts = Contexts { kubeconfig: Kubeconfig { contexts, ..Kubeconfig::default() } };
        let place = read(text, &contexts).map_err(|report| format!("{} {}", report.code, report.help))?;
        Ok((place.context, place.namespace, place.service_account))
    }

    #[test]
    fn the_longest_context_counts() {
        let full = |context: &str, parts: &[&str]| {
            let part = |at: usize| parts.get(at).map(|part| (*part).to_owned());
            Ok((context.to_owned(), part(0), part(1)))
        };
        for (text, place) in [
            ("kind", full("kind", &[])),
            ("kind/", full("kind", &[])),
            ("kind/shop", full("kind", &["shop"])),
            ("kind/shop/till", full("kind", &["shop", "till"])),
            ("kind/two", full("kind/two", &[])),
            ("kind/two/shop/till", full("kind/two", &["shop", "till"])),
            (&format!("{ARN}/shop/till.v2"), full(ARN, &["shop", "till.v2"])),
        ] {
            assert_eq!(read_in(text), place, "{text}");
        }
    }

    #[test]
    fn what_is_no_place() {
        for (text, code) in [
            ("kind/a/b/c", "kube.place"),
            ("kind/Shop", "kube.place"),
            ("kind/../b", "kube.place"),
            ("kind/a/b?x", "kube.place"),
            ("kinds", "kube.no_context It has 'kind'"),
            ("knid/two/shop/till", "kube.no_context It has 'kind/two'"),
            ("", "kube.no_context It has 'kind'"),
        ] {
            let wrong = read_in(text).expect_err(text);
            assert!(wrong.starts_with(code), "{text}: {wrong}");
        }
    }

    #[test]
    fn eks_names_its_region() {
        assert_eq!(region(ARN).as_deref(), Some("eu-central-1"));
        assert_eq!((region("kind"), region("arn:aws:iam::1:x")), (None, None));
    }
}
