//! STS: the five actions that Rolecall or its users call, with AWS's limits and words.

use super::call::Call;
use super::errors::{Refusal, xml};
use super::keys::Issued;
use super::signature::{Claim, Request};
use crate::assertions::Assertion;
use crate::clock::{seconds, span};
use crate::entra::escape;
use crate::server::World;
use crate::world::{Role, Trusting};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(3600);
/// An assertion can be redeemed this long after its issue.
const REDEMPTION: Duration = Duration::from_secs(5 * 60);
const ASSERTION_LIMIT: usize = 100_000;

pub(crate) fn answer(world: &World, call: &Call) -> Response {
    let answered = match call.action() {
        "AssumeRoleWithSAML" => with_saml(world, call),
        "AssumeRoleWithWebIdentity" => with_web_identity(world, call),
        "AssumeRole" => chained(world, call),
        "GetCallerIdentity" => caller_identity(world, call),
        "" => Err(Refusal::new(400, "MissingAction", "Missing Action")),
        other => Err(Refusal::new(
            400,
            "InvalidAction",
            format!("Could not find operation {other} for version 2011-06-15"),
        )),
    };
    match answered {
        Ok(result) => {
            let (action, request_id) = (call.action(), Uuid::new_v4());
            let body = format!(
                r#"<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <{action}Result>
{result}
  </{action}Result>
  <ResponseMetadata>
    <RequestId>{request_id}</RequestId>
  </ResponseMetadata>
</{action}Response>
"#
            );
            xml(StatusCode::OK, request_id, body)
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn with_saml(world: &World, call: &Call) -> Result<String, Refusal> {
    const ACTION: &str = "AssumeRoleWithSAML";
    let wanted = call.get("RoleArn").ok_or_else(|| Refusal::missing("roleArn"))?;
    let principal = call.get("PrincipalArn").ok_or_else(|| Refusal::missing("principalArn"))?;
    let encoded = call.get("SAMLAssertion").ok_or_else(|| Refusal::missing("sAMLAssertion"))?;
    let duration = duration(call)?;
    for (arn, member) in [(wanted, "roleArn"), (principal, "principalArn")] {
        arn_length(arn, member)?;
    }
    if !(4..=ASSERTION_LIMIT).contains(&encoded.len()) {
        let bound = format!("Member must have length less than or equal to {ASSERTION_LIMIT}");
        return Err(Refusal::constraint("***", "sAMLAssertion", &bound));
    }
    let invalid = |text: &str| Refusal::new(400, "InvalidIdentityToken", text);
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| invalid("Invalid base64 SAMLResponse"))?;
    let Some(assertion) = world.assertions.genuine(&decoded) else {
        return Err(match std::str::from_utf8(&decoded).map(roxmltree::Document::parse) {
            Ok(Ok(_)) => invalid(
                "Response signature invalid (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: AuthSamlInvalidSamlResponseException)",
            ),
            _ => invalid("Not a valid SAML response"),
        });
    };
    let now = world.clock.now();
    if now > assertion.issued_at + span(REDEMPTION) {
        let text = "Token must be redeemed within 5 minutes of issuance";
        return Err(Refusal::new(400, "ExpiredTokenException", text));
    }
    let offered = assertion.roles.iter().find(|role| role.arn == wanted && role.provider == principal);
    let role = offered.ok_or_else(|| Refusal::not_authorized(ACTION))?;
    within_role(duration, role)?;
    let mut until = end(world, now, duration);
    if let Some(deadline) = assertion.session_not_on_or_after {
        until = until.min(deadline);
    }
    let issued = world.keys.issue(role, &assertion.user, until, false);
    Ok(format!("{}{}", assumed(&issued), saml_facts(&assertion)))
}

fn saml_facts(assertion: &Assertion) -> String {
    let Assertion { user, issuer, audience, .. } = assertion;
    format!(
        "
    <Subject>{}</Subject>
    <SubjectType>persistent</SubjectType>
    <Issuer>{}</Issuer>
    <Audience>{}</Audience>
    <NameQualifier>make-believe</NameQualifier>",
        escape(user),
        escape(issuer),
        escape(audience)
    )
}

fn with_web_identity(world: &World, call: &Call) -> Result<String, Refusal> {
    const ACTION: &str = "AssumeRoleWithWebIdentity";
    let wanted = call.get("RoleArn").ok_or_else(|| Refusal::missing("roleArn"))?;
    let token = call.get("WebIdentityToken").ok_or_else(|| Refusal::missing("webIdentityToken"))?;
    let session = session_name(call)?;
    let duration = duration(call)?;
    let invalid = |text: &str| Refusal::new(400, "InvalidIdentityToken", text);
    let claims = token
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
        .ok_or_else(|| invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"))?;
    let audience = &claims["aud"];
    let for_sts = |value: &serde_json::Value| value == "sts.amazonaws.com";
    if !for_sts(audience) && !audience.as_array().is_some_and(|all| all.iter().any(for_sts)) {
        return Err(invalid("Incorrect token audience"));
    }
    let now = world.clock.now();
    if claims["exp"].as_i64().is_some_and(|exp| exp <= now.as_second()) {
        return Err(Refusal::new(
            400,
            "ExpiredTokenException",
            "Token expired: current date/time must be before the expiration date/time",
        ));
    }
    let role = world.options.web_identity_roles.iter().find(|role| role.arn == wanted);
    let role = role.ok_or_else(|| Refusal::not_authorized(ACTION))?;
    within_role(duration, role)?;
    let issued = world.keys.issue(role, session, end(world, now, duration), false);
    let subject = escape(claims["sub"].as_str().unwrap_or_default());
    let facts = format!(
        "\n    <SubjectFromWebIdentityToken>{subject}</SubjectFromWebIdentityToken>\n    <Audience>sts.amazonaws.com</Audience>"
    );
    Ok(format!("{}{facts}", assumed(&issued)))
}

fn chained(world: &World, call: &Call) -> Result<String, Refusal> {
    let caller = signer(world, call)?;
    let wanted = call.get("RoleArn").ok_or_else(|| Refusal::missing("roleArn"))?;
    let session = session_name(call)?;
    let duration = duration(call)?;
    let trusts = |trusting: &&Trusting| {
        let from = trusting.from.as_ref().is_none_or(|from| caller.is_session_of(from));
        let external_id = trusting.external_id.as_deref();
        trusting.role.arn == wanted && from && external_id.is_none_or(|id| call.get("ExternalId") == Some(id))
    };
    let Some(Trusting { role, .. }) = world.options.chained_roles.iter().find(trusts) else {
        let text = format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {wanted}",
            caller.arn
        );
        return Err(Refusal::new(403, "AccessDenied", text));
    };
    if duration > HOUR {
        let text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(Refusal::validation(text));
    }
    let issued = world.keys.issue(role, session, end(world, world.clock.now(), duration), true);
    Ok(assumed(&issued))
}

fn caller_identity(world: &World, call: &Call) -> Result<String, Refusal> {
    let caller = signer(world, call)?;
    Ok(format!(
        "    <Arn>{}</Arn>\n    <UserId>{}</UserId>\n    <Account>{}</Account>",
        escape(&caller.arn),
        escape(&caller.user_id),
        caller.account
    ))
}

/// Whose keys signed the call: key, token, signature and expiry must all be right.
fn signer(world: &World, call: &Call) -> Result<Issued, Refusal> {
    let request = Request {
        method: &call.method,
        path: &call.path,
        raw_query: &call.raw_query,
        headers: &call.headers,
        body: &call.body,
    };
    let claim = Claim::read(&request).ok_or_else(|| {
        Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    })?;
    let unknown = || {
        Refusal::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    };
    let issued = world.keys.find(&claim.access_key_id).ok_or_else(unknown)?;
    let token = call.header("x-amz-security-token").or_else(|| call.get("X-Amz-Security-Token"));
    if token != Some(issued.session_token.as_str()) {
        return Err(unknown());
    }
    if !claim.holds(&request, &issued.secret_access_key) {
        let text = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
        return Err(Refusal::new(403, "SignatureDoesNotMatch", text));
    }
    if world.clock.now() >= issued.expiration {
        return Err(Refusal::new(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        ));
    }
    Ok(issued)
}

fn duration(call: &Call) -> Result<Duration, Refusal> {
    let Some(text) = call.get("DurationSeconds") else { return Ok(HOUR) };
    let refuse = |constraint: &str| Refusal::constraint(text, "durationSeconds", constraint);
    match text.parse::<u64>() {
        Ok(seconds) if seconds < 900 => Err(refuse("Member must have value greater than or equal to 900")),
        Ok(seconds) if seconds > 43_200 => Err(refuse("Member must have value less than or equal to 43200")),
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => Err(Refusal::new(400, "MalformedInput", "DurationSeconds is not a number")),
    }
}

fn within_role(duration: Duration, role: &Role) -> Result<(), Refusal> {
    let text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    if duration > role.max_session { Err(Refusal::validation(text)) } else { Ok(()) }
}

fn arn_length(arn: &str, member: &str) -> Result<(), Refusal> {
    let text = "Member must have length greater than or equal to 20";
    if arn.len() < 20 { Err(Refusal::constraint(arn, member, text)) } else { Ok(()) }
}

fn session_name(call: &Call) -> Result<&str, Refusal> {
    let name = call.get("RoleSessionName").ok_or_else(|| Refusal::missing("roleSessionName"))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (2..=64).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(name);
    }
    let pattern = r"Member must satisfy regular expression pattern: [\w+=,.@-]*";
    Err(Refusal::constraint(name, "roleSessionName", pattern))
}

fn end(world: &World, now: Timestamp, asked: Duration) -> Timestamp {
    let asked = asked / world.options.speed.max(1);
    now + span(world.options.session_length.map_or(asked, |most| most.min(asked)))
}

fn assumed(issued: &Issued) -> String {
    format!(
        "    <AssumedRoleUser>
      <Arn>{}</Arn>
      <AssumedRoleId>{}</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>{}</AccessKeyId>
      <SecretAccessKey>{}</SecretAccessKey>
      <SessionToken>{}</SessionToken>
      <Expiration>{}</Expiration>
    </Credentials>
    <PackedPolicySize>0</PackedPolicySize>",
        escape(&issued.arn),
        escape(&issued.user_id),
        issued.access_key_id,
        issued.secret_access_key,
        issued.session_token,
        seconds(issued.expiration)
    )
}
