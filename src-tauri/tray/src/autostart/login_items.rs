//! What the person says of our agent in System Settings, Login Items, from macOS 13 on. The agent stays a list in their
//! folder there, too: one that is registered by SMAppService is started at once, beside the program that runs, and ended,
//! and with it that program, when it is taken back.

#![expect(unsafe_code, reason = "ServiceManagement is an Objective-C framework")]

use objc2::runtime::AnyClass;
use objc2_foundation::{NSString, NSURL};
use objc2_service_management::{SMAppService, SMAppServiceStatus};
use std::path::Path;

/// Whether macOS does not start what `list` says, because the person does not want it.
pub(super) fn switched_off(list: &Path) -> bool {
    let Some(path) = list.to_str().filter(|_| is_there()) else { return false };
    let list = NSURL::fileURLWithPath(&NSString::from_str(path));
    // SAFETY: a plain call; the class was asked for.
    let status = unsafe { SMAppService::statusForLegacyURL(&list) };
    // Of a list that was never loaded it says that there is none.
    status == SMAppServiceStatus::RequiresApproval
}

/// Shows the person where they can allow it: no program may do that for them.
pub(super) fn show_switch() {
    if is_there() {
        // SAFETY: as above.
        unsafe { SMAppService::openSystemSettingsLoginItems() };
    }
}

fn is_there() -> bool {
    AnyClass::get(c"SMAppService").is_some()
}
