//! The `credential_process` line through the real cmd.exe, as the SDKs hand it over. A copy of this program stands where
//! `rolecall.exe` would be, and says with which words it was started: it has no harness, which would read them.

#![cfg_attr(windows, expect(unsafe_code, reason = "a line is split by a function of Windows"))]

#[cfg(not(windows))]
fn main() {}

#[cfg(windows)]
fn main() -> std::io::Result<()> {
    use std::io::Write as _;
    let words: Vec<_> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "credential-process") {
        return std::io::stdout().write_all(windows::shown(&words).as_bytes());
    }
    windows::every_tool_runs_the_line();
    windows::quotes_that_do_not_come_through();
    Ok(())
}

#[cfg(windows)]
mod windows {
    use rolecall_core::credential_process::{line, quoted_on_windows};
    use rolecall_core::profile::ProfileName;
    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt as _;
    use std::os::windows::process::CommandExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use windows_sys::Win32::Foundation::LocalFree;
    use windows_sys::Win32::UI::Shell::CommandLineToArgvW;

    const TOOLS: [Tool; 3] = [Tool::Botocore, Tool::Go, Tool::DotNet];

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Tool {
        Botocore,
        Go,
        DotNet,
    }

    pub(super) fn shown(words: &[String]) -> String {
        words.iter().map(|word| format!("<{}>", word.escape_default())).collect()
    }

    fn asked_for(profile: &[&str]) -> String {
        let words = ["credential-process", "--profile"].iter().chain(profile);
        shown(&words.map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    /// `rolecall.exe` in a folder of this name.
    fn installed(place: &Path, folder: &str) -> PathBuf {
        let this = std::env::current_exe().expect("this program");
        let program = place.join(folder).join("rolecall.exe");
        std::fs::create_dir_all(place.join(folder)).expect("a folder");
        std::fs::copy(&this, &program).expect("a copy");
        // Wine 8 lacks it, and scripts/cross.sh lays one beside the programs.
        let random = "bcryptprimitives.dll";
        let _ = std::fs::copy(this.with_file_name(random), program.with_file_name(random));
        program
    }

    impl Tool {
        /// What the program was told; `None` where it was not found.
        fn run(self, line: &str) -> Option<String> {
            let mut command = match self {
                Self::Botocore => {
                    let words = split(line);
                    let mut command = Command::new(&words[0]);
                    command.args(&words[1..]);
                    command
                }
                Self::Go | Self::DotNet => Command::new("cmd.exe"),
            };
            match self {
                Self::Botocore => &mut command,
                Self::Go => command.raw_arg("/C").raw_arg(go_escaped(line)),
                Self::DotNet => command.raw_arg("/c").raw_arg(line),
            };
            let output = command.output().ok()?;
            output.status.success().then(|| String::from_utf8(output.stdout).expect("text"))
        }
    }

    /// syscall.EscapeArg of Go.
    fn go_escaped(text: &str) -> String {
        let blank = text.contains([' ', '\t']);
        if !blank && !text.contains(['"', '\\']) {
            return text.to_owned();
        }
        let (mut escaped, mut backslashes) = (String::new(), 0);
        for c in text.chars() {
            match c {
                '\\' => backslashes += 1,
                '"' => {
                    escaped.push_str(&"\\".repeat(backslashes + 1));
                    backslashes = 0;
                }
                _ => backslashes = 0,
            }
            escaped.push(c);
        }
        if blank { format!("\"{escaped}{}\"", "\\".repeat(backslashes)) } else { escaped }
    }

    /// As botocore does it, and every program of C.
    fn split(line: &str) -> Vec<OsString> {
        let wide: Vec<u16> = line.encode_utf16().chain([0]).collect();
        let mut count = 0;
        // SAFETY: the text ends with a zero; so many texts that do are returned, in one piece that is ours.
        unsafe {
            let words = CommandLineToArgvW(wide.as_ptr(), &raw mut count);
            assert!(!words.is_null());
            let count = usize::try_from(count).expect("a count");
            let word = |at: usize| {
                let word = *words.add(at);
                let length = (0..).take_while(|at| *word.add(*at) != 0).count();
                OsString::from_wide(std::slice::from_raw_parts(word, length))
            };
            let split = (0..count).map(word).collect();
            LocalFree(words.cast());
            split
        }
    }

    pub(super) fn every_tool_runs_the_line() {
        let place = tempfile::tempdir().expect("a folder");
        let (plain, spaced) = (installed(place.path(), "Tools"), installed(place.path(), "Röll Käll (1)"));
        for (program, profile) in
            [(&plain, "work"), (&plain, "büro@example.org"), (&spaced, "work"), (&plain, "my work")]
        {
            let line = line(program, &ProfileName::new(profile)).expect("a line");
            if program == &plain && !profile.contains(' ') {
                assert!(!line.contains('"'), "{line}");
            }
            // A drive may keep no short names: then quotes stay, and the doctor says who fails.
            let fails = quoted_on_windows(&line).is_some();
            for tool in TOOLS.into_iter().filter(|tool| !fails || *tool == Tool::Botocore) {
                assert_eq!(tool.run(&line), Some(asked_for(&[profile])), "{tool:?} {line}");
            }
        }
    }

    /// The lines that the doctor warns of.
    pub(super) fn quotes_that_do_not_come_through() {
        let place = tempfile::tempdir().expect("a folder");
        let program = installed(place.path(), "Tools");
        let program = program.display();
        let work = Some(asked_for(&["work"]));
        let of = |program: String, profile: &str| {
            let line = format!("{program} credential-process --profile {profile}");
            assert!(quoted_on_windows(&line).is_some(), "{line}");
            TOOLS.map(|tool| tool.run(&line))
        };
        // Of earlier versions.
        assert_eq!(of(format!("\"{program}\""), "\"work\""), [work.clone(), None, None]);
        assert_eq!(of(format!("\"{program}\""), "work"), [work.clone(), None, work]);
        let (whole, halves) = (asked_for(&["my work"]), asked_for(&["\"my", "work\""]));
        assert_eq!(of(program.to_string(), "\"my work\""), [Some(whole.clone()), Some(halves), Some(whole)]);
    }
}
