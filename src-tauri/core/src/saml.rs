//! The SAML sign-on with Entra as far as it is ours: the request, the answer, and where the answer may go.

pub mod acs;
pub mod identity_center;
pub mod request;
pub mod response;
