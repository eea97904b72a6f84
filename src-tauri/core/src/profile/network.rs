//! What a profile says about the way to AWS (AWS SDKs and Tools Reference Guide).

use super::Section;
use crate::aws_files::document::{Document, unquoted};
use crate::client_environment::{NOT_BOOLEAN, boolean, endpoint};
use crate::problem::Problem;
use std::collections::HashMap;
use std::path::PathBuf;
use url::Url;

/// What the environment does not say, the profile may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileNetwork {
    /// `ca_bundle`: a file with more root certificates.
    pub ca_bundle: Option<PathBuf>,
    /// `use_fips_endpoint`.
    pub use_fips: Option<bool>,
    /// `use_dualstack_endpoint`.
    pub use_dualstack: Option<bool>,
    /// `ignore_configured_endpoint_urls`: AWS's own endpoint, whatever an environment names.
    pub ignores_endpoints: bool,
    /// `endpoint_url` of STS in the section that `services` names, else of the profile.
    pub sts: Option<Url>,
}

impl ProfileNetwork {
    pub(super) fn read(section: &Section<'_>) -> Result<Self, Problem> {
        let flag = |key: &str| {
            let value =
                section.get(key).map(|text| boolean(text).ok_or_else(|| section.invalid(key, NOT_BOOLEAN)));
            value.transpose()
        };
        let ignores_endpoints = flag("ignore_configured_endpoint_urls")?.unwrap_or(false);
        Ok(Self {
            ca_bundle: section.get("ca_bundle").map(PathBuf::from),
            use_fips: flag("use_fips_endpoint")?,
            use_dualstack: flag("use_dualstack_endpoint")?,
            ignores_endpoints,
            sts: if ignores_endpoints { None } else { sts(section)? },
        })
    }
}

/// One that does not count is not judged: it may be another service's.
fn sts(section: &Section<'_>) -> Result<Option<Url>, Problem> {
    if let Some(name) = section.get("services") {
        let Some(service) = section.services.named(name) else {
            return Err(section.invalid("services", "names a [services] section that is missing"));
        };
        if let Some(text) = &service.sts {
            let invalid = |reason: &str| Problem::KeyInvalid {
                path: section.services.path.clone(),
                section: service.header.clone(),
                key: "endpoint_url of sts".to_owned(),
                reason: reason.to_owned(),
            };
            return endpoint(text).map(Some).map_err(invalid);
        }
    }
    let url =
        section.get(ENDPOINT).map(|text| endpoint(text).map_err(|reason| section.invalid(ENDPOINT, reason)));
    url.transpose()
}

const ENDPOINT: &str = "endpoint_url";

/// The `[services …]` sections of a config file.
#[derive(Default)]
pub(super) struct Services {
    path: String,
    by_name: HashMap<String, Service>,
}

struct Service {
    header: String,
    /// `endpoint_url` of the block `sts`.
    sts: Option<String>,
}

impl Services {
    pub(super) fn read(config: &Document<'_>, path: &str) -> Self {
        let mut by_name = HashMap::<String, Service>::new();
        for section in config.sections() {
            let Some(name) = name_of(section.header) else { continue };
            let sts = section.get("sts").and_then(|block| in_block(&block, ENDPOINT));
            let service = by_name
                .entry(name.to_owned())
                .or_insert_with(|| Service { header: section.header.to_owned(), sts: None });
            // Of two sections of one name the later one wins, key by key.
            service.sts = sts.or(service.sts.take());
        }
        Self { path: path.to_owned(), by_name }
    }

    fn named(&self, name: &str) -> Option<&Service> {
        self.by_name.get(unquoted(name))
    }
}

fn name_of(header: &str) -> Option<&str> {
    let name = header.strip_prefix("services")?;
    name.starts_with([' ', '\t']).then(|| unquoted(name.trim()))
}

/// A key of a nested block. What stands beside the block's own name makes it a plain value.
fn in_block(block: &str, key: &str) -> Option<String> {
    let mut lines = block.strip_prefix('\n')?.lines().filter_map(|line| line.split_once('='));
    let found = lines.rfind(|(name, _)| name.trim().eq_ignore_ascii_case(key));
    found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
}
