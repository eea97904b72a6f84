//! The list that has launchd(8) start a program when its person logs in, from the next login on: written, and read as
//! launchd.plist(5) says. Who switches the agent off in System Settings does so beside the list (`login_items`), and one
//! that runs goes on when the list goes.

use plist::{Dictionary, Value};
use std::io::Cursor;
use std::path::{Path, PathBuf};

pub(super) const FILE: &str = "org.rolecall.Rolecall.plist";

/// The job's name, and the bundle's, by which System Settings shows it.
const LABEL: &str = "org.rolecall.Rolecall";

/// Where macOS runs what was never moved from where it was downloaded to; the next start is from somewhere else.
const TRANSLOCATED: &str = "/AppTranslocation/";

/// The person's folder of launch agents; `config_home` is `~/Library/Application Support`.
pub(super) fn folder(config_home: &Path) -> PathBuf {
    config_home.with_file_name("LaunchAgents")
}

/// The list that starts `program`.
///
/// # Errors
/// A half-sentence, where none can start it.
pub(super) fn text(program: &Path) -> Result<Vec<u8>, String> {
    let path = program.to_str().ok_or("the program's path is not UTF-8")?;
    if path.contains(TRANSLOCATED) {
        return Err(
            "macOS runs Rolecall from a copy that will not stay: move it to Applications, and open it \
                    from there"
                .into(),
        );
    }
    if path.contains(char::is_control) {
        return Err("the program's path holds a character that no list can".into());
    }
    let text = |text: &str| Value::String(text.to_owned());
    let list = Dictionary::from_iter([
        ("Label", text(LABEL)),
        ("AssociatedBundleIdentifiers", Value::Array(vec![text(LABEL)])),
        // With a desktop, not over ssh.
        ("LimitLoadToSessionType", text("Aqua")),
        // As quick as what a person starts: it may be waited for.
        ("ProcessType", text("Interactive")),
        ("ProgramArguments", Value::Array(vec![text(path), text("--login")])),
        ("RunAtLoad", Value::Boolean(true)),
    ]);
    let mut bytes = vec![];
    Value::Dictionary(list).to_writer_xml(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Whether launchd, with this list, starts `program` at login.
pub(super) fn starts(list: &[u8], program: &Path) -> bool {
    let Ok(Value::Dictionary(list)) = Value::from_reader(Cursor::new(list)) else { return false };
    let is = |key: &str| list.get(key).and_then(Value::as_boolean) == Some(true);
    let first = || list.get("ProgramArguments")?.as_array()?.first()?.as_string();
    let started = list.get("Program").and_then(Value::as_string).or_else(first);
    is("RunAtLoad") && !is("Disabled") && started.is_some_and(|started| Path::new(started) == program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for path in
            ["/Applications/Rolecall.app/Contents/MacOS/rolecall-tray", "/a b/<x>&\"y'/tray", "/Users/ä/tray"]
        {
            let list = text(Path::new(path)).expect(path);
            let written = String::from_utf8(list.clone()).expect("XML");
            assert!(written.starts_with("<?xml"), "{written}");
            assert!(starts(&list, Path::new(path)), "{written}");
            assert!(!starts(&list, Path::new("/Applications/Other.app/Contents/MacOS/rolecall-tray")));
            assert!(written.contains("<string>--login</string>"), "{written}");
        }
    }

    #[test]
    fn no_list_for_what_is_somewhere_else_tomorrow() {
        for path in
            ["/private/var/folders/x/y/d/AppTranslocation/0-0/d/Rolecall.app/Contents/MacOS/tray", "/a\nb"]
        {
            assert!(text(Path::new(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn a_person_switches_it_off_in_their_own_ways() {
        let on = text(Path::new("/x")).expect("a list");
        let with = |change: &dyn Fn(&mut Dictionary)| {
            let mut value = Value::from_reader(Cursor::new(&on)).expect("a list");
            change(value.as_dictionary_mut().expect("keys"));
            let mut bytes = vec![];
            value.to_writer_binary(&mut bytes).expect("written");
            starts(&bytes, Path::new("/x"))
        };
        assert!(with(&|_| {}));
        assert!(!with(&|list| _ = list.insert("Disabled".into(), true.into())));
        assert!(with(&|list| _ = list.insert("Disabled".into(), false.into())));
        assert!(!with(&|list| _ = list.insert("RunAtLoad".into(), false.into())));
        assert!(!with(&|list| _ = list.remove("RunAtLoad")));
        assert!(!with(&|list| _ = list.insert("Program".into(), "/y".into())));
        assert!(!with(&|list| _ = list.remove("ProgramArguments")));
        for broken in [&b""[..], b"<plist", b"bplist00"] {
            assert!(!starts(broken, Path::new("/x")));
        }
    }

    #[test]
    fn it_lies_beside_what_programs_keep() {
        let folder = folder(Path::new("/Users/ada/Library/Application Support"));
        assert_eq!(folder, Path::new("/Users/ada/Library/LaunchAgents"));
    }
}
