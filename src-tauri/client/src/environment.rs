//! What the environment of this process says about every request. Built here, and nowhere else.

use rolecall_core::client_environment::ClientEnvironment;
use rolecall_core::profile::ProfileName;
use std::ffi::OsString;

/// Sent with every request.
pub fn environment() -> ClientEnvironment {
    ClientEnvironment::read(&variable)
}

/// The profile that AWS tools use here where none is named: `AWS_DEFAULT_PROFILE`, else `AWS_PROFILE`.
pub fn profile() -> Option<ProfileName> {
    rolecall_core::client_environment::AwsVariables::read(&variable).profile().map(ProfileName::new)
}

/// Without `HOME`, AWS tools look for the user's home folder where the system lists its users.
fn variable(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name);
    if name != "HOME" || cfg!(windows) {
        return value;
    }
    value.or_else(|| std::env::home_dir().map(OsString::from))
}
