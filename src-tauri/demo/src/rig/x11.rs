//! The one X request that a window manager makes and xdotool cannot: asking a window to close (ICCCM 4.2.8).

use std::io::{Error, Read, Result, Write};
use std::os::unix::net::UnixStream;

/// Sends `WM_DELETE_WINDOW` to the window, over a connection of its own. X11 protocol, little-endian, no authorisation.
pub fn ask_to_close(display: &str, window: u32) -> Result<()> {
    let mut x = UnixStream::connect(format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':')))?;
    x.write_all(b"l\0\x0b\0\0\0\0\0\0\0\0\0")?;
    let mut head = [0; 8];
    x.read_exact(&mut head)?;
    if head[0] != 1 {
        return Err(Error::other("the display does not accept us"));
    }
    x.read_exact(&mut vec![0; 4 * usize::from(u16::from_le_bytes([head[6], head[7]]))])?;

    let protocols = intern(&mut x, "WM_PROTOCOLS")?;
    let delete = intern(&mut x, "WM_DELETE_WINDOW")?;
    // SendEvent: length 11 words, no mask; ClientMessage of format 32.
    let mut request = vec![25, 0, 11, 0];
    request.extend(window.to_le_bytes());
    request.extend(0_u32.to_le_bytes());
    request.extend([33, 32, 0, 0]);
    for word in [window, protocols, delete, 0, 0, 0, 0] {
        request.extend(word.to_le_bytes());
    }
    x.write_all(&request)?;
    // A round trip: the server has taken the event.
    intern(&mut x, "WM_PROTOCOLS").map(drop)
}

fn intern(x: &mut UnixStream, name: &str) -> Result<u32> {
    let words = 2 + name.len().div_ceil(4);
    // The names of this file are short.
    let (length, letters) =
        (u8::try_from(words).unwrap_or(u8::MAX), u8::try_from(name.len()).unwrap_or(u8::MAX));
    let mut request = vec![16, 0, length, 0, letters, 0, 0, 0];
    request.extend(name.as_bytes());
    request.resize(4 * words, 0);
    x.write_all(&request)?;
    let mut reply = [0; 32];
    x.read_exact(&mut reply)?;
    if reply[0] != 1 {
        return Err(Error::other(format!("the display does not know {name}")));
    }
    Ok(u32::from_le_bytes([reply[8], reply[9], reply[10], reply[11]]))
}
