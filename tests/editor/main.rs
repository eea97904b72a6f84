//! The AWS files under edit: three foreign parsers judge what is read before and after; kills, full disks and other
//! programs try to break the replace.
//!
//! Needs `ROLECALL_PYTHON`: a Python interpreter that can import botocore.
#![allow(clippy::unwrap_used, reason = "what cannot be done fails the test")]

mod botocore;
mod compatibility;
mod conformance;
mod fixtures;
mod generate;
mod judges;
mod odd_files;
mod replace;
mod three_judges;
