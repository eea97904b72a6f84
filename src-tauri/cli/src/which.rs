//! Which profile of the view is meant.

use crate::say::Said;
use rolecall_core::problem::Problem;
use rolecall_core::profile::ProfileName;
use rolecall_core::view::{ProfileView, View};

/// The named one; else the only one there is, or the only one whose roles are known.
pub(crate) fn profile<'a>(view: &'a View, named: Option<&ProfileName>) -> Result<&'a ProfileView, Said> {
    if let Some(name) = named {
        let unknown = || Problem::UnknownProfile { name: name.as_str().to_owned(), nearest: None };
        return view.profiles.iter().find(|profile| profile.name == *name).ok_or_else(|| unknown().into());
    }
    let known: Vec<_> = view.profiles.iter().filter(|profile| !profile.roles.is_empty()).collect();
    match (view.profiles.as_slice(), known.as_slice()) {
        ([only], _) => Ok(only),
        (_, [only]) => Ok(*only),
        ([], _) => {
            Err(view.problems.first().map_or_else(|| Problem::NotSignedIn.into(), |p| Said(p.clone())))
        }
        (several, _) => {
            let names: Vec<_> = several.iter().map(|profile| profile.name.as_str()).collect();
            Err(Problem::ProfileNotNamed { names: names.join(", ") }.into())
        }
    }
}
