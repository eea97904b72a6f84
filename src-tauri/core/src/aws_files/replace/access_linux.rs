//! POSIX access lists and extended attributes (acl(5), xattr(7)).

use super::NotKept;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use xattr::FileExt as _;

/// The access list is an attribute of this name; the kernel keeps mode and list in step.
const LIST: &str = "system.posix_acl_access";

/// Made by the kernel for the bytes of a file, or gone with any write to it: never copied.
const OF_THE_BYTES: [&str; 3] = ["security.capability", "security.evm", "security.ima"];

pub(super) fn remove_list(file: &File) -> io::Result<()> {
    match file.remove_xattr(LIST) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// The list of `old`, and with it the mode; false: it has none. Before it `new` must have its group.
pub(super) fn copy_list(old: &File, new: &File, group_is_kept: bool) -> Result<bool, NotKept> {
    let Some(mut list) = list(old)? else { return Ok(false) };
    if !group_is_kept {
        List::forbid_group(&mut list);
    }
    new.set_xattr(LIST, &list).map_err(|error| NotKept::Attribute { name: LIST.to_owned(), error })?;
    Ok(true)
}

/// Whether anybody but the owner has a right. With a list the group's part of the mode is only the most that the list
/// can give.
pub(super) fn is_open_to_others(file: &File, mode: u32) -> io::Result<bool> {
    Ok(match list(file)? {
        Some(list) => List(&list).is_open_to_others(),
        None => mode & 0o077 != 0,
    })
}

/// All but the access list. `narrowed`: without the access lists of network file systems, too.
pub(super) fn copy_attributes(old: &File, new: &File, narrowed: bool) -> Result<(), NotKept> {
    let names = match old.list_xattr() {
        Ok(names) => names,
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for name in names {
        let kept = |error| NotKept::Attribute { name: name.to_string_lossy().into_owned(), error };
        let other_list = narrowed && name.as_encoded_bytes().starts_with(b"system.");
        if name == OsStr::new(LIST)
            || other_list
            || OF_THE_BYTES.iter().any(|known| name == OsStr::new(known))
        {
            continue;
        }
        let value = match old.get_xattr(&name) {
            Ok(Some(value)) => value,
            Ok(None) => continue,
            Err(error) => return Err(kept(error)),
        };
        // A label that the folder's policy gave already may not be ours to set.
        if new.get_xattr(&name).ok().flatten().as_ref() != Some(&value) {
            new.set_xattr(&name, &value).map_err(kept)?;
        }
    }
    Ok(())
}

fn list(file: &File) -> io::Result<Option<Vec<u8>>> {
    match file.get_xattr(LIST) {
        Err(error) if is_absent(&error) => Ok(None),
        list => list,
    }
}

/// The file system knows no such thing, or the file has none.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error() == Some(NO_DATA)
}

/// ENODATA.
const NO_DATA: i32 = 61;

/// A list as the kernel hands it out: a version of four bytes, then entries of a tag, the rights, and an id
/// (linux/posix_acl_xattr.h).
struct List<'a>(&'a [u8]);

const HEAD: usize = 4;
const ENTRY: usize = 8;
const USER: u16 = 0x02;
const GROUP_OF_FILE: u16 = 0x04;
const GROUP: u16 = 0x08;
const MASK: u16 = 0x10;
const OTHERS: u16 = 0x20;

impl List<'_> {
    fn entries(&self) -> impl Iterator<Item = (u16, u16)> {
        let number = |two: &[u8]| u16::from_le_bytes([two[0], two[1]]);
        let entries = self.0.get(HEAD..).unwrap_or_default().chunks_exact(ENTRY);
        entries.map(move |entry| (number(&entry[..2]), number(&entry[2..4])))
    }

    fn is_open_to_others(&self) -> bool {
        let mask = self.entries().find(|(tag, _)| *tag == MASK).map_or(0o7, |(_, rights)| rights);
        self.entries().any(|(tag, rights)| match tag {
            USER | GROUP_OF_FILE | GROUP => rights & mask & 0o7 != 0,
            OTHERS => rights & 0o7 != 0,
            _ => false,
        })
    }

    /// Takes every right from the file's own group.
    fn forbid_group(list: &mut [u8]) {
        for entry in list.get_mut(HEAD..).unwrap_or_default().chunks_exact_mut(ENTRY) {
            if entry[..2] == GROUP_OF_FILE.to_le_bytes() {
                entry[2..4].fill(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The owner may read and write; then these.
    fn list(entries: &[(u16, u16)]) -> Vec<u8> {
        let owner = [(0x01, 0o6)];
        let entries = owner.iter().chain(entries).flat_map(|(tag, rights)| {
            [tag.to_le_bytes(), rights.to_le_bytes(), [0xff; 2], [0xff; 2]].concat()
        });
        2_u32.to_le_bytes().into_iter().chain(entries).collect()
    }

    #[test]
    fn who_has_a_right_by_a_list() {
        for (entries, open) in [
            (&[][..], false),
            (&[(GROUP_OF_FILE, 0), (OTHERS, 0)], false),
            (&[(GROUP_OF_FILE, 0o4), (OTHERS, 0)], true),
            (&[(GROUP_OF_FILE, 0), (OTHERS, 0o4)], true),
            (&[(USER, 0o4), (GROUP_OF_FILE, 0), (MASK, 0o4), (OTHERS, 0)], true),
            (&[(USER, 0o6), (GROUP_OF_FILE, 0o6), (MASK, 0), (OTHERS, 0)], false),
            // The mask is the group's part of the mode, and gives nobody anything.
            (&[(USER, 0), (GROUP_OF_FILE, 0), (GROUP, 0), (MASK, 0o7), (OTHERS, 0)], false),
            (&[(GROUP, 0o2), (GROUP_OF_FILE, 0), (MASK, 0o2), (OTHERS, 0)], true),
        ] {
            assert_eq!(List(&list(entries)).is_open_to_others(), open, "{entries:?}");
        }
        for broken in [&b""[..], b"\x02", b"\x02\0\0\0\x20\0"] {
            assert!(!List(broken).is_open_to_others());
        }
    }

    #[test]
    fn another_group_gets_nothing() {
        let mut forbidden = list(&[(USER, 0o4), (GROUP_OF_FILE, 0o6), (MASK, 0o6), (OTHERS, 0)]);
        List::forbid_group(&mut forbidden);
        assert_eq!(forbidden, list(&[(USER, 0o4), (GROUP_OF_FILE, 0), (MASK, 0o6), (OTHERS, 0)]));
    }
}
