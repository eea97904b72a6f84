//! What a page's scripts ask or tell a person, in a dialog that names the page's host.

use objc2::MainThreadMarker;
use objc2_app_kit::{NSAlert, NSAlertFirstButtonReturn};
use objc2_foundation::NSString;

/// In characters: more hides the buttons.
const TEXT_LIMIT: usize = 1_000;

/// Shows the text; true where the first button was pressed.
pub(super) fn ask(host: &str, text: &str, buttons: &[&str], main: MainThreadMarker) -> bool {
    let alert = NSAlert::new(main);
    alert.setMessageText(&NSString::from_str(host));
    let text: String = text.chars().take(TEXT_LIMIT).collect();
    alert.setInformativeText(&NSString::from_str(&text));
    for button in buttons {
        alert.addButtonWithTitle(&NSString::from_str(button));
    }
    alert.runModal() == NSAlertFirstButtonReturn
}
