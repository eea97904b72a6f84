//! Windows: the key of the registry into which group policies and device management write, and nobody else may.

use super::Policy;
use super::registry::{self, Tree, Value};
use crate::problem::foreign;
use std::path::{Path, PathBuf};
use windows_registry::{Key, LOCAL_MACHINE, Type};

const KEY: &str = r"SOFTWARE\Policies\Rolecall";
/// "The system cannot find the file specified", as a result.
const NOT_FOUND: u32 = 0x8007_0002;

pub(super) fn path() -> PathBuf {
    PathBuf::from(format!(r"HKEY_LOCAL_MACHINE\{KEY}"))
}

pub(super) fn all() -> Vec<PathBuf> {
    vec![path()]
}

pub(super) fn read(_path: &Path) -> Result<Option<Policy>, String> {
    let unreadable = |error: windows_result::Error| {
        format!("it cannot be read ({})", foreign(error.message().trim_end_matches('.')))
    };
    match LOCAL_MACHINE.open(KEY) {
        Err(error) if error.code().0.cast_unsigned() == NOT_FOUND => Ok(None),
        opened => {
            let tree = opened.and_then(|key| tree(&key, 0)).map_err(unreadable)?;
            registry::parse(tree).map(Some)
        }
    }
}

fn tree(key: &Key, depth: usize) -> windows_result::Result<Tree> {
    let values = key.values()?.map(|(name, value)| {
        let value = match value.ty() {
            Type::String | Type::ExpandString => value.try_into().map(Value::Text),
            Type::U32 => value.try_into().map(Value::Number),
            Type::MultiString => value.try_into().map(Value::List),
            _ => Ok(Value::Other),
        };
        value.map(|value| (name, value))
    });
    let values = values.collect::<windows_result::Result<_>>()?;
    // Deeper than any key of ours: an empty one is no key that is known.
    let below = if depth < registry::DEEPEST { key.keys()?.collect() } else { vec![] };
    let keys = below.into_iter().map(|name| {
        let below = tree(&key.open(&name)?, depth + 1)?;
        Ok((name, below))
    });
    Ok(Tree { values, keys: keys.collect::<windows_result::Result<_>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use windows_registry::CURRENT_USER;

    /// In the person's own part of the registry, where a test may write.
    #[test]
    fn a_key_and_what_lies_below_it() {
        let name = format!(r"Software\Rolecall test {}", std::process::id());
        let key = CURRENT_USER.create(&name).expect("a key");
        key.set_string("organisation", "Example Ltd").expect("written");
        key.set_u32("max_duration_hours", 8).expect("written");
        key.set_u32("os_sign_on", 1).expect("written");
        key.set_multi_string("warn_before", &["30m", "5m"]).expect("written");
        let accounts = key.create("accounts").expect("a key");
        accounts.set_string("111111111111", "Production").expect("written");
        let tree = tree(&CURRENT_USER.open(&name).expect("the key"), 0);
        CURRENT_USER.remove_tree(&name).expect("removed");
        let policy = registry::parse(tree.expect("a tree")).expect("a policy");
        assert_eq!(policy.organisation.as_deref(), Some("Example Ltd"));
        assert_eq!((policy.max_duration_hours, policy.os_sign_on), (Some(8), Some(true)));
        let five = policy.warn_before.and_then(|warnings| warnings.first());
        assert_eq!(five, Some(jiff::SignedDuration::from_mins(30)));
        assert_eq!(policy.accounts.len(), 1);
    }

    #[test]
    fn nothing_is_laid_down_here() {
        assert_eq!(Policy::read(&path()), Ok(None));
    }
}
