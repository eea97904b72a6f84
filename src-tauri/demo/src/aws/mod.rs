//! The make-believe AWS: STS at `/`, console federation at `/federation` and `/oauth`, the assertion consumer service
//! at `/saml`.

mod call;
mod console;
mod errors;
mod faults;
mod keys;
mod sign_in;
pub mod signature;
mod sts;

pub(crate) use console::Tokens;
pub use faults::{Fault, Faults};
pub use keys::Issued;
pub(crate) use keys::Keys;

use crate::log::Kind;
use crate::server::World;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use call::Call;
use std::sync::Arc;

/// More than STS takes: the limits below it are STS's to tell.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new().fallback(answer).with_state(world)
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let call = Call::read(&parts, &body);
    let kind = match call.path.as_str() {
        "/" => Kind::Sts(call.action().to_owned()),
        "/federation" => Kind::Federation(call.action().to_owned()),
        "/oauth" => Kind::Oauth(call.action().to_owned()),
        path if is_acs(path) && call.method == "POST" => {
            let browser = call.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla/"));
            if browser { Kind::Acs } else { Kind::AccountNames }
        }
        _ => Kind::Other,
    };
    world.saw(&call.method, &call.path, kind.clone());
    if matches!(kind, Kind::Sts(_) | Kind::Federation(_))
        && let Some(fault) = world.faults.take()
    {
        return fault.answer().await;
    }
    match kind {
        Kind::Sts(_) => sts::answer(&world, &call),
        Kind::Federation(_) => console::federation(&world, &call),
        Kind::Oauth(_) => console::oauth(&world, &call),
        Kind::Acs | Kind::AccountNames => sign_in::accounts(&world, &call),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn is_acs(path: &str) -> bool {
    path == "/saml" || path.starts_with("/saml/")
}
