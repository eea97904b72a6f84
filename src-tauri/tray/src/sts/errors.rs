//! What STS and the way to it can answer, as problems.

use crate::proxy::Route;
use crate::web;
use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::refusal::{Caller, Refusal};

/// Maps the error of a call. `refusal` says who asked for which role, without AWS's words; `endpoint` and `region` are
/// for the words; `route` is how STS was to be reached.
pub(super) fn problem<E>(
    error: &SdkError<E, HttpResponse>,
    refusal: &Refusal,
    endpoint: &str,
    region: &str,
    route: &Route,
) -> Problem
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if let Some(problem) = blame_proxy(error, endpoint, route) {
        return problem;
    }
    let endpoint = endpoint.to_owned();
    match error {
        SdkError::TimeoutError(_) => Problem::AwsTimeout { endpoint },
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) if error.is_timeout() => Problem::AwsTimeout { endpoint },
            Some(error) => web::unreachable(endpoint, web::innermost(error)),
            None => Problem::AwsUnreachable { endpoint, reason: "the connection failed".into() },
        },
        SdkError::ServiceError(service) => {
            let error = service.err();
            match error.code() {
                Some(code) => of_code(code, error.message().unwrap_or_default(), refusal, &endpoint, region),
                None => Problem::AwsNotAws { endpoint },
            }
        }
        // The line was cut, or what came cannot be parsed.
        SdkError::ResponseError(_) => Problem::AwsNotAws { endpoint },
        other => {
            Problem::AwsUnreachable { endpoint, reason: foreign(&DisplayErrorContext(other).to_string()) }
        }
    }
}

fn blame_proxy<E>(error: &SdkError<E, HttpResponse>, endpoint: &str, route: &Route) -> Option<Problem>
where
    E: std::error::Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => route.trouble(endpoint, error, true),
        SdkError::DispatchFailure(failure) => {
            let error = failure.as_connector_error()?;
            route.trouble(endpoint, error, error.is_timeout())
        }
        _ => route.refusal(error.raw_response()?.status().as_u16()),
    }
}

/// The codes and messages of the AssumeRole calls (AWS STS API Reference, "Errors").
fn of_code(code: &str, message: &str, refusal: &Refusal, endpoint: &str, region: &str) -> Problem {
    let whole = message;
    let message = foreign(message);
    let by_token = matches!(refusal.caller, Caller::Token(_));
    match code {
        "ExpiredTokenException"
        | "ExpiredToken"
        | "InvalidIdentityToken"
        | "InvalidIdentityTokenException"
        | "IDPRejectedClaim"
        | "IDPRejectedClaimException"
            if by_token =>
        {
            Problem::TokenRefused { message }
        }
        // The identity provider does not answer AWS.
        "IDPCommunicationError" | "IDPCommunicationErrorException" => {
            Problem::AwsUnavailable { code: foreign(code) }
        }
        "ExpiredTokenException" | "ExpiredToken" => Problem::AwsExpired,
        "InvalidIdentityToken" | "InvalidIdentityTokenException" => Problem::AwsInvalidToken { message },
        // The reason stands at the end of a sentence that may be long.
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            let message = whole.to_owned();
            Problem::AwsAccessDenied { refusal: Box::new(Refusal { message, ..refusal.clone() }) }
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" => Problem::AwsInvalidClientToken {
            endpoint: endpoint.to_owned(),
            region: region.to_owned(),
            message,
        },
        // The same code says that the clock is wrong and that the signature is.
        "RequestExpired" | "RequestTimeTooSkewed" | "RequestInTheFuture" => Problem::AwsClock { message },
        "SignatureDoesNotMatch" | "InvalidSignatureException" | "IncompleteSignature"
            if is_time(&message) =>
        {
            Problem::AwsClock { message }
        }
        "SignatureDoesNotMatch" | "InvalidSignatureException" => Problem::AwsSignature { message },
        "IDPRejectedClaim" | "IDPRejectedClaimException" => Problem::AwsRejectedClaim { message },
        "RegionDisabledException" => Problem::AwsRegionDisabled { region: region.to_owned() },
        "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => Problem::AwsPolicyTooLarge { message },
        "ValidationError" | "ValidationException" if is_duration(&message) => {
            Problem::AwsDuration { message }
        }
        "InternalFailure" | "InternalError" | "InternalServiceException" | "ServiceUnavailable" => {
            Problem::AwsUnavailable { code: foreign(code) }
        }
        "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "SlowDown" => Problem::AwsThrottled,
        _ => Problem::AwsOther { code: foreign(code), message },
    }
}

/// "Signature expired: 20261122T080000Z is now earlier than …", "Signature not yet current: …".
fn is_time(message: &str) -> bool {
    message.contains("Signature expired") || message.contains("not yet current")
}

fn is_duration(message: &str) -> bool {
    message.contains("DurationSeconds") || message.contains("session limit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_core::role::RoleArn;
    use rolecall_core::web_identity::Claims;

    #[test]
    fn every_code_has_its_problem() {
        let refusal = |caller| Refusal {
            role: RoleArn::parse("arn:aws:iam::111111111111:role/A").expect("a role"),
            caller,
            external_id: false,
            message: String::new(),
        };
        let by_token = refusal(Caller::Token(Claims::default()));
        let refusal = refusal(Caller::Keys);
        for (code, message, expected) in [
            (
                "ExpiredTokenException",
                "Token must be redeemed within 5 minutes of issuance",
                "aws.expired_token",
            ),
            ("InvalidIdentityToken", "Response signature invalid", "aws.invalid_token"),
            ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", "aws.access_denied"),
            (
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                "aws.duration",
            ),
            (
                "ValidationError",
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
                "aws.duration",
            ),
            ("ValidationError", "1 validation error detected", "aws.other"),
            (
                "InvalidClientTokenId",
                "The security token included in the request is invalid",
                "aws.invalid_client_token",
            ),
            (
                "SignatureDoesNotMatch",
                "Signature expired: 20261122T080000Z is now earlier than 20261122T090000Z (20261122T091500Z - 15 min.)",
                "aws.clock",
            ),
            (
                "SignatureDoesNotMatch",
                "Signature not yet current: 20261122T100000Z is still later than 20261122T091500Z",
                "aws.clock",
            ),
            (
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
                "aws.signature",
            ),
            ("RequestExpired", "Request has expired.", "aws.clock"),
            ("IDPRejectedClaim", "x", "aws.rejected_claim"),
            ("RegionDisabledException", "x", "aws.region_disabled"),
            ("PackedPolicyTooLarge", "x", "aws.policy_too_large"),
            ("Throttling", "Rate exceeded", "aws.throttled"),
            ("InternalFailure", "x", "aws.unavailable"),
            ("Anything", "x", "aws.other"),
        ] {
            assert_eq!(
                of_code(code, message, &refusal, "https://sts.eu-west-1.amazonaws.com", "eu-west-1").code(),
                expected,
                "{code} {message}"
            );
        }
        for (code, expected) in [
            ("ExpiredTokenException", "token.refused"),
            ("InvalidIdentityToken", "token.refused"),
            ("AccessDenied", "aws.access_denied"),
            ("IDPCommunicationError", "aws.unavailable"),
        ] {
            assert_eq!(
                of_code(code, "x", &by_token, "https://sts.eu-west-1.amazonaws.com", "eu-west-1").code(),
                expected,
                "{code}"
            );
        }
    }
}
