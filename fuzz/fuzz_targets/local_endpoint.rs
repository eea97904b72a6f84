//! The head of a request to the local endpoint: whoever does not say the token gets no credentials.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rolecall_core::secret::Secret;

// The rules alone. What serves them opens sockets, which does not belong in a fuzz target.
#[path = "../../src-tauri/cli/src/endpoint/door.rs"]
#[allow(dead_code)]
mod door;

use door::Door;

const TOKEN: &str = "a-token-that-nobody-guesses";

fuzz_target!(|input: (bool, &[u8])| {
    let (told, head) = input;
    let door = Door { port: 4711, token: Secret::new(TOKEN) };
    let mut head = head.to_vec();
    if told {
        let line = format!("Host: 127.0.0.1:4711\r\nAuthorization: {TOKEN}\r\n");
        let first = head.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        head.splice(first..first, line.into_bytes());
    }
    match door.judge(&head) {
        Ok(()) => {
            let has = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
            assert!(has(TOKEN.as_bytes()), "no token, and let in");
            assert!(head.starts_with(b"GET / HTTP/1.") || head.starts_with(b"\r") || head.starts_with(b"\n"));
        }
        Err(refused) => {
            let (status, ..) = refused.words();
            assert!((400..600).contains(&status));
        }
    }
});
