//! The DevTools protocol's words for a script in a world of its own, and for what that script says.
//!
//! WebView2's own message port is open to every page. The protocol has one that is not: a binding which exists in the
//! script's world only.

use super::{CAPTURE, WORLD};
use rolecall_core::secret::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

/// Methods with their parameters, in their order; after the last one every new document is watched.
pub(crate) fn calls() -> [(&'static str, Value); 4] {
    // Chromium runs it in sub-frames, too. The page cannot shadow `top`, nor reach this world.
    let script = format!("if (window.top === window) {CAPTURE}({{ postMessage: globalThis.{WORLD} }});");
    [
        ("Runtime.enable", json!({})),
        ("Runtime.addBinding", json!({ "name": WORLD, "executionContextName": WORLD })),
        ("Page.enable", json!({})),
        ("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script, "worldName": WORLD })),
    ]
}

/// What the script said, from the parameters of `Runtime.bindingCalled`.
pub(crate) fn said(parameters: &str) -> Option<Secret> {
    #[derive(Deserialize)]
    struct Called {
        name: String,
        payload: Secret,
    }
    let called: Called = serde_json::from_str(parameters).ok()?;
    (called.name == WORLD).then_some(called.payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binding_is_of_the_scripts_world_only() {
        let calls = calls();
        let (_, binding) = &calls[1];
        let (_, script) = &calls[3];
        assert_eq!(binding["executionContextName"], script["worldName"]);
        let source = script["source"].as_str().unwrap();
        assert!(source.starts_with("if (window.top === window) "));
        assert!(source.ends_with("})\n({ postMessage: globalThis.rolecall });"), "{source}");
    }

    #[test]
    fn only_its_calls_are_reports() {
        let said = |json: &str| said(json).map(|said| said.expose().to_owned());
        assert_eq!(
            said(r#"{"name":"rolecall","payload":"{\"kind\":\"look\"}","executionContextId":3}"#).as_deref(),
            Some(r#"{"kind":"look"}"#)
        );
        assert_eq!(said(r#"{"name":"other","payload":"x","executionContextId":3}"#), None);
        assert_eq!(said("{}"), None);
        assert_eq!(said("junk"), None);
    }
}
