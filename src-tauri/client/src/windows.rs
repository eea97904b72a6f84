//! Windows: pipes know no time limits, so a thread listens; a pipe's owner is seen to by its access list; a process
//! without a console outlives the terminal.

use crate::line::{self, Heard};
use crate::trouble;
use interprocess::local_socket::{GenericFilePath, Stream, ToFsName as _, prelude::*};
use rolecall_core::problem::Report;
use std::io::BufReader;
use std::os::windows::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

const DETACHED_PROCESS: u32 = 0x0000_0008;
const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;

/// What the resident process says, line by line.
pub(crate) struct Listener(Receiver<Result<Heard, Report>>);

/// A pipe takes a client at once or says that it is busy.
pub(crate) fn connect(socket: &Path, _limit: Duration) -> std::io::Result<Stream> {
    Stream::connect(socket.to_fs_name::<GenericFilePath>()?)
}

/// The pipe lets nobody in but its owner, and its name cannot be taken while the owner's process lives.
pub(crate) fn is_ours(_stream: &Stream) -> bool {
    true
}

pub(crate) fn detach(command: &mut Command) {
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

impl Listener {
    pub(crate) fn new(stream: Stream) -> Self {
        let (to, heard) = channel();
        std::thread::spawn(move || {
            let (mut reader, mut begun) = (BufReader::new(stream), Vec::new());
            loop {
                let line = line::read(&mut reader, &mut begun);
                let last = line.is_err();
                if to.send(line).is_err() || last {
                    return;
                }
            }
        });
        Self(heard)
    }

    pub(crate) fn hear(&mut self, limit: Option<Duration>) -> Result<Heard, Report> {
        let heard = match limit {
            Some(limit) => self.0.recv_timeout(limit),
            None => self.0.recv().map_err(RecvTimeoutError::from),
        };
        match heard {
            Ok(heard) => heard,
            Err(RecvTimeoutError::Timeout) => Ok(Heard::Silence),
            Err(RecvTimeoutError::Disconnected) => Err(trouble::gone()),
        }
    }
}
