//! botocore in one Python process that reads many texts.

use crate::judges::Reading;
use rolecall_core::aws_files::document::Dialect;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub(crate) struct Botocore {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Botocore {
    pub(crate) fn start() -> Self {
        let python = std::env::var_os("ROLECALL_PYTHON")
            .expect("ROLECALL_PYTHON must name a Python interpreter that can import botocore");
        let mut process = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/editor/read_with_botocore.py"))
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ROLECALL_PYTHON can be run");
        let to = process.stdin.take().expect("piped");
        let from = BufReader::new(process.stdout.take().expect("piped"));
        Self { process, to, from }
    }

    /// None: botocore refuses the file.
    pub(crate) fn read(&mut self, text: &str, dialect: Dialect) -> Option<Reading> {
        let mut answer = self.ask(&json!({ "config": dialect == Dialect::Config, "text": text }));
        serde_json::from_value(answer["read"].take()).expect("sections of keys")
    }

    /// `profiles` and `sso_sessions` of keys in `read`, blocks as objects; or null there, and the `line` that botocore
    /// names, where it names one.
    pub(crate) fn read_with_kinds(&mut self, text: &str, dialect: Dialect) -> serde_json::Value {
        self.ask(&json!({ "config": dialect == Dialect::Config, "text": text, "kinds": true }))
    }

    fn ask(&mut self, question: &serde_json::Value) -> serde_json::Value {
        writeln!(self.to, "{question}").expect("botocore listens");
        let mut answer = String::new();
        self.from.read_line(&mut answer).expect("botocore answers");
        serde_json::from_str(&answer).expect("botocore answers: ROLECALL_PYTHON can import it")
    }
}

impl Drop for Botocore {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
