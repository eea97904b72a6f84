//! Which of several files an entry is written to: where it stands already, else where kubectl would write it.

use super::edit::{self, CURRENT, Part};
use super::entry::{Entry, is_ours};
use super::refused;
use rolecall_core::aws_files::replace;
use rolecall_core::problem::{Problem, Report};
use std::path::{Path, PathBuf};

/// What is written to which file.
pub(super) type Plan<'a> = Vec<(PathBuf, Part<'a>)>;

/// None of the paths needs to exist.
pub(super) fn plan<'a>(paths: &[PathBuf], entry: &'a Entry, current: bool) -> Result<Plan<'a>, Report> {
    let mut there: Vec<(&PathBuf, _, _)> = vec![];
    for path in paths {
        if there.iter().any(|(known, ..)| *known == path) {
            continue;
        }
        let text = replace::read(path).map_err(|error| unreadable(path, &error.to_string()))?;
        if let Some(text) = text {
            let said = edit::read(&text).map_err(|why| refused(path, why))?;
            there.push((path, text, said));
        }
    }
    // As kubectl does: the first that exists, else the last one.
    let usual = there.first().map(|(path, ..)| *path).or(paths.last());
    let find = |list: &str| {
        let mut found = there.iter().filter_map(|(path, _, said)| {
            edit::find(said, list, &entry.name).map(|number| (*path, &said[list][number]))
        });
        found.next()
    };
    let ours = find("users").is_some_and(|(_, user)| is_ours(user));
    // The first that names one counts.
    let named = there.iter().find_map(|(.., said)| said[CURRENT].as_str().filter(|name| !name.is_empty()));
    let current = current && named != Some(entry.name.as_str());
    let mut plan: Plan<'a> = vec![];
    let part = |plan: &mut Plan<'a>, path: &Path| {
        let known = plan.iter().position(|(known, _)| known == path);
        known.unwrap_or_else(|| {
            let part = Part { name: &entry.name, lists: vec![], ours, current: false };
            plan.push((path.to_owned(), part));
            plan.len() - 1
        })
    };
    for (list, item) in entry.lists() {
        let Some(path) = find(list).map(|(path, _)| path).or(usual) else { continue };
        let at = part(&mut plan, path);
        plan[at].1.lists.push((list, item));
    }
    if let Some(path) = usual.filter(|_| current) {
        let at = part(&mut plan, path);
        plan[at].1.current = true;
    }
    // Nothing is written before all of it can be.
    for (path, part) in &plan {
        let text = there.iter().find(|(known, ..)| *known == path).map_or("", |(_, text, _)| text);
        edit::edit(text, part).map_err(|why| refused(path, why))?;
    }
    Ok(plan)
}

fn unreadable(path: &Path, why: &str) -> Report {
    Problem::FileUnreadable { path: path.display().to_string(), reason: why.to_owned() }.report()
}
