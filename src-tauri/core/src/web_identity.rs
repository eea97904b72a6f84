//! The token of a web identity: what it says of whom, for display only. Its signature is AWS's to verify.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// AWS takes no longer one (STS API Reference, AssumeRoleWithWebIdentity).
pub const LONGEST: usize = 20_000;

/// What a token says (RFC 7519, "Registered Claim Names").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Claims {
    /// `iss`: who vouches for it.
    pub issuer: String,
    /// `sub`: whom it is about; `system:serviceaccount:NAMESPACE:NAME` for a pod.
    pub subject: String,
    /// `aud`: for whom it was made.
    pub audiences: Vec<String>,
    /// `exp`.
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub expires: Option<Timestamp>,
}

impl Claims {
    /// Reads a JSON Web Token's second part. The text may end with a line end.
    ///
    /// # Errors
    /// Why it is none, in words that complete "The token …".
    pub fn read(token: &str) -> Result<Self, &'static str> {
        #[derive(Deserialize)]
        struct Payload {
            #[serde(default)]
            iss: String,
            #[serde(default)]
            sub: String,
            #[serde(default)]
            aud: Audiences,
            exp: Option<f64>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Audiences {
            One(String),
            Several(Vec<String>),
        }
        impl Default for Audiences {
            fn default() -> Self {
                Self::Several(vec![])
            }
        }
        let token = token.trim();
        if token.is_empty() {
            return Err("is empty");
        }
        if token.len() > LONGEST {
            return Err("is longer than AWS takes");
        }
        let mut parts = token.split('.');
        let (Some(_), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("does not have the three parts of a JSON Web Token");
        };
        if signature.is_empty() {
            return Err("has no signature");
        }
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('='));
        let payload: Payload = payload
            .ok()
            .and_then(|payload| serde_json::from_slice(&payload).ok())
            .ok_or("cannot be read as a JSON Web Token")?;
        let audiences = match payload.aud {
            Audiences::One(one) => vec![one],
            Audiences::Several(several) => several,
        };
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let expires = payload.exp.and_then(|exp| Timestamp::from_second(exp as i64).ok());
        Ok(Self { issuer: payload.iss, subject: payload.sub, audiences, expires })
    }

    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn no_end_makes_it_panic() {
        for exp in [
            "-1",
            "0",
            "1e300",
            "-1e300",
            "253402300799",
            "253402300800",
            "9223372036854775807",
            "-377705116800",
            "1795000000.5",
        ] {
            let text = token(&format!(
                r#"{{"iss":"https://oidc.example.org","sub":"s","aud":"sts.amazonaws.com","exp":{exp}}}"#
            ));
            let claims = Claims::read(&text).expect(exp);
            for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
                claims.is_over(now);
            }
        }
    }

    #[test]
    fn what_a_service_account_s_token_says() {
        let text = token(
            r#"{"iss":"https://oidc.example.org/id/1","sub":"system:serviceaccount:shop:till","aud":["sts.amazonaws.com"],"exp":1795000000}"#,
        );
        let claims = Claims::read(&format!("{text}\n")).expect("claims");
        assert_eq!(claims.subject, "system:serviceaccount:shop:till");
        assert_eq!(claims.audiences, ["sts.amazonaws.com"]);
        let expires = claims.expires.expect("an end");
        assert!(claims.is_over(expires) && !claims.is_over(expires - jiff::SignedDuration::from_secs(1)));
        let one = Claims::read(&token(r#"{"aud":"x"}"#)).expect("claims");
        assert_eq!((one.audiences, one.expires), (vec!["x".to_owned()], None));
    }

    #[test]
    fn what_is_no_token() {
        let long = token(&" ".repeat(LONGEST));
        for text in ["", " \n", "a.b", "a.b.c.d", "a.!.c", "e30.e30.", "e30.bnVsbA.c", &long] {
            assert!(Claims::read(text).is_err(), "{text:.40}");
        }
    }
}
