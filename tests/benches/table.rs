//! The one table that all figures stand in, a line as soon as it is measured.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

/// Lines of `what | measured | bound | holds?`.
#[derive(Debug)]
pub(crate) struct Table(());

/// What the design allows.
#[derive(Debug)]
pub(crate) enum Bound<'a> {
    /// For comparison only.
    None,
    /// The bound's words, and whether what was measured is within.
    Of(&'a str, bool),
    /// The bound's words; what it is measured against is not on this machine.
    NotHere(&'a str),
}

impl Table {
    pub(crate) fn begin() -> Self {
        println!("| what | measured | bound | holds? |\n|---|---|---|---|");
        Self(())
    }

    pub(crate) fn row(&self, what: &str, measured: &str, bound: &Bound<'_>) {
        let (bound, holds) = match bound {
            Bound::None => ("", ""),
            Bound::Of(words, true) => (*words, "yes"),
            Bound::Of(words, false) => (*words, "NO"),
            Bound::NotHere(words) => (*words, "not compared here"),
        };
        println!("| {what} | {measured} | {bound} | {holds} |");
    }

    /// What could not be measured is said, never left out.
    pub(crate) fn missing(&self, what: &str, why: &str) {
        println!("| {what} | NOT MEASURED: {why} | | |");
    }
}
