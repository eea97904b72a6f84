//! The two files that every AWS tool reads: where they are, what they say, how one section is edited, how a file is
//! replaced.

pub mod compatibility;
mod dialect;
pub mod document;
pub mod edit;
mod judge;
pub mod locate;
#[cfg(test)]
mod properties;
pub mod replace;
pub mod same_file;
