//! What must be done to the process itself before the web engine starts, and how both leave.
#![expect(unsafe_code, reason = "handles, environment, jobs and exit are system calls")]

use std::fs::File;
use std::io;
use std::mem::{ManuallyDrop, size_of, size_of_val};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::time::{Duration, Instant};
use windows::Win32::Foundation::{HANDLE, HANDLE_FLAG_INHERIT, HANDLE_FLAGS, SetHandleInformation};
use windows::Win32::System::Console::{
    GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, SetStdHandle,
};
use windows::Win32::System::Diagnostics::Debug::{
    SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
};
use windows::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, IsProcessInJob, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectBasicProcessIdList, JobObjectExtendedLimitInformation,
    QueryInformationJobObject, SetInformationJobObject,
};
use windows::Win32::System::StationsAndDesktops::{
    GetProcessWindowStation, GetUserObjectInformationW, UOI_FLAGS, USEROBJECTFLAGS,
};
use windows::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, PROCESS_QUERY_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE,
    TerminateProcess, WaitForSingleObject,
};
use windows::core::{BOOL, PCWSTR, Result as Win32};

/// Variables of the developer's that would open the engine to others, or move its folder. An administrator's
/// `WEBVIEW2_BROWSER_EXECUTABLE_FOLDER` stays: it names the engine itself.
const UNWANTED: [&str; 5] = [
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
    "WEBVIEW2_USER_DATA_FOLDER",
    "WEBVIEW2_WAIT_FOR_SCRIPT_DEBUGGER",
];

/// How long killed processes of the engine may take to let go of their files.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes the outcome's pipe from standard output: no process of the engine inherits it, and standard output is standard
/// error from now on. A crash is shown and reported to nobody.
///
/// To be called while there is one thread.
pub(crate) fn prepare() -> io::Result<File> {
    // SAFETY: plain system calls. The pipe is ours alone from here on: standard output is given another handle before
    // anybody could use it.
    let pipe = unsafe {
        let pipe = GetStdHandle(STD_OUTPUT_HANDLE)?;
        // A console's are none that could be inherited.
        for handle in [Ok(pipe), GetStdHandle(STD_INPUT_HANDLE)].into_iter().flatten() {
            let _ = SetHandleInformation(handle, HANDLE_FLAG_INHERIT.0, HANDLE_FLAGS(0));
        }
        SetStdHandle(STD_OUTPUT_HANDLE, GetStdHandle(STD_ERROR_HANDLE).unwrap_or_default())?;
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
        File::from_raw_handle(pipe.0)
    };
    // SAFETY: no other thread exists yet that could read the environment.
    unsafe {
        for name in UNWANTED {
            std::env::remove_var(name);
        }
    }
    Ok(pipe)
}

/// Whether windows of this session can be seen: not those of a service, or of an SSH session.
pub(crate) fn has_display() -> bool {
    /// WSF_VISIBLE.
    const VISIBLE: u32 = 1;
    let mut flags = USEROBJECTFLAGS::default();
    // SAFETY: the buffer and its size belong together; the window station's handle is not to be closed.
    let asked = unsafe {
        GetProcessWindowStation().and_then(|station| {
            GetUserObjectInformationW(
                HANDLE(station.0),
                UOI_FLAGS,
                Some((&raw mut flags).cast()),
                size_of_val(&flags) as u32,
                None,
            )
        })
    };
    asked.is_ok() && flags.dwFlags & VISIBLE != 0
}

/// The engine's processes: all that this one starts, for they share a job with it. The system ends them when the last
/// handle of the job is closed, which is when this process ends, whatever ended it.
pub(crate) struct Engine(Option<Job>);

/// Never closed: that would end us.
struct Job(ManuallyDrop<OwnedHandle>);

impl Engine {
    /// To be called before the engine starts. Where the system refuses the job, the engine ends by itself some time
    /// after us.
    pub(crate) fn own() -> Self {
        Self(Job::of_this_process().ok())
    }

