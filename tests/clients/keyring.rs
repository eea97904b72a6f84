//! Reads one secret through the `keyring` crate each time a line comes in, and prints `secret`, `none` or `failed`.

#![cfg_attr(target_os = "linux", expect(clippy::print_stdout, reason = "that is what it is for"))]

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    for line in std::io::stdin().lines() {
        line?;
        let secret = keyring::Entry::new("rolecall-tests", "probe").and_then(|entry| entry.get_secret());
        println!(
            "{}",
            match secret {
                Ok(_) => "secret",
                Err(keyring::Error::NoEntry) => "none",
                Err(_) => "failed",
            }
        );
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {}
