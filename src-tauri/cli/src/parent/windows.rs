//! Windows: the parent's name from a snapshot of the processes.

#![expect(unsafe_code, reason = "the process list is read through the Tool Help functions")]

use rolecall_core::shell::Shell;
use std::mem::{size_of, zeroed};
use windows_sys::Win32::Foundation::{CloseHandle, INVALID_HANDLE_VALUE};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};

pub(crate) const USUAL_SHELL: Shell = Shell::PowerShell;

pub(crate) fn program() -> Option<String> {
    let processes = processes();
    let entry = |id| processes.iter().find(|entry: &&PROCESSENTRY32W| entry.th32ProcessID == id);
    let parent = entry(entry(std::process::id())?.th32ParentProcessID)?;
    let end = parent.szExeFile.iter().position(|unit| *unit == 0).unwrap_or(parent.szExeFile.len());
    Some(String::from_utf16_lossy(&parent.szExeFile[..end]))
}

fn processes() -> Vec<PROCESSENTRY32W> {
    let mut processes = vec![];
    // SAFETY: plain calls with a handle that is checked and closed once, and an entry of ours whose size is set.
    unsafe {
        let snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
        if snapshot == INVALID_HANDLE_VALUE {
            return processes;
        }
        let mut entry: PROCESSENTRY32W = zeroed();
        entry.dwSize = u32::try_from(size_of::<PROCESSENTRY32W>()).unwrap_or_default();
        let mut more = Process32FirstW(snapshot, &mut entry);
        while more != 0 {
            processes.push(entry);
            more = Process32NextW(snapshot, &mut entry);
        }
        CloseHandle(snapshot);
    }
    processes
}
