//! The real program with the real WebKitGTK, on an X display and against a web server of each test's own.

mod capture;
mod harness;
mod hostile;
mod jar;
mod person;
mod private;
