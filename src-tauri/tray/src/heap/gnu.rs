//! glibc: by default it keeps a heap for each thread, and returns only what lies at the end of one.

pub(super) fn share() {
    #[expect(unsafe_code, reason = "mallopt(3): sets a number, before any other thread is there")]
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

pub(super) fn give_back() {
    #[expect(unsafe_code, reason = "malloc_trim(3): safe to call from any thread")]
    unsafe {
        libc::malloc_trim(0);
    }
}
