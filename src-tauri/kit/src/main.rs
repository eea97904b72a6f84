//! `rolecall-kit`: `rolecall` runs it.

use std::process::ExitCode;

fn main() -> ExitCode {
    rolecall_client::panic_message::say_place_only("rolecall-kit", |_| ());
    rolecall_kit::run()
}
