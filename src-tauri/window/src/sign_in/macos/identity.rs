//! Client certificates: the keychain's own, signed by whom the server names, and chosen by the person.
#![expect(unsafe_code, reason = "the keychain is a C framework, and its panel an Objective-C one")]

use objc2::rc::Retained;
use objc2::{ClassType as _, MainThreadMarker, msg_send};
use objc2_app_kit::NSModalResponseOK;
use objc2_core_foundation::{CFBoolean, CFDictionary, CFString, CFType};
use objc2_foundation::{NSArray, NSData, NSString, NSURLCredential, NSURLCredentialPersistence};
use objc2_security::{
    SecItemCopyMatching, kSecClass, kSecClassIdentity, kSecMatchIssuers, kSecMatchLimit, kSecMatchLimitAll,
    kSecReturnRef,
};
use objc2_security_interface::SFChooseIdentityPanel;
use std::ptr;

/// The certificates whose private keys are here; `issuers` are names in DER. None where there are none, which is usual,
/// and where the keychain does not say.
pub(super) fn find(issuers: Option<&NSArray<NSData>>) -> Option<Retained<NSArray>> {
    // SAFETY: constants of the framework, and an array that both frameworks know by either name.
    let (mut keys, mut values): (Vec<&CFString>, Vec<&CFType>) = unsafe {
        (
            vec![kSecClass, kSecMatchLimit, kSecReturnRef],
            vec![kSecClassIdentity, kSecMatchLimitAll, CFBoolean::new(true)],
        )
    };
    if let Some(issuers) = issuers.filter(|issuers| !issuers.is_empty()) {
        // SAFETY: as above; NSArray is CFArray, and that a CFType.
        unsafe {
            keys.push(kSecMatchIssuers);
            values.push(&*ptr::from_ref(issuers).cast::<CFType>());
        }
    }
    let query = CFDictionary::from_slices(&keys, &values);
    let mut found: *const CFType = ptr::null();
    // SAFETY: each key has a value of its type; what is found is ours to release: an array, as all matches are asked for.
    let found = unsafe {
        let status = SecItemCopyMatching(query.as_opaque(), &raw mut found);
        if status != 0 {
            return None;
        }
        Retained::from_raw(found.cast_mut().cast::<NSArray>())
    };
    found.filter(|found| !found.is_empty())
}

/// Asks the person which of them `host` gets; None where they choose none.
pub(super) fn choose(
    identities: &NSArray,
    host: &str,
    main: MainThreadMarker,
) -> Option<Retained<NSURLCredential>> {
    let message =
        NSString::from_str(&format!("{host} asks for a certificate. Which one do you want to use?"));
    // SAFETY: plain calls on the main thread, with what `find` found. The credential keeps the identity.
    unsafe {
        let panel = SFChooseIdentityPanel::sharedChooseIdentityPanel(main)?;
        panel.setAlternateButtonTitle(Some(&NSString::from_str("Cancel")));
        if panel.runModalForIdentities_message(Some(identities), Some(&message)) != NSModalResponseOK {
            return None;
        }
        let identity = panel.identity()?;
        Some(msg_send![
            NSURLCredential::class(),
            credentialWithIdentity: &*identity,
            certificates: None::<&NSArray>,
            persistence: NSURLCredentialPersistence::ForSession,
        ])
    }
}
