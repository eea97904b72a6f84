//! AssumeRole and AssumeRoleWithWebIdentity: a role with another's credentials, or with a token.

use super::client::{Endpoint, Sts, credentials_of};
use super::errors;
use crate::token;
use jiff::Timestamp;
use rolecall_core::credentials::Credentials;
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::refusal::{Caller, Refusal};
use rolecall_core::role::RoleArn;
use rolecall_core::secret::Secret;
use rolecall_core::web_identity::Claims;
use std::path::PathBuf;
use std::time::Duration;

/// One role to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Whose STS endpoint answers.
    pub region: String,
    pub endpoint: Endpoint,
    pub role: RoleArn,
    pub with: With,
    pub session_name: String,
    pub external_id: Option<String>,
    /// Seconds.
    pub duration: u32,
}

/// What it is taken with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum With {
    /// Credentials, and the role that they are for, where that is known.
    Keys {
        credentials: Credentials,
        role: Option<RoleArn>,
    },
    /// Read at this moment: whoever writes it writes it anew before it ends.
    TokenFile(PathBuf),
    Token(Secret),
}

/// A role that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub credentials: Credentials,
    /// Who AWS says one is now.
    pub arn: String,
    /// Of the token.
    pub claims: Option<Claims>,
}

/// What AWS gives where nobody says, in seconds; and what every role allows.
pub const USUAL_DURATION: u32 = 3600;

const TOKEN_TIME: Duration = Duration::from_secs(10);

/// A call's answer: credentials and who one is.
type Answer = (Option<aws_sdk_sts::types::Credentials>, Option<aws_sdk_sts::types::AssumedRoleUser>);

impl Sts {
    /// # Errors
    /// [`Problem::TokenFile`], [`Problem::TokenOver`], or a problem for each thing that AWS, the network or a proxy
    /// can say.
    pub async fn take(&self, take: &Take, now: Timestamp) -> Result<Taken, Problem> {
        let (caller, token) = match &take.with {
            With::Keys { role, .. } => (role.clone().map_or(Caller::Keys, Caller::Role), None),
            With::TokenFile(path) => {
                let path = path.clone();
                let shown = foreign(&path.display().to_string());
                let read = tokio::task::spawn_blocking(move || token::read(&path, now));
                // A network's file system may never answer.
                let slow = || Problem::TokenFile { path: shown, reason: "could not be read in time".into() };
                let read = tokio::time::timeout(TOKEN_TIME, read).await.ok().and_then(Result::ok);
                let (token, claims) = read.unwrap_or_else(|| Err(slow()))?;
                (Caller::Token(claims), Some(token))
            }
            With::Token(token) => {
                let refused = |reason: &str| Problem::TokenRefused { message: format!("the token {reason}") };
                (Caller::Token(Claims::read(token.expose()).map_err(refused)?), Some(token.clone()))
            }
        };
        let claims = match &caller {
            Caller::Token(claims) => Some(claims.clone()),
            _ => None,
        };
        let refusal = Refusal {
            role: take.role.clone(),
            caller,
            external_id: take.external_id.is_some(),
            message: String::new(),
        };
        let _turn = self.turn().await;
        let (credentials, arn) = match self.call_for(take, token.as_ref(), &refusal, take.duration).await {
            Err(Problem::AwsDuration { .. }) if take.duration > USUAL_DURATION => {
                self.call_for(take, token.as_ref(), &refusal, USUAL_DURATION).await?
            }
            answer => answer?,
        };
        Ok(Taken { credentials, arn, claims })
    }

    async fn call_for(
        &self,
        take: &Take,
        token: Option<&Secret>,
        refusal: &Refusal,
        seconds: u32,
    ) -> Result<(Credentials, String), Problem> {
        let duration = i32::try_from(seconds).unwrap_or(i32::MAX);
        let endpoint = take.endpoint.shown(&take.region);
        let (credentials, user): Answer = match token {
            Some(token) => {
                let client = self.client(&take.endpoint, &take.region, None).await?;
                let call = client
                    .sts
                    .assume_role_with_web_identity()
                    .role_arn(take.role.as_str())
                    .role_session_name(&take.session_name)
                    .web_identity_token(token.expose())
                    .duration_seconds(duration);
                let answer = call.send().await;
                let answer = answer.map_err(|error| {
                    errors::problem(&error, refusal, &endpoint, &take.region, &client.route)
                })?;
                (answer.credentials, answer.assumed_role_user)
            }
            None => {
                let With::Keys { credentials, .. } = &take.with else {
                    return Err(Problem::AwsNotAws { endpoint });
                };
                let client = self.client(&take.endpoint, &take.region, Some(credentials)).await?;
                let call = client
                    .sts
                    .assume_role()
                    .role_arn(take.role.as_str())
                    .role_session_name(&take.session_name)
                    .set_external_id(take.external_id.clone())
                    .duration_seconds(duration);
                let answer = call.send().await;
                let answer = answer.map_err(|error| {
                    errors::problem(&error, refusal, &endpoint, &take.region, &client.route)
                })?;
                (answer.credentials, answer.assumed_role_user)
            }
        };
        let arn = user.map(|user| user.arn).unwrap_or_default();
        Ok((credentials_of(credentials.as_ref(), &take.endpoint, &take.region)?, arn))
    }
}
