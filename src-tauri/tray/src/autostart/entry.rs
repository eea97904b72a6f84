//! The text of the entry: written, and read as desktops read it ("Desktop Entry Specification" 1.5).

use std::path::{Path, PathBuf};

pub(super) const FILE: &str = "org.rolecall.Rolecall.desktop";

/// Characters that make a word of `Exec` need quotes ("The Exec key").
const RESERVED: &str = " \t\n\"'\\><~|&;$*?#()`";

/// `config_home` is `$XDG_CONFIG_HOME`, or `~/.config` ("Desktop Application Autostart Specification").
pub(super) fn folder(config_home: &Path) -> PathBuf {
    config_home.join("autostart")
}

/// The entry that starts `program`.
///
/// # Errors
/// A half-sentence, where no entry can start it.
pub(super) fn text(program: &Path) -> Result<Vec<u8>, String> {
    let path = program.to_str().ok_or("the program's path is not UTF-8")?;
    // The specification forbids the one; GLib (2.74) finds no program whose path has the other, however it is written.
    if let Some(odd) = path.chars().find(|c| "=%".contains(*c)) {
        return Err(format!("the program's path holds a '{odd}'"));
    }
    let exec = escaped(&word(path));
    Ok(format!(
        "[Desktop Entry]
Type=Application
Name=Rolecall
Comment=AWS credentials through Microsoft Entra sign-on
Exec={exec} --login
Icon=org.rolecall.Rolecall
Terminal=false
X-GNOME-Autostart-enabled=true
"
    )
    .into_bytes())
}

/// Whether a desktop that reads this text starts `program` at login.
pub(super) fn starts(text: &[u8], program: &Path) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let value = |key: &str| value(text, key);
    let is_off = value("Hidden").as_deref() == Some("true")
        || value("X-GNOME-Autostart-enabled").as_deref() == Some("false");
    !is_off
        && value("Exec").and_then(|exec| first_word(&exec)).is_some_and(|first| Path::new(&first) == program)
}

/// A value of the group `[Desktop Entry]`; of several the last, as in GLib.
fn value(text: &str, key: &str) -> Option<String> {
    let mut ours = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            ours = line == "[Desktop Entry]";
        } else if let Some((name, value)) = line.split_once('=')
            && ours
            && name.trim_end() == key
        {
            found = Some(unescaped(value.trim_start()));
        }
    }
    found
}

/// One word of `Exec`, quoted where it must be.
fn word(text: &str) -> String {
    if !text.contains(|c| RESERVED.contains(c)) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        if "\"`$\\".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

/// What [`word`] wrote, and what a person may write instead. None where a quote is missing.
fn first_word(exec: &str) -> Option<String> {
    let mut characters = exec.trim_start().chars();
    let mut word = String::new();
    let mut quote = None;
    while let Some(c) = characters.next() {
        match (c, quote) {
            (' ' | '\t' | '\n', None) => return Some(word),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.push(characters.next()?),
            ('%', _) if characters.as_str().starts_with('%') => word.extend(characters.next()),
            (c, _) => word.push(c),
        }
    }
    quote.is_none().then_some(word)
}

/// A value of the type string: its backslashes and line ends are escaped once more ("Possible value types").
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        plain.push(match (c, c == '\\') {
            (c, false) => c,
            _ => match characters.next() {
                Some('s') => ' ',
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(program: &Path) -> Result<String, String> {
        super::text(program).map(|text| String::from_utf8(text).expect("UTF-8"))
    }

    fn starts(text: &str, program: &Path) -> bool {
        super::starts(text.as_bytes(), program)
    }

    fn exec(path: &str) -> String {
        let text = text(Path::new(path)).expect(path);
        text.lines().find_map(|line| line.strip_prefix("Exec=")).expect("Exec").to_owned()
    }

    #[test]
    fn exec_is_quoted_as_the_specification_says() {
        for (path, expected) in [
            ("/usr/bin/rolecall-tray", "/usr/bin/rolecall-tray --login"),
            ("/opt/my tools/rolecall", r#""/opt/my tools/rolecall" --login"#),
            // "a literal dollar sign in a quoted argument … is unambiguously represented with "\\$""
            ("/opt/$x/rolecall", r#""/opt/\\$x/rolecall" --login"#),
            // "a literal backslash character requires the use of four successive backslash characters"
            (r"/opt/a\b", r#""/opt/a\\\\b" --login"#),
            ("/opt/a\"b", r#""/opt/a\\"b" --login"#),
            ("/opt/it's", r#""/opt/it's" --login"#),
        ] {
            assert_eq!(exec(path), expected);
        }
        for odd in ["/opt/a=b", "/opt/100%/rolecall"] {
            assert!(text(Path::new(odd)).is_err(), "{odd}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for path in
            ["/usr/bin/x", "/o p/x", "/a$b`c/x", "/a\\b\\\\c/x", "/a\"b'c/x", "/a\tb\nc\rd/x", "/äö/x"]
        {
            let text = text(Path::new(path)).expect(path);
            assert!(text.lines().all(|line| line == "[Desktop Entry]" || line.contains('=')), "{text}");
            assert!(starts(&text, Path::new(path)), "{text}");
            assert!(!starts(&text, Path::new("/usr/bin/other")), "{text}");
        }
    }

    #[test]
    fn desktops_switch_it_off_in_their_own_ways() {
        let program = Path::new("/usr/bin/x");
        let on = "[Desktop Entry]\nExec=/usr/bin/x\n";
        for (text, expected) in [
            (on.to_owned(), true),
            (format!("{on}Hidden=false\n"), true),
            (format!("{on}Hidden=true\n"), false),
            (format!("{on}Hidden = true\n"), false),
            (format!("{on}X-GNOME-Autostart-enabled=false\n"), false),
            (format!("{on}[Desktop Action new]\nHidden=true\nExec=/usr/bin/other\n"), true),
            ("[Desktop Entry]\nExec='/usr/bin/x' --login\n".to_owned(), true),
            ("[Desktop Entry]\nExec=/usr/bin/%%x %u\n".to_owned(), false),
            ("[Desktop Entry]\nExec=\"/usr/bin/x\n".to_owned(), false),
            ("[Desktop Entry]\nExec=/usr/bin/x-y\n".to_owned(), false),
            ("[Other]\nExec=/usr/bin/x\n".to_owned(), false),
            ("# Exec=/usr/bin/x\n".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(starts(&text, program), expected, "{text}");
        }
    }
}
