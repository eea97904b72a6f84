//! Figures: medians of this run on this machine, and ratios between things measured in turns. `make bench` prints them.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod editor;
#[cfg(target_os = "linux")]
mod resident;

fn main() {
    // A test runner that lists or runs all targets finds no test here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| what | measured | bound |\n|---|---|---|");
    editor::print();
    #[cfg(target_os = "linux")]
    resident::print();
}
