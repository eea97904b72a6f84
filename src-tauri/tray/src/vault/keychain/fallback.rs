//! A keychain that some computers forbid, and what keeps the key there.

use std::path::Path;

/// Why a keychain gave or took nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// A half-sentence.
    pub(super) reason: String,
    /// Nothing can be kept there, at least in this session.
    pub(super) for_good: bool,
}

pub(super) trait Keeper {
    fn load(&self, vault: &Path) -> Result<Option<Vec<u8>>, Refusal>;

    fn store(&self, vault: &Path, key: &[u8]) -> Result<(), Refusal>;
}

/// The first one, until it refuses to take a key; from then on the second one alone.
pub(super) struct Fallback<First, Second> {
    pub(super) first: First,
    pub(super) second: Second,
}

impl<First: Keeper, Second: Keeper> Fallback<First, Second> {
    /// `nothing_sealed`: then no key can be missed.
    pub(super) fn load(&self, vault: &Path, nothing_sealed: bool) -> Result<Option<Vec<u8>>, String> {
        if let Some(key) = self.second.load(vault).map_err(|refusal| refusal.reason)? {
            return Ok(Some(key));
        }
        match self.first.load(vault) {
            Ok(key) => Ok(key),
            // Not where something is sealed: a session without a password (SSH by key) is refused like one that a policy
            // forbids, and the key is there for the next one.
            Err(refusal) if nothing_sealed => {
                tracing::warn!("{}", refusal.reason);
                Ok(None)
            }
            Err(refusal) => Err(refusal.reason),
        }
    }

    pub(super) fn store(&self, vault: &Path, key: &[u8]) -> Result<(), String> {
        let reason = match self.second.load(vault) {
            Ok(Some(_)) => None,
            Ok(None) | Err(_) => match self.first.store(vault, key) {
                Ok(()) => return Ok(()),
                Err(refusal) => Some(refusal.reason),
            },
        };
        self.second.store(vault, key).map_err(|refusal| match reason {
            Some(reason) => format!("{reason}, and {}", refusal.reason),
            None => refusal.reason,
        })
    }

    /// Whether the second one has the key, or would get it, and why the first one has not.
    pub(super) fn falls_back(&self, vault: &Path) -> Option<Option<String>> {
        let there = self.second.load(vault).is_ok_and(|key| key.is_some());
        let refusal = self.first.load(vault).err();
        let forbidden = refusal.as_ref().is_some_and(|refusal| refusal.for_good);
        (there || forbidden).then(|| refusal.map(|refusal| refusal.reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    #[derive(Default)]
    struct Stub {
        key: RefCell<Option<Vec<u8>>>,
        refuses: Cell<Option<bool>>,
    }

    impl Stub {
        fn answer(&self) -> Result<(), Refusal> {
            self.refuses.get().map_or(Ok(()), |for_good| Err(Refusal { reason: "refuses".into(), for_good }))
        }
    }

    impl Keeper for &Stub {
        fn load(&self, _: &Path) -> Result<Option<Vec<u8>>, Refusal> {
            self.answer().map(|()| self.key.borrow().clone())
        }

        fn store(&self, _: &Path, key: &[u8]) -> Result<(), Refusal> {
            self.answer().map(|()| *self.key.borrow_mut() = Some(key.to_vec()))
        }
    }

    #[test]
    fn the_second_keeps_what_the_first_refuses_and_goes_on_keeping_it() {
        let (first, second, vault) = (Stub::default(), Stub::default(), Path::new("vault"));
        let both = Fallback { first: &first, second: &second };
        both.store(vault, b"one").expect("stored");
        assert_eq!((both.load(vault, false), both.falls_back(vault)), (Ok(Some(b"one".to_vec())), None));
        assert_eq!(second.key.borrow().as_deref(), None);
        // Locked for a while: a key may be there.
        first.refuses.set(Some(false));
        assert_eq!(both.load(vault, false), Err("refuses".into()));
        assert_eq!(both.load(vault, true), Ok(None));
        assert_eq!(both.falls_back(vault), None, "for a while");
        first.refuses.set(Some(true));
        assert_eq!(both.load(vault, false), Err("refuses".into()), "what is sealed is not given up");
        assert_eq!(both.load(vault, true), Ok(None));
        both.store(vault, b"two").expect("stored");
        assert_eq!(both.load(vault, false), Ok(Some(b"two".to_vec())));
        assert_eq!(both.falls_back(vault), Some(Some("refuses".into())));
        // Whatever the first one has now is older.
        first.refuses.set(None);
        assert_eq!(both.load(vault, false), Ok(Some(b"two".to_vec())));
        both.store(vault, b"three").expect("stored");
        assert_eq!(first.key.borrow().as_deref(), Some(&b"one"[..]));
        assert_eq!(both.load(vault, false), Ok(Some(b"three".to_vec())));
        assert_eq!(both.falls_back(vault), Some(None));
    }

    #[test]
    fn both_reasons_are_told() {
        let (first, second) = (Stub::default(), Stub::default());
        first.refuses.set(Some(true));
        second.refuses.set(Some(false));
        let both = Fallback { first: &first, second: &second };
        assert_eq!(both.store(Path::new("vault"), b"key"), Err("refuses, and refuses".into()));
    }
}
