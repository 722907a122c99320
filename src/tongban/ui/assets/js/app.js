// What the pages gain with scripts. Everything here is a convenience: each page works without it.

import "./follow-ups.js";
import "./passkeys.js";
import "./rows.js";
import "./scan.js";
import "./uploads.js";

const typing = (el) => el.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

// After a refused form the summary is read out and the keyboard starts there.
document.querySelector("[data-focus]")?.focus();

// Shortcuts that buttons, links and the search field declare by data-key; J and K walk the queue.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const inField = typing(event.target);
  if (event.key === "Escape" && inField) return event.target.blur();
  if (inField && !/^F\d+$/.test(event.key)) return;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const rows = [...document.querySelectorAll("[data-queue] a")];
  if (rows.length && (key === "J" || key === "K")) {
    // The open case counts, not the row that was clicked: after a swap that row still has the focus.
    const current = rows.findIndex((row) => row.matches("[aria-current]"));
    const open = current < 0 ? rows.findIndex((row) => row.matches(":focus")) : current;
    const next = rows[open < 0 ? 0 : open + (key === "J" ? 1 : -1)];
    const page = document.querySelector(key === "J" ? ".panel--queue [rel=next]" : ".panel--queue [rel=first]");
    const onward = next ?? page; // past the last row the next page, before the first the first
    if (onward) (event.preventDefault(), onward.click());
    return;
  }
  const target = [...document.querySelectorAll("[data-key]")].find((el) => el.dataset.key.toUpperCase() === key.toUpperCase());
  if (!target || target.disabled) return;
  event.preventDefault();
  // A deciding button is only focused, so one stray key never decides; Enter then presses it.
  if (target.matches("input, textarea") || target.form?.method === "post") target.focus();
  else target.click();
});

// What is typed about a case stays with that case, its state and whoever typed it: a swap must not pass it on to the
// next case, nor a session that ran out to the next officer in this tab; coming back finds it again, also when sending
// it failed. The log-out forgets it.
const kept = (field) => `kept ${field.dataset.keep}`;
const restore = () => {
  for (const field of document.querySelectorAll("[data-keep]")) {
    field.value = field.defaultValue || (sessionStorage.getItem(kept(field)) ?? "");
    sessionStorage.setItem(kept(field), field.value);
    if (field.value) field.closest("details")?.setAttribute("open", "");
  }
};
restore();
document.addEventListener("htmx:after:swap", restore);
document.addEventListener("input", ({ target }) => target.matches("[data-keep]") && sessionStorage.setItem(kept(target), target.value));
document.addEventListener("submit", ({ target }) => target.matches("[action='/logout']") && sessionStorage.clear());

// A second press within two seconds sends nothing; the server answers the same either way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 2000);
  }
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// The code of a licence lives for some seconds; then the page is asked for a new one.
for (const ring of document.querySelectorAll("[data-countdown]")) {
  const total = Number(ring.dataset.countdown);
  const ends = Date.now() + total * 1000;
  const words = ring.querySelector("b");
  const arc = ring.querySelector(".ring__arc");
  const tick = setInterval(() => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    words.textContent = left;
    arc?.setAttribute("stroke-dasharray", `${(100 * left) / total} 100`);
    if (left) return;
    clearInterval(tick);
    if (navigator.onLine) location.reload();
  }, 1000);
}

// Buttons that only make sense with scripts are hidden in the markup and shown here.
for (const button of document.querySelectorAll("[data-print], [data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if ("print" in button.dataset) return print();
    navigator.clipboard?.writeText(button.dataset.copy).then(() => button.classList.add("is-done"));
  });
}

// How much may still be typed. What is longer is refused by the server, with all that was typed kept.
const count = (text) => {
  const info = document.getElementById(`${text.id}-info`);
  const left = Number(text.closest("[data-limit]").dataset.limit) - [...text.value].length;
  info.textContent = (left < 0 ? info.dataset.over : info.dataset.left).replace("{n}", Math.abs(left));
  info.classList.toggle("hint--over", left < 0);
};
document.querySelectorAll("[data-limit] textarea").forEach((text) => text.value && count(text));
document.addEventListener("input", ({ target }) => target.matches("[data-limit] textarea") && count(target));

// A password can be looked at while it is typed, and is hidden again before it is sent.
for (const button of document.querySelectorAll(".password__show")) {
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const [show, label] = [button.textContent, button.getAttribute("aria-label")];
  const turn = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : show;
    button.setAttribute("aria-label", shown ? button.dataset.hideLabel : label);
  };
  button.hidden = false;
  button.addEventListener("click", () => turn(field.type === "password"));
  field.form?.addEventListener("submit", () => turn(false));
}

// A link to a folded part of the page unfolds it.
const unfold = () => {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part?.matches("details")) part.open = true;
};
addEventListener("hashchange", unfold);
unfold();

// A template of a reason goes into its field below what was typed there; without scripts its button asks for the page anew.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  event.preventDefault();
  const field = document.getElementById(button.dataset.fills);
  const words = button.closest(".pick").querySelector("option:checked").dataset.words;
  field.value = field.value.trim() ? `${field.value.trimEnd()}\n${words}` : words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
