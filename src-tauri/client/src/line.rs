//! One line of the resident process: whole, cut off, too long, or not there yet.

use crate::trouble;
use rolecall_core::message::ANSWER_LIMIT;
use rolecall_core::problem::Report;
use std::io::{BufRead, ErrorKind, Read as _};

pub(crate) enum Heard {
    Line(Vec<u8>),
    /// Nothing, for as long as the reader waits.
    Silence,
}

/// Reads on in a line that may have been `begun`.
pub(crate) fn read(reader: &mut impl BufRead, begun: &mut Vec<u8>) -> Result<Heard, Report> {
    let left = ANSWER_LIMIT.saturating_sub(begun.len()) as u64;
    match reader.by_ref().take(left).read_until(b'\n', begun) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(Heard::Silence)
        }
        Err(_) => Err(trouble::gone()),
        Ok(_) if begun.ends_with(b"\n") => Ok(Heard::Line(std::mem::take(begun))),
        Ok(_) if begun.len() >= ANSWER_LIMIT => Err(trouble::too_long()),
        Ok(_) => Err(trouble::gone()),
    }
}
