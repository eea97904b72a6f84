// A function, called with the system's message port in a script world of its own, at the start of every document of the
// top frame. The page cannot see this world, its globals or its message port. It reads the page's document, never
// changes it, and sends two kinds of report: "form" (a form that carries a SAMLResponse, whatever its action: the
// process decides) and "look" (whether the page asks a person for something). Named elements can shadow properties of `document` and of forms
// (`<input name="action">`), so those are read through the prototypes.
((port) => {
  "use strict";
  const getter = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return (object) => get.call(object);
  };
  const method = (type, name) => {
    const call = type.prototype[name];
    return (object, ...rest) => call.apply(object, rest);
  };
  const actionOf = getter(HTMLFormElement, "action");
  const valueOf = getter(HTMLInputElement, "value");
  const bodyOf = getter(Document, "body");
  const stateOf = getter(Document, "readyState");
  const textOf = getter(HTMLElement, "innerText");
  const rawTextOf = getter(Node, "textContent");
  const all = method(Document, "querySelectorAll");
  const allWithin = method(Element, "querySelectorAll");
  const firstWithin = method(Element, "querySelector");
  const report = (message) => port.postMessage(JSON.stringify({ origin: location.origin, ...message }));

  const CONTROLS =
    "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled]), " +
    "button:not([disabled]), div[role=button]";
  const sent = new WeakMap();
  let hasText = false;
  let lastLook = "";

  function form(element) {
    const field = firstWithin(element, "input[name=SAMLResponse]");
    const saml = field ? valueOf(field) : "";
    const action = actionOf(element);
    const key = action + "\n" + saml;
    if (!saml || sent.get(element) === key) return;
    sent.set(element, key);
    report({ kind: "form", action, saml });
  }

  function isSeen(element) {
    return (
      element.getClientRects().length > 0 &&
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    );
  }

  function look() {
    const body = bodyOf(document);
    if (!body || stateOf(document) === "loading") return;
    const need = Array.prototype.some.call(all(document, CONTROLS), isSeen);
    hasText ||= textOf(body).trim() !== "";
    // What is rendered, not what a script element holds; asked only where it can matter, because it costs a layout.
    const error = rawTextOf(body).includes("AADSTS") ? /AADSTS\d{4,7}/.exec(textOf(body)) : null;
    const message = { kind: "look", need, text: hasText, error: error ? error[0] : null };
    const key = JSON.stringify(message);
    if (key === lastLook) return;
    lastLook = key;
    report(message);
  }

  function scan() {
    all(document, "form").forEach(form);
  }

  // Also called by the process after it has stopped a post to an ACS: the field may have been filled by script only.
  globalThis.rolecallLookAgain = () => {
    scan();
    look();
  };

  new MutationObserver((records) => {
    // A form may be gone again by now (appended, submitted, removed): look at what was added, too.
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node instanceof HTMLFormElement) form(node);
        else allWithin(node, "form").forEach(form);
      }
    }
    scan();
    look();
  }).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["style", "class", "hidden", "type", "disabled", "value"],
  });
  document.addEventListener("submit", scan, true);
  document.addEventListener("DOMContentLoaded", globalThis.rolecallLookAgain);
  window.addEventListener("load", globalThis.rolecallLookAgain);
})
