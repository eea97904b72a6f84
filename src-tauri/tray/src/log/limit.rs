//! A log that cannot flood the disk: a line that comes again and again is left out for a while, and a day has an end.

use std::collections::HashMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// So many lines that differ in numbers only are written in one [`WINDOW`].
const REPEATED: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);
/// Different lines that are told apart.
const KINDS: usize = 512;
/// In bytes, of one day.
pub(super) const A_DAY: u64 = 8 * 1024 * 1024;
const DAY: u64 = 24 * 60 * 60;

/// Between the formatter, which writes whole lines, and the file.
pub(super) struct Limited<W> {
    inner: W,
    clock: fn() -> (Instant, u64),
    kinds: HashMap<String, (Instant, u32)>,
    day: u64,
    written: u64,
    full: bool,
}

impl<W: Write> Limited<W> {
    /// `written` bytes of this day are there already; `clock` gives the moment, and the seconds since 1970.
    pub(super) fn new(inner: W, written: u64, clock: fn() -> (Instant, u64)) -> Self {
        let day = clock().1 / DAY;
        Self { inner, clock, kinds: HashMap::new(), day, written, full: false }
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let (moment, seconds) = (self.clock)();
        if seconds / DAY != self.day {
            (self.day, self.written, self.full) = (seconds / DAY, 0, false);
        }
        let Some(note) = self.room_for(line, moment) else { return Ok(()) };
        if self.written.saturating_add(line.len() as u64) > A_DAY {
            if !self.full {
                self.full = true;
                self.inner.write_all(
                    b"The log of this day is full: nothing more is written down before the next.\n",
                )?;
            }
            return Ok(());
        }
        self.inner.write_all(line)?;
        self.written = self.written.saturating_add(line.len() as u64);
        if note { self.inner.write_all(b"(lines like this one are left out for a minute)\n") } else { Ok(()) }
    }

    /// Whether the line may be written, and whether it is the last one of its kind.
    fn room_for(&mut self, line: &[u8], moment: Instant) -> Option<bool> {
        let text = String::from_utf8_lossy(line);
        // The time comes first.
        let text = text.split_once(' ').map_or(&*text, |(_, rest)| rest).trim_start();
        // Somebody asked for all of these.
        if ["DEBUG", "TRACE"].iter().any(|level| text.starts_with(level)) {
            return Some(false);
        }
        let kind: String = text.chars().filter(|c| !c.is_ascii_digit()).take(200).collect();
        if self.kinds.len() >= KINDS {
            self.kinds.retain(|_, (begun, _)| moment.duration_since(*begun) < WINDOW);
            if self.kinds.len() >= KINDS {
                self.kinds.clear();
            }
        }
        let (begun, count) = self.kinds.entry(kind).or_insert((moment, 0));
        if moment.duration_since(*begun) >= WINDOW {
            (*begun, *count) = (moment, 0);
        }
        *count = count.saturating_add(1);
        (*count <= REPEATED).then_some(*count == REPEATED)
    }
}

impl<W: Write> Write for Limited<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.line(line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::missing_const_for_thread_local,
        reason = "it is const; the lint does not see it on Windows"
    )]

    use super::*;
    use std::cell::Cell;

    thread_local! {
        static NOW: Cell<(Option<Instant>, u64)> = const { Cell::new((None, 0)) };
    }

    /// Moves with the test's own hand.
    fn clock() -> (Instant, u64) {
        NOW.with(|now| {
            let (begun, after) = now.get();
            let begun = begun.unwrap_or_else(Instant::now);
            now.set((Some(begun), after));
            (begun + Duration::from_secs(after), after)
        })
    }

    fn after(seconds: u64) {
        clock();
        NOW.with(|now| now.set((now.get().0, now.get().1 + seconds)));
    }

    #[test]
    fn a_line_that_comes_again_is_left_out_for_a_minute() {
        let mut log = Limited::new(Vec::new(), 0, clock);
        for n in 0..1000 {
            log.write_all(format!("2026-{n} WARN a client of user {n} was turned away\n").as_bytes())
                .expect("written");
        }
        log.write_all(b"2026 INFO another line\n").expect("written");
        let text = String::from_utf8_lossy(&log.inner).into_owned();
        assert_eq!((text.matches("turned away").count(), text.matches("left out").count()), (20, 1));
        assert!(text.ends_with("another line\n"));
        after(61);
        log.write_all(b"2026 WARN a client of user 7 was turned away\n").expect("written");
        assert_eq!(String::from_utf8_lossy(&log.inner).matches("turned away").count(), 21);
    }

    #[test]
    fn a_day_has_an_end_and_the_next_one_begins() {
        let mut log = Limited::new(Vec::new(), A_DAY - 100, clock);
        let line = |n: char| format!("2026 DEBUG {}\n", String::from(n).repeat(60));
        for n in ['a', 'b', 'c', 'd'] {
            log.write_all(line(n).as_bytes()).expect("written");
        }
        let text = String::from_utf8_lossy(&log.inner).into_owned();
        assert!(
            text.contains("aaa") && !text.contains("bbb") && text.matches("is full").count() == 1,
            "{text}"
        );
        after(DAY);
        log.write_all(line('e').as_bytes()).expect("written");
        assert!(String::from_utf8_lossy(&log.inner).ends_with("eee\n"));
    }
}
