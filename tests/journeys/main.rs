//! Whole mornings and days, played through the real controller with scripted parts and a clock that the test moves.

mod bad_input;
mod chains;
mod day;
mod doors;
mod extreme_times;
mod identity;
mod mornings;
mod people;
mod policy;
mod several;
mod updates;
mod vault;
mod whole_days;
mod window;
mod world;
mod wsl;
