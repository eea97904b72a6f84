//! What the body of a posted form carries.

use rolecall_core::secret::Secret;

/// The first `SAMLResponse` of an `application/x-www-form-urlencoded` body, unless it is empty.
pub(crate) fn saml_response(body: &[u8]) -> Option<Secret> {
    let (_, value) = url::form_urlencoded::parse(body).find(|(name, _)| name == "SAMLResponse")?;
    (!value.is_empty()).then(|| Secret::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_of_posts() {
        let saml = |body: &str| saml_response(body.as_bytes()).map(|saml| saml.expose().to_owned());
        for (body, expected) in [
            ("SAMLResponse=PHg%2BL2E%3D&RelayState=", Some("PHg+L2E=")),
            ("RelayState=x&SAMLResponse=abc", Some("abc")),
            ("SAMLResponse=first&SAMLResponse=second", Some("first")),
            ("SAMLResponse=", None),
            ("samlresponse=abc", None),
            ("XSAMLResponse=abc", None),
            ("", None),
            ("--boundary\r\nContent-Disposition: form-data; name=\"SAMLResponse\"\r\n\r\nabc", None),
        ] {
            assert_eq!(saml(body).as_deref(), expected, "{body}");
        }
        assert_eq!(
            saml_response(b"SAMLResponse=\xff").map(|saml| saml.expose().to_owned()),
            Some("\u{fffd}".into())
        );
    }
}
