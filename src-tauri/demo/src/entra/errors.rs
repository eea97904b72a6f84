//! Entra's error codes ("Microsoft Entra authentication and authorization error codes") and their words.

/// What the error page says: `AADSTS700016` and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntraError {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl EntraError {
    pub(crate) fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), text: text.into() }
    }

    pub(crate) fn bad_request(detail: &str) -> Self {
        Self::new("AADSTS75005", format!("The request is not a valid Saml2 protocol message. {detail}"))
    }

    pub(crate) fn unknown_tenant(tenant: &str) -> Self {
        Self::new(
            "AADSTS90002",
            format!(
                "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
            ),
        )
    }

    pub(crate) fn unknown_application(application: &str, tenant: &str) -> Self {
        Self::new(
            "AADSTS700016",
            format!(
                "Application with identifier '{application}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
            ),
        )
    }

    pub(crate) fn reply_url(acs: &str, application: &str) -> Self {
        Self::new(
            "AADSTS50011",
            format!(
                "The reply URL '{acs}' specified in the request does not match the reply URLs configured for the application '{application}'."
            ),
        )
    }

    pub(crate) fn no_session() -> Self {
        Self::new("AADSTS50058", "A silent sign-in request was sent but no user is signed in.")
    }

    pub(crate) fn not_assigned(user: &str, application: &str) -> Self {
        Self::new(
            "AADSTS50105",
            format!(
                "Your administrator has configured the application '{application}' to block users unless they are specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator."
            ),
        )
    }

    pub(crate) fn not_compliant() -> Self {
        Self::new(
            "AADSTS53000",
            "Your device is required to be compliant to access this resource. Conditional Access policy requires a compliant device, and the device is not compliant.",
        )
    }

    pub(crate) fn lost_flow() -> Self {
        Self::new("AADSTS90100", "flowtoken parameter is empty or not valid.")
    }
}
