//! The Windows program on a stand-in for WebView2 that plays scenes: what it asks of the engine, in which order, on which
//! thread, and what it makes of the engine's answers.
#![cfg(windows)]
#![expect(clippy::unwrap_used, reason = "what cannot be had fails the test")]

mod capture;
mod faults;
mod harness;
mod person;
