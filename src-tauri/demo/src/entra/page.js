"use strict";
// What the real Entra learns by telemetry, the log learns here: the page runs, is on a screen, has the keyboard.
const { page, flow } = document.body.dataset;
const told = new Set();
const tell = (is) => {
  if (told.has(is)) return;
  told.add(is);
  fetch(`/demo/page?page=${page}&is=${is}`, { method: "POST", keepalive: true }).catch(() => {});
};
const look = () => {
  if (document.visibilityState !== "visible") return;
  tell("visible");
  if (!document.hasFocus()) return;
  document.querySelector("[autofocus]")?.focus();
  tell("focused");
};
tell("loaded");
document.addEventListener("visibilitychange", look);
window.addEventListener("focus", look);
look();
