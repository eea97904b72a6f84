//! Which profile of the view is meant.

use crate::say::Said;
use rolecall_core::problem::Problem;
use rolecall_core::profile::{self, ProfileName};
use rolecall_core::view::{ProfileView, View};

/// The named one; else the last used.
pub(crate) fn profile<'a>(view: &'a View, named: Option<&ProfileName>) -> Result<&'a ProfileView, Said> {
    let roles = view.role_profiles.iter().map(|profile| &profile.name);
    if let Some(name) = named.filter(|name| roles.into_iter().any(|role| role == *name)) {
        return Err(Problem::OneRole { profile: name.to_string() }.into());
    }
    if let Some(name) = named.or(view.last_used.as_ref()) {
        let there = view.profiles.iter().find(|profile| profile.name == *name);
        let names = view.profiles.iter().map(|profile| &profile.name);
        return there.ok_or_else(|| profile::unknown(name, names).into());
    }
    match view.profiles.as_slice() {
        [only] => Ok(only),
        [] => Err(view.problems.first().map_or_else(|| Problem::NotSignedIn.into(), |p| Said(p.clone()))),
        several => {
            let names: Vec<_> = several.iter().map(|profile| profile.name.as_str()).collect();
            Err(Problem::ProfileNotNamed { names: names.join(", ") }.into())
        }
    }
}
