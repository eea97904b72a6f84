//! `credential-process`: what AWS tools run before each call, so it has to be quick.

use crate::arguments::Named;
use crate::credentials::{self, Asker};
use crate::exit::Exit;
use crate::progress;
use crate::say::{self, Said};
use std::ffi::OsString;

pub(crate) fn run(named: Named) -> Result<Exit, Said> {
    let given = credentials::ask(named.profile(), Asker::Tool { may_ask: true }, progress::to_a_tool())?;
    say::data(given.credentials.process_json().expose());
    Ok(Exit::Done)
}

/// `credential-process NAME` and `credential-process --profile NAME`, as config files say it, without building the
/// grammar of every other command first. Whatever else is said goes to the grammar.
pub(crate) fn plainly_asked(mut arguments: impl Iterator<Item = OsString>) -> Option<Named> {
    arguments.next();
    if arguments.next()? != "credential-process" {
        return None;
    }
    let mut next = || arguments.next().map(OsString::into_string).transpose().ok().flatten();
    let first = next()?;
    let name = if first == "--profile" { next()? } else { first };
    // Options, and what a shell's completion would ask, are the grammar's.
    (!name.starts_with('-') && arguments.next().is_none()).then(|| Named::of(Some(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Arguments, Command};
    use clap::Parser as _;

    #[test]
    fn the_short_way_says_what_the_grammar_says() {
        for (line, short) in [
            ("credential-process work", true),
            ("credential-process --profile work", true),
            ("credential-process --profile=work", false),
            ("credential-process -- work", false),
            ("credential-process", false),
            ("credential-process --profile", false),
            ("credential-process --help", false),
            ("credential-process --profile --help", false),
            ("credential-process work other", false),
            ("credential-process work --profile other", false),
            ("credential-process --profile work other", false),
            ("status", false),
            ("", false),
        ] {
            let words = || std::iter::once("rolecall").chain(line.split_whitespace());
            let plain = plainly_asked(words().map(OsString::from)).and_then(Named::profile);
            assert_eq!(plain.is_some(), short, "{line}");
            if let Some(plain) = plain {
                let Some(Command::CredentialProcess { named }) = Arguments::parse_from(words()).command
                else {
                    panic!("{line}")
                };
                assert_eq!(named.profile(), Some(plain));
            }
        }
    }
}
