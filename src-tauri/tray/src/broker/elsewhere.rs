//! Elsewhere: nobody to ask. Windows and macOS sign the web engine on by themselves.

use super::Ask;
use rolecall_core::sign_in::Cookie;

pub(super) async fn cookie(_ask: &Ask, _bus: Option<&str>) -> Option<Cookie> {
    None
}

pub(super) async fn is_there(_bus: Option<&str>) -> Option<bool> {
    None
}
