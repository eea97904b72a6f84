//! Figures: medians of this run on this machine, and ratios between things measured in turns. `make bench` prints them.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod editor;
#[cfg(target_os = "linux")]
mod resident;

fn main() {
    println!("| what | measured | bound |\n|---|---|---|");
    editor::print();
    #[cfg(target_os = "linux")]
    resident::print();
}
