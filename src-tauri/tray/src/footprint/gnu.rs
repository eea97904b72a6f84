//! glibc keeps a heap for each thread and returns little of it; the kernel keeps every page of the program mapped that
//! was ever near one in use.

use std::ffi::{c_int, c_void};

pub(super) fn share_heap() {
    #[expect(unsafe_code, reason = "mallopt(3): sets a number, before any other thread is there")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

pub(super) fn give_back() {
    #[expect(unsafe_code, reason = "malloc_trim(3) and dl_iterate_phdr(3): safe to call from any thread")]
    unsafe {
        libc::malloc_trim(0);
        libc::dl_iterate_phdr(Some(unmap_pages), std::ptr::null_mut());
    }
}

/// Drops the pages of one program or library that are as they are in its file: what is needed is mapped again from
/// memory's own copy of the file, without a read.
#[expect(unsafe_code, reason = "called by dl_iterate_phdr(3) with what it documents")]
unsafe extern "C" fn unmap_pages(object: *mut libc::dl_phdr_info, _: usize, _: *mut c_void) -> c_int {
    let object = unsafe { &*object };
    let headers = unsafe { std::slice::from_raw_parts(object.dlpi_phdr, object.dlpi_phnum.into()) };
    // The kernel's own object has no file behind it.
    let name = unsafe { std::ffi::CStr::from_ptr(object.dlpi_name) };
    if name.to_bytes().starts_with(b"linux-vdso") {
        return 0;
    }
    for header in headers {
        // What may be written, or was relocated before it was protected, is not what the file says.
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        let (from, to) =
            (object.dlpi_addr + header.p_vaddr, header.p_vaddr + header.p_memsz + object.dlpi_addr);
        let page = 4096;
        let (from, to) = (from.next_multiple_of(page), to / page * page);
        if let (Ok(start), Ok(length)) = (usize::try_from(from), usize::try_from(to.saturating_sub(from)))
            && length > 0
        {
            // A failure changes nothing.
            unsafe { libc::madvise(start as *mut c_void, length, libc::MADV_DONTNEED) };
        }
    }
    0
}
