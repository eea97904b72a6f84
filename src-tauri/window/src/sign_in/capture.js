// A function, called with the system's message port in a script world of its own, at the start of every document of the
// top frame. The page cannot see this world, its globals or its message port. It reads the page's document, never
// changes it, and sends three kinds of report: "form" (a form that carries a SAMLResponse, whatever its action: the
// process decides), "look" (whether the page asks a person for something) and "person" (somebody pressed a key or a
// pointer's button). Named elements can shadow properties of `document` and of forms (`<input name="action">`), so those
// are read through the prototypes.
((port) => {
  "use strict";
  const getter = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return (object) => get.call(object);
  };
  const method = (type, name) => {
    const call = type.prototype[name];
    return call && ((object, ...rest) => call.apply(object, rest));
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
  const parentOf = getter(Node, "parentElement");
  // Engines of before 2024 do not have it.
  const checkVisibility = method(Element, "checkVisibility");
  const report = (message) => port.postMessage(JSON.stringify({ origin: location.origin, ...message }));

  const CONTROLS =
    "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled]), " +
    "button:not([disabled]), div[role=button]";
  // No lookbehind: engines that lack it would refuse the whole script.
  const ERROR = /(?:^|[^A-Za-z0-9])(AADSTS\d{4,7})(?!\d)/;
  const ERROR_WORDS =
    "(?:error\\s?code|fehlercode|code d.erreur|c\u00f3digo d[eo] erro|c\u00f3digo de error|codice(?: di)? errore|foutcode|" +
      "felkod|fejlkode|feilkode|virhekoodi|kod b\u0142\u0119du|k\u00f3d chyby|hibak\u00f3d|hata kodu|" +
      "\u043a\u043e\u0434 \u043e\u0448\u0438\u0431\u043a\u0438|\u30a8\u30e9\u30fc\\s?\u30b3\u30fc\u30c9|" +
      "\u9519\u8bef\u4ee3\u7801|\u932f\u8aa4\u78bc|\uc624\ub958\\s?\ucf54\ub4dc)" +
    "\\s*[:=\uff1a]?\\s*";
  const BARE_ERROR = new RegExp(ERROR_WORDS + "(\\d{5,7})(?![\\w.:/+-]*[\\w/+])", "i");
  // In the raw text nothing stands between one element's text and the next one's.
  const MAY_HAVE_ERROR = new RegExp("AADSTS\\d|" + ERROR_WORDS + "\\d", "i");
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
    if (element.getClientRects().length === 0) return false;
    if (checkVisibility) return checkVisibility(element, { opacityProperty: true, visibilityProperty: true });
    // What has no box is out already. Visibility is inherited, transparency is not.
    if (getComputedStyle(element).visibility !== "visible") return false;
    for (let above = element; above; above = parentOf(above)) {
      if (Number(getComputedStyle(above).opacity) === 0) return false;
    }
    return true;
  }

  // Entra's code in the page's text: with its prefix anywhere; a bare number only behind the words for "error code", in
  // the languages of Entra's pages, and not as the beginning of something longer (a date, a GUID, a telephone number).
  function errorIn(text) {
    const found = ERROR.exec(text) ?? BARE_ERROR.exec(text);
    return found && found[1];
  }

  function look() {
    const body = bodyOf(document);
    if (!body || stateOf(document) === "loading") return;
    const need = Array.prototype.some.call(all(document, CONTROLS), isSeen);
    hasText ||= textOf(body).trim() !== "";
    // What is rendered, not what a script element holds; asked only where it can matter, because it costs a layout.
    const error = MAY_HAVE_ERROR.test(rawTextOf(body)) ? errorIn(textOf(body)) : null;
    const message = { kind: "look", need, text: hasText, error };
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
  // By nobody's script: those events are not trusted. A modifier alone may only be on its way to another window.
  const MODIFIERS = ["Alt", "AltGraph", "CapsLock", "Control", "Fn", "Hyper", "Meta", "NumLock", "OS", "Shift", "Super"];
  let reported = -Infinity;
  const person = (event) => {
    const now = performance.now();
    if (now - reported < 500 || !event.isTrusted || MODIFIERS.includes(event.key)) return;
    reported = now;
    report({ kind: "person" });
  };
  for (const type of ["keydown", "mousedown", "pointerdown", "touchstart"]) {
    window.addEventListener(type, person, { capture: true, passive: true });
  }
  document.addEventListener("submit", scan, true);
  document.addEventListener("DOMContentLoaded", globalThis.rolecallLookAgain);
  window.addEventListener("load", globalThis.rolecallLookAgain);
})
