//! COM objects made by hand: a table of functions and a state. What a test needs is set by name and type; a call of
//! anything else is a fault of the test's or of the program's, and is noted.
//!
//! `#[implement]` would ask for all 122 methods of the newest view. A method that is absent may have any parameters: on
//! x64 the caller cleans up.

use crate::runtime::notes::{fault, note, refusal};
use std::cell::Cell;
use std::ffi::c_void;
use windows::Win32::Foundation::{E_NOINTERFACE, E_NOTIMPL, S_OK};
use windows::Win32::System::Threading::GetCurrentThreadId;
use windows::core::{GUID, HRESULT, IUnknown, IUnknown_Vtbl, Interface};

/// More than the newest view's interface has.
const SLOTS: usize = 160;

/// The functions of one kind of object.
pub(crate) struct Table([usize; SLOTS]);

impl Table {
    /// Nothing but `IUnknown`.
    pub(crate) fn new() -> Self {
        let mut table = Self([absent as *const () as usize; SLOTS]);
        *table.of() = IUnknown_Vtbl { QueryInterface: query, AddRef: add, Release: release };
        table
    }

    /// The same slots by an interface's names and types.
    pub(crate) fn of<V>(&mut self) -> &mut V {
        assert!(size_of::<V>() <= size_of_val(&self.0), "a bigger interface than there are slots");
        // SAFETY: a table of an interface is nothing but pointers to functions, and there are enough of them.
        unsafe { &mut *self.0.as_mut_ptr().cast() }
    }
}

/// Sets methods of an interface by their names. A test can have each of them refused by its name.
macro_rules! methods {
    ($table:expr, $interface:ty { $($method:ident: $function:expr),* $(,)? }) => {{
        let table: &mut $interface = $table.of();
        $(
            table.$method = $function;
            $crate::runtime::com::refuse_if_asked(stringify!($method), (&raw mut table.$method).cast());
        )*
    }};
}
pub(crate) use methods;

/// Puts a refusal into a slot where the test wants one.
pub(crate) fn refuse_if_asked(method: &'static str, slot: *mut usize) {
    unsafe extern "system" fn refused(_: *mut c_void) -> HRESULT {
        refusal().map_or(E_NOTIMPL, |refusal| refusal.code)
    }
    if refusal().is_some_and(|refusal| refusal.method == method) {
        note(&format!("refused from now on: {method}"));
        // SAFETY: the slot of a table that is being made.
        unsafe { *slot = refused as *const () as usize };
    }
}

unsafe extern "system" fn absent(this: *mut c_void) -> HRESULT {
    // SAFETY: called through a table of ours only.
    let head = unsafe { head(this) };
    fault(&format!("a method of {} was called that the stand-in does not have", head.kind));
    E_NOTIMPL
}

/// What every object begins with.
#[repr(C)]
struct Head {
    table: *const usize,
    kind: &'static str,
    knows: fn(&GUID) -> bool,
    references: Cell<u32>,
    /// All calls come on the thread that made it: the runtime's objects belong to a single-threaded apartment.
    thread: u32,
}

#[repr(C)]
struct Object<T> {
    head: Head,
    state: T,
}

/// A new object. `knows` is the `matches` of its newest interface's table.
pub(crate) fn object<T>(kind: &'static str, knows: fn(&GUID) -> bool, table: Table, state: T) -> IUnknown {
    // Tables and objects stay for the life of the process, so that a use after the last release is noticed, not suffered.
    let table = Box::leak(Box::new(table)).0.as_ptr();
    // SAFETY: a plain call.
    let thread = unsafe { GetCurrentThreadId() };
    let head = Head { table, kind, knows, references: Cell::new(1), thread };
    let object = Box::leak(Box::new(Object { head, state }));
    // SAFETY: it begins with a table that begins with IUnknown's, and has the one reference.
    unsafe { IUnknown::from_raw(std::ptr::from_mut(object).cast()) }
}

/// # Safety
/// `this` is the first parameter of a call of an object that was made here.
unsafe fn head<'a>(this: *mut c_void) -> &'a Head {
    // SAFETY: as promised; objects are never freed.
    let head = unsafe { &*this.cast::<Head>() };
    // SAFETY: a plain call.
    if unsafe { GetCurrentThreadId() } != head.thread {
        fault(&format!("{} was called on another thread than it was made on", head.kind));
    }
    if head.references.get() == 0 {
        fault(&format!("{} was called after its last release", head.kind));
    }
    head
}

/// What is behind an object of a kind with this state.
///
/// # Safety
/// `this` is the first parameter of a method of such an object.
pub(crate) unsafe fn state<'a, T>(this: *mut c_void) -> &'a T {
    // SAFETY: as promised; objects are never freed.
    unsafe {
        head(this);
        &(*this.cast::<Object<T>>()).state
    }
}

/// The same of an object of ours that is at hand.
pub(crate) fn inside<T>(object: &IUnknown) -> &T {
    // SAFETY: every caller knows what it made. The object lives as long as the reference.
    unsafe { state(object.as_raw()) }
}

unsafe extern "system" fn query(this: *mut c_void, id: *const GUID, out: *mut *mut c_void) -> HRESULT {
    // SAFETY: COM's own contract.
    unsafe {
        let known = *id == IUnknown::IID || (head(this).knows)(&*id);
        *out = if known { this } else { std::ptr::null_mut() };
        if !known {
            return E_NOINTERFACE;
        }
        add(this);
    }
    S_OK
}

unsafe extern "system" fn add(this: *mut c_void) -> u32 {
    // SAFETY: COM's own contract.
    let references = unsafe { &head(this).references };
    references.set(references.get() + 1);
    references.get()
}

unsafe extern "system" fn release(this: *mut c_void) -> u32 {
    // SAFETY: COM's own contract.
    let references = unsafe { &head(this).references };
    references.set(references.get().saturating_sub(1));
    references.get()
}

/// Somebody's object, with a reference of our own.
///
/// # Safety
/// It is a COM object, or null.
pub(crate) unsafe fn keep(object: *mut c_void) -> Option<IUnknown> {
    // SAFETY: as promised.
    unsafe { IUnknown::from_raw_borrowed(&object) }.cloned()
}

/// Calls a handler. All of them have one method of this shape: sender and arguments of an event, or a code and a result.
pub(crate) fn invoke(handler: &IUnknown, first: usize, second: *mut c_void) -> HRESULT {
    type Invoke = unsafe extern "system" fn(*mut c_void, usize, *mut c_void) -> HRESULT;
    // SAFETY: Invoke is the first method after IUnknown's three, of every handler of WebView2.
    unsafe {
        let slots = *handler.as_raw().cast::<*const *const c_void>();
        let invoke: Invoke = std::mem::transmute(*slots.add(3));
        invoke(handler.as_raw(), first, second)
    }
}
