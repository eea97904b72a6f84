//! Roles of AWS: assumed with an assertion for as long as they allow, with another role's credentials, or with a token;
//! and AWS's errors as problems.

mod client;
mod errors;
mod take;

pub use client::{Endpoint, Sts};
pub use take::{Take, Taken, USUAL_DURATION, With};

use rolecall_core::credentials::Credentials;
use rolecall_core::problem::Problem;
use rolecall_core::role::{OfferedRole, RoleArn};
use rolecall_core::secret::Secret;

/// One role to assume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Whose STS endpoint answers.
    pub region: String,
    pub endpoint: Endpoint,
    pub role: OfferedRole,
    pub assertion: Secret,
    /// The address that it was posted to: the trust policy's `SAML:aud`.
    pub audience: String,
    /// What the profile asks for, 1 to 12.
    pub hours: u8,
    /// What the role was found to allow lately.
    pub known: Option<u8>,
}

/// An assumed role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: RoleArn,
    pub credentials: Credentials,
    /// Hours asked for and granted, where the role allows less.
    pub shortened: Option<(u8, u8)>,
    /// A limit found just now.
    pub limit: Option<u8>,
}

/// Assumes the role for as long as it allows, up to what was asked for. `call` asks STS for a number of hours.
///
/// A role's maximum is a whole number of hours to nearly everybody, and usually 1, 2, 4, 8 or 12: the search halves
/// what is left, so that eight hours take at most four calls, and what it finds is remembered.
///
/// # Errors
/// Whatever STS refuses for another reason than the duration; [`Problem::AwsDuration`] where it refuses one hour.
pub async fn assume_longest(
    ask: &Ask,
    mut call: impl AsyncFnMut(u8) -> Result<Credentials, Problem>,
) -> Result<Grant, Problem> {
    let first = ask.known.map_or(ask.hours, |known| known.min(ask.hours));
    let grant = |credentials, hours: u8, limit| Grant {
        role: ask.role.role.clone(),
        credentials,
        shortened: (hours < ask.hours).then_some((ask.hours, hours)),
        limit,
    };
    let refusal = match call(first).await {
        Ok(credentials) => return Ok(grant(credentials, first, None)),
        Err(problem @ Problem::AwsDuration { .. }) => problem,
        Err(problem) => return Err(problem),
    };
    let (mut granted, mut refused, mut whole) = (None, first, true);
    loop {
        let low = granted.as_ref().map_or(0, |(_, hours)| *hours);
        if refused - low <= 1 {
            break;
        }
        let hours = low + (refused - low) / 2;
        match call(hours).await {
            Ok(credentials) => granted = Some((credentials, hours)),
            Err(Problem::AwsDuration { .. }) => refused = hours,
            // What was granted on the way is good; a hiccup of the search does not take it away.
            Err(problem) if granted.is_none() => return Err(problem),
            Err(_) => {
                whole = false;
                break;
            }
        }
    }
    match granted {
        Some((credentials, hours)) => Ok(grant(credentials, hours, whole.then_some(hours))),
        None => Err(refusal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(hours: u8, known: Option<u8>) -> Ask {
        let role = OfferedRole::parse(
            "arn:aws:iam::111111111111:role/A,arn:aws:iam::111111111111:saml-provider/Entra",
        )
        .expect("a role");
        Ask {
            region: "us-east-1".into(),
            endpoint: Endpoint::default(),
            role,
            assertion: Secret::new("a"),
            audience: String::new(),
            hours,
            known,
        }
    }

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t"),
            expiration: "2026-11-22T16:00:00Z".parse().expect("an instant"),
        }
    }

    /// The hours that were asked for, and what came of it, with a role that allows `maximum` hours.
    fn play(ask: &Ask, maximum: u8) -> (Vec<u8>, Result<Grant, Problem>) {
        let mut asked = vec![];
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let result = runtime.block_on(assume_longest(ask, async |hours| {
            asked.push(hours);
            if hours > maximum {
                return Err(Problem::AwsDuration { message: "exceeds".into() });
            }
            Ok(credentials())
        }));
        (asked, result)
    }

    #[test]
    fn the_longest_whole_hour_is_found_in_few_calls() {
        for hours in 1..=12 {
            for maximum in 1..=12 {
                let (asked, grant) = play(&ask(hours, None), maximum);
                let grant = grant.expect("granted");
                let best = hours.min(maximum);
                assert!(asked.len() <= 5, "{asked:?}");
                assert_eq!(grant.shortened, (best < hours).then_some((hours, best)));
                assert_eq!(grant.limit, (best < hours).then_some(best));
            }
        }
        assert_eq!(play(&ask(8, None), 1).0, [8, 4, 2, 1]);
    }

    #[test]
    fn what_is_known_is_asked_for_first() {
        let (asked, grant) = play(&ask(8, Some(1)), 1);
        assert_eq!((asked, grant.expect("granted").shortened), (vec![1], Some((8, 1))));
        assert_eq!(play(&ask(2, Some(4)), 4).0, [2]);
    }

    #[test]
    fn a_refused_single_hour_is_said() {
        assert_eq!(play(&ask(1, None), 0).1.map_err(|p| p.code()), Err("aws.duration"));
        assert_eq!(play(&ask(8, None), 0).1.map_err(|p| p.code()), Err("aws.duration"));
    }
}