    /// Ends them now, and waits until their files can be removed.
    pub(crate) fn stop(&self) {
        let Some(job) = &self.0 else { return };
        let processes = job.others();
        // SAFETY: each is a process of the engine, by a handle with the right to end it.
        processes.iter().for_each(|process| unsafe {
            let _ = TerminateProcess(handle(process), 1);
        });
        let deadline = Instant::now() + PATIENCE;
        for process in &processes {
            let left = deadline.saturating_duration_since(Instant::now()).as_millis();
            // SAFETY: the handle has the right to be waited for. What is still there after that is left to the next sweep.
            unsafe { WaitForSingleObject(handle(process), u32::try_from(left).unwrap_or_default()) };
        }
    }
}

impl Job {
    fn of_this_process() -> Win32<Self> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        // SAFETY: the job's handle is new and ours; `limits` and its size belong together. This process is assigned
        // last, so that an error before it closes a job that nobody is in.
        unsafe {
            let job = OwnedHandle::from_raw_handle(CreateJobObjectW(None, PCWSTR::null())?.0);
            SetInformationJobObject(
                handle(&job),
                JobObjectExtendedLimitInformation,
                (&raw const limits).cast(),
                size_of_val(&limits) as u32,
            )?;
            AssignProcessToJobObject(handle(&job), GetCurrentProcess())?;
            Ok(Self(ManuallyDrop::new(job)))
        }
    }

    /// The job's processes but this one.
    fn others(&self) -> Vec<OwnedHandle> {
        /// JOBOBJECT_BASIC_PROCESS_ID_LIST, with more room than an engine needs.
        #[repr(C)]
        struct Processes {
            assigned: u32,
            listed: u32,
            ids: [usize; 256],
        }
        let mut list = Processes { assigned: 0, listed: 0, ids: [0; 256] };
        // SAFETY: `list` has the layout that the system fills, and its size goes with it. A list that is cut short is
        // an error to the system, and still says how much of it is there.
        let _ = unsafe {
            QueryInformationJobObject(
                Some(handle(&self.0)),
                JobObjectBasicProcessIdList,
                (&raw mut list).cast(),
                size_of::<Processes>() as u32,
                None,
            )
        };
        let ids = list.ids.iter().take(list.listed as usize).filter_map(|id| u32::try_from(*id).ok());
        ids.filter(|id| *id != std::process::id()).filter_map(|id| self.open(id).ok()).collect()
    }

    /// A number can belong to another process by now: only what is in the job is opened.
    fn open(&self, id: u32) -> Win32<OwnedHandle> {
        let rights = PROCESS_QUERY_INFORMATION | PROCESS_SYNCHRONIZE | PROCESS_TERMINATE;
        let mut ours = BOOL::default();
        // SAFETY: the process's handle is new and ours; `ours` is written during the call.
        unsafe {
            let process = OwnedHandle::from_raw_handle(OpenProcess(rights, false, id)?.0);
            IsProcessInJob(handle(&process), Some(handle(&self.0)), &mut ours)?;
            ours.ok().map(|()| process)
        }
    }
}

fn handle(owned: &OwnedHandle) -> HANDLE {
    HANDLE(owned.as_raw_handle())
}

/// Ends the process at once, and with it the engine's.
pub(crate) fn end() -> ! {
    // SAFETY: the pseudo handle of this process. Does not return; nothing of ours waits for destructors or exit handlers.
    unsafe {
        let _ = TerminateProcess(GetCurrentProcess(), 0);
    }
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn what_this_process_starts_is_ended_and_nothing_else() {
        let engine = Engine::own();
        let start =
            || Command::new("cmd").args(["/c", "pause"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let mut children = [start().unwrap(), start().unwrap()];
        engine.stop();
        for child in &mut children {
            assert_eq!(child.try_wait().unwrap().and_then(|status| status.code()), Some(1));
        }
        engine.stop();
    }
}
