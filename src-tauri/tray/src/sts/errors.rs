//! What STS and the way to it can answer, as problems.

use crate::web;
use aws_sdk_sts::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use rolecall_core::problem::{Problem, foreign};
use rolecall_core::role::RoleArn;

/// Maps the error of a call for `role`; `endpoint` and `region` are for the words.
pub(super) fn problem<E, R>(error: &SdkError<E, R>, role: &RoleArn, endpoint: &str, region: &str) -> Problem
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    let endpoint = endpoint.to_owned();
    match error {
        SdkError::TimeoutError(_) => Problem::AwsTimeout { endpoint },
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) if error.is_timeout() => Problem::AwsTimeout { endpoint },
            Some(error) => Problem::AwsUnreachable { endpoint, reason: web::innermost(error) },
            None => Problem::AwsUnreachable { endpoint, reason: "the connection failed".into() },
        },
        SdkError::ServiceError(service) => {
            let error = service.err();
            match error.code() {
                Some(code) => of_code(code, error.message().unwrap_or_default(), role, region),
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

/// The codes and messages of AssumeRoleWithSAML (AWS STS API Reference, "Errors").
fn of_code(code: &str, message: &str, role: &RoleArn, region: &str) -> Problem {
    let message = foreign(message);
    match code {
        "ExpiredTokenException" | "ExpiredToken" => Problem::AwsExpired,
        "InvalidIdentityToken" | "InvalidIdentityTokenException" => Problem::AwsInvalidToken { message },
        "AccessDenied" | "AccessDeniedException" => Problem::AwsAccessDenied { role: role.clone() },
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

fn is_duration(message: &str) -> bool {
    message.contains("DurationSeconds") || message.contains("session limit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_problem() {
        let role = RoleArn::parse("arn:aws:iam::111111111111:role/A").expect("a role");
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
            ("IDPRejectedClaim", "x", "aws.rejected_claim"),
            ("RegionDisabledException", "x", "aws.region_disabled"),
            ("PackedPolicyTooLarge", "x", "aws.policy_too_large"),
            ("Throttling", "Rate exceeded", "aws.throttled"),
            ("InternalFailure", "x", "aws.unavailable"),
            ("Anything", "x", "aws.other"),
        ] {
            assert_eq!(of_code(code, message, &role, "eu-west-1").code(), expected, "{code} {message}");
        }
    }
}
