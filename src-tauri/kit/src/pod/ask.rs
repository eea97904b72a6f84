//! What is asked of the API server: service accounts, and a token of one.

use super::connect::Asking;
use super::trouble::{self, Doing};
use crate::names::{Namespace, ObjectName};
use crate::say;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{self as core, ServiceAccount as Account};
use kube::api::{Api, ListParams, PostParams};
use rolecall_core::pod::{AUDIENCE, Pod, ROLE_ANNOTATION, ServiceAccount};
use rolecall_core::problem::{Report, foreign};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::web_identity::Claims;

/// The annotation of a service account whose tokens are for another audience than STS's own (Amazon EKS Pod Identity
/// Webhook).
const AUDIENCE_ANNOTATION: &str = "eks.amazonaws.com/audience";

/// Of one answer.
const PAGE: u32 = 500;
/// More are not looked at.
const PAGES: usize = 100;
/// Seconds; the role's session lasts longer than the token that began it.
const TOKEN_LASTS: i64 = 3600;

/// Service accounts with a role.
pub(super) struct Found {
    pub(super) accounts: Vec<ServiceAccount>,
    /// Where no other may be listed.
    pub(super) only_namespace: Option<String>,
}

/// Of a namespace, or of all of them; where that is not allowed, of the context's own.
pub(super) async fn accounts(
    asking: Asking,
    context: &str,
    namespace: Option<&str>,
) -> Result<Found, Report> {
    let all = |accounts| Found { accounts, only_namespace: None };
    if let Some(namespace) = namespace {
        let doing = Doing::List { namespace: Some(namespace.to_owned()) };
        let accounts = list(&asking, Some(namespace)).await;
        return accounts.map(all).map_err(|error| asking.trouble(&error, &doing));
    }
    let error = match list(&asking, None).await {
        Ok(accounts) => return Ok(all(accounts)),
        Err(error) => error,
    };
    let everywhere = Doing::List { namespace: None };
    if !trouble::is(&error, 403) {
        return Err(asking.trouble(&error, &everywhere));
    }
    let own = asking.server.namespace.clone();
    let accounts = list(&asking, Some(&own)).await;
    let accounts = accounts.map_err(|_| asking.trouble(&error, &everywhere))?;
    say::words(&format!(
        "note: you may list service accounts of the namespace {own} of {context} only; name another one with \
         rolecall pod {}",
        say::quoted(&format!("{context}/NAMESPACE"))
    ));
    Ok(Found { accounts, only_namespace: Some(own) })
}

async fn list(asking: &Asking, namespace: Option<&str>) -> Result<Vec<ServiceAccount>, kube::Error> {
    let client = asking.client.clone();
    let api: Api<Account> = match namespace {
        Some(namespace) => Api::namespaced(client, namespace),
        None => Api::all(client),
    };
    let mut found = vec![];
    let mut parameters = ListParams::default().limit(PAGE);
    for _ in 0..PAGES {
        let page = api.list(&parameters).await?;
        found.extend(page.items.iter().filter_map(carrier));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters.continue_token = Some(token),
            None => break,
        }
    }
    Ok(found)
}

/// One with a name that Kubernetes would not take is passed over: whatever answers there is something else.
fn carrier(account: &Account) -> Option<ServiceAccount> {
    let annotation = annotation(account, ROLE_ANNOTATION)?;
    Some(ServiceAccount {
        namespace: account.metadata.namespace.clone().filter(|text| text.parse::<Namespace>().is_ok())?,
        name: account.metadata.name.clone().filter(|text| text.parse::<ObjectName>().is_ok())?,
        role: RoleArn::parse(&annotation).ok(),
        annotation: foreign(&annotation),
    })
}

fn annotation(account: &Account, name: &str) -> Option<String> {
    account.metadata.annotations.as_ref()?.get(name).cloned()
}

/// The role of a service account, and a token of it that STS takes.
pub(super) async fn token(asking: Asking, pod: &Pod) -> Result<(RoleArn, Secret), Report> {
    let api: Api<Account> = Api::namespaced(asking.client.clone(), &pod.namespace);
    let account = match api.get(&pod.service_account).await {
        Ok(account) => account,
        Err(error) if trouble::is(&error, 404) => return Err(not_there(&asking, pod).await),
        Err(error) => return Err(asking.trouble(&error, &Doing::Read(pod.clone()))),
    };
    let role = annotation(&account, ROLE_ANNOTATION).ok_or_else(|| trouble::no_annotation(pod))?;
    let role = RoleArn::parse(&role).map_err(|_| trouble::no_role(pod, &role))?;
    let audience = annotation(&account, AUDIENCE_ANNOTATION).filter(|audience| !audience.is_empty());
    let audience = audience.unwrap_or_else(|| AUDIENCE.to_owned());
    let spec = TokenRequestSpec {
        audiences: Some(vec![audience.clone()]),
        expiration_seconds: Some(TOKEN_LASTS),
        ..TokenRequestSpec::default()
    };
    let request = TokenRequest { spec: Some(spec), ..TokenRequest::default() };
    let answer = api
        .create_token_request(&pod.service_account, &PostParams::default(), &request)
        .await
        .map_err(|error| asking.trouble(&error, &Doing::Token(pod.clone())))?;
    let token = Secret::new(answer.status.and_then(|status| status.token).unwrap_or_default());
    let claims = Claims::read(token.expose()).map_err(|why| trouble::no_token(pod, why))?;
    judge(pod, &claims, &audience)?;
    Ok((role, token))
}

/// Whether AWS could take it at all.
fn judge(pod: &Pod, claims: &Claims, audience: &str) -> Result<(), Report> {
    if !claims.audiences.iter().any(|given| given == audience) {
        return Err(trouble::other_audience(pod, &claims.audiences, audience));
    }
    let subject = format!("system:serviceaccount:{}:{}", pod.namespace, pod.service_account);
    if claims.subject != subject {
        return Err(trouble::no_token(pod, &format!("is about {}", foreign(&claims.subject))));
    }
    let public = claims.issuer.starts_with("https://") && !claims.issuer.contains(".cluster.local");
    if !public || claims.issuer.trim_end_matches('/').ends_with(".svc") {
        return Err(trouble::private_issuer(pod, &claims.issuer));
    }
    Ok(())
}

/// The namespace, or the service account in it; where neither can be looked up, either.
async fn not_there(asking: &Asking, pod: &Pod) -> Report {
    let namespaces: Api<core::Namespace> = Api::all(asking.client.clone());
    if let Err(error) = namespaces.get(&pod.namespace).await
        && trouble::is(&error, 404)
    {
        return trouble::no_namespace(pod);
    }
    let others = list_names(asking, &pod.namespace).await;
    trouble::no_account(pod, others)
}

/// Best effort.
async fn list_names(asking: &Asking, namespace: &str) -> Vec<String> {
    let api: Api<Account> = Api::namespaced(asking.client.clone(), namespace);
    let page = api.list(&ListParams::default().limit(PAGE)).await;
    let names = page.into_iter().flat_map(|page| page.items).filter_map(|account| account.metadata.name);
    names.filter(|name| name.parse::<ObjectName>().is_ok()).collect()
}
