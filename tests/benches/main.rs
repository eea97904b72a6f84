//! Figures: medians of this run on this machine, and ratios between things measured in turns. `make bench` prints them.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux is measured whole"))]

mod editor;
#[cfg(target_os = "linux")]
mod linux;
mod table;
mod time;

fn main() {
    // A test runner that lists or runs all targets finds no test here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let table = table::Table::begin();
    // `make bench ARGS=soak`: eight hours at sixty times their speed, which are eight minutes.
    #[cfg(target_os = "linux")]
    if std::env::args().any(|argument| argument == "soak") {
        return linux::soak(&table);
    }
    // `make bench ARGS=resident`: without the minutes that the editor takes.
    if !std::env::args().any(|argument| argument == "resident") {
        editor::measure(&table);
    }
    #[cfg(target_os = "linux")]
    linux::measure(&table);
}
