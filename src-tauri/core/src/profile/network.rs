//! What a profile says about the way to AWS (AWS SDKs and Tools Reference Guide).

use super::Section;
use crate::client_environment::{NOT_BOOLEAN, boolean};
use crate::problem::Problem;
use std::path::PathBuf;

/// What the environment does not say, the profile may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileNetwork {
    /// `ca_bundle`: a file with more root certificates.
    pub ca_bundle: Option<PathBuf>,
    /// `use_fips_endpoint`.
    pub use_fips: Option<bool>,
    /// `use_dualstack_endpoint`.
    pub use_dualstack: Option<bool>,
}

impl ProfileNetwork {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, Problem> {
        let flag = |key: &str| {
            let value =
                section.get(key).map(|text| boolean(text).ok_or_else(|| section.invalid(key, NOT_BOOLEAN)));
            value.transpose()
        };
        Ok(Self {
            ca_bundle: section.get("ca_bundle").map(PathBuf::from),
            use_fips: flag("use_fips_endpoint")?,
            use_dualstack: flag("use_dualstack_endpoint")?,
        })
    }
}
