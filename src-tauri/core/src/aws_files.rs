//! The two files that every AWS tool reads: where they are, how one section is edited, how a file is replaced.

pub mod edit;
pub mod locate;
pub mod replace;
