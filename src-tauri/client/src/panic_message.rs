//! What a program says when it fails by a fault of its own: the place in its source, and nothing else. What it was
//! working on may be part of the panic's own words, and could be somebody's file or key.

use std::io::Write as _;
use std::panic::PanicHookInfo;

/// From here on, in every thread. `also` gets the same words, for a log.
pub fn say_place_only(program: &'static str, also: fn(&str)) {
    std::panic::set_hook(Box::new(move |info| {
        let words = words(program, info);
        // Nobody may be listening any more.
        let _ = writeln!(std::io::stderr(), "{words}");
        also(&words);
    }));
}

fn words(program: &str, info: &PanicHookInfo<'_>) -> String {
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), |place| format!("{}:{}", place.file(), place.line()));
    format!("{program}: internal error at {place}. Please report this line; it holds nothing of your files.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    const CHILD: &str = "ROLECALL_TEST_PANICS";

    /// Run again by the test below, in a process of its own.
    #[test]
    fn child_that_panics() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        say_place_only("rolecall-test", |words| _ = writeln!(std::io::stderr(), "log: {words}"));
        let file = "aws_secret_access_key = planted";
        std::thread::spawn(move || panic!("no number: {file}")).join().expect_err("it panicked");
        std::process::exit(7);
    }

    #[test]
    fn a_panic_says_its_place_and_nothing_of_what_it_held() {
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "panic_message::tests::child_that_panics", "--nocapture"])
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", "full")
            .output()
            .expect("the child runs");
        let said = String::from_utf8_lossy(&child.stderr);
        assert_eq!(child.status.code(), Some(7), "{said}");
        assert!(
            said.contains("rolecall-test: internal error at ") && said.contains("panic_message.rs:"),
            "{said}"
        );
        assert!(said.contains("log: rolecall-test: internal error"), "{said}");
        assert!(!said.contains("planted") && !said.contains("backtrace"), "{said}");
    }
}
