//! The network as SystemConfiguration keeps it: which service is in use, with which addresses and names. What changed
//! does not matter, only that it is over.

use crate::power::{Happening, quiet};
use core_foundation::array::CFArray;
use core_foundation::runloop::{CFRunLoop, kCFRunLoopCommonModes};
use core_foundation::string::CFString;
use std::io;
use system_configuration::dynamic_store::{
    SCDynamicStore, SCDynamicStoreBuilder, SCDynamicStoreCallBackContext,
};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// "System Configuration Programming Guidelines", the keys of the State: domain.
const KEYS: [&str; 3] =
    ["State:/Network/Global/IPv4", "State:/Network/Global/IPv6", "State:/Network/Global/DNS"];

/// Tells until the other end of `to` is gone.
pub(super) async fn tell(to: &UnboundedSender<Happening>) {
    let (changed, mut news) = unbounded_channel();
    let Some(_store) = watch(changed) else {
        return tracing::debug!("changes of the network are not noticed");
    };
    let _ = quiet::tell(to, async || news.recv().await.ok_or_else(|| io::ErrorKind::BrokenPipe.into())).await;
}

/// Rings `changed`, in the main thread.
fn watch(changed: UnboundedSender<()>) -> Option<SCDynamicStore> {
    let context = SCDynamicStoreCallBackContext {
        callout: |_, _, changed: &mut UnboundedSender<()>| _ = changed.send(()),
        info: changed,
    };
    let store = SCDynamicStoreBuilder::new("Rolecall").callback_context(context).build()?;
    let keys = CFArray::from_CFTypes(&KEYS.map(CFString::new));
    let patterns = CFArray::<CFString>::from_CFTypes(&[]);
    if !store.set_notification_keys(&keys, &patterns) {
        return None;
    }
    let source = store.create_run_loop_source()?;
    #[expect(unsafe_code, reason = "the modes are a constant of the framework")]
    // SAFETY: it is set before anything of ours runs.
    CFRunLoop::get_main().add_source(&source, unsafe { kCFRunLoopCommonModes });
    Some(store)
}
