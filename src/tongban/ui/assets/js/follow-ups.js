// A question that hangs on an answer comes as soon as that answer is chosen, and goes with it. The server decides, as it
// does where there are no scripts: the form is kept, and of the page that it answers with only what is new is taken over
// and what is no longer asked is taken away. An input that stays is not touched, and a table whose rows came or went
// meanwhile is left alone: whoever types on loses nothing. What was taken away comes back as it was typed.

const CONTAINERS = ".form-part, .card, .rows, .rows__list, .rows__row, .rows__cells";

const base = (name) => name.replace(/-(\d+|year|month|day)$/, "");
const keyOf = (el) => `${el.tagName} ${el.id || base(el.name || el.querySelector("[name]")?.name || "") || el.className}`;

const keyed = (container) => {
  const found = new Map();
  for (const child of container.children) {
    let key = keyOf(child);
    while (found.has(key)) key += "+";
    found.set(key, child);
  }
  return found;
};

const rowsOf = (table) => [...table.querySelectorAll("[data-row] .rows__cells > input[type=hidden]")].map((one) => one.name).join();
const allRows = (form) => new Map([...form.querySelectorAll("[data-rows]")].map((table) => [table.id, rowsOf(table)]));

const away = new Map();
const takeAway = (key, child) => {
  child.remove();
  if (child.matches("[name]") || child.querySelector("[name]")) away.set(key, child);
};

// Makes `old` ask what `fresh` asks; gives whether something that was away has come back with what was typed into it.
const follow = (old, fresh, sent) => {
  const [stands, wanted] = [keyed(old), keyed(fresh)];
  for (const [key, child] of stands) if (!wanted.has(key) && child.tagName !== "TEMPLATE") takeAway(key, child);
  let [before, back] = [null, false];
  for (const [key, child] of wanted) {
    const kept = stands.get(key) ?? away.get(key);
    const placed = kept ?? child;
    if (!stands.has(key)) {
      back ||= away.delete(key);
      before ? before.after(placed) : old.prepend(placed);
    }
    const table = kept?.matches("[data-rows]");
    const alone = table && !(rowsOf(kept) === rowsOf(child) && rowsOf(kept) === sent.get(kept.id));
    if (kept?.matches(CONTAINERS) && !alone) back = follow(kept, child, sent) || back;
    before = placed;
  }
  return back;
};

let asking = null;
const ask = async (form) => {
  const [data, sent] = [new FormData(form), allRows(form)];
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  data.set("_go", "update");
  const body = form.enctype === "multipart/form-data" ? data : new URLSearchParams(data);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  if (!answer.ok) return; // what is wrong is told when she goes on
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("form[data-asks]");
  if (!fresh || fresh.action !== form.action) return;
  for (const name of ["_version", "_asked"]) if (form.elements[name]) form.elements[name].value = fresh.elements[name].value;
  // What came back may ask for more, and is not kept yet.
  if (follow(form.querySelector(".card"), fresh.querySelector(".card"), sent)) await ask(form);
};

document.addEventListener("change", ({ target }) => {
  const form = target.form?.closest("form[data-asks]");
  if (!form || !target.name) return;
  const [table, , column] = target.name.split(".");
  const name = base(column ? `${table}.${column}` : table);
  if (!form.dataset.asks.split(" ").includes(name)) return;
  const last = asking ?? Promise.resolve();
  const own = last.then(() => ask(form)).catch(() => {}); // away from the net: the next page asks instead
  asking = own;
  own.then(() => asking === own && (asking = null));
});

// Who presses a button meanwhile waits for the answer that is under way: both would keep the same draft.
document.addEventListener(
  "submit",
  (event) => {
    if (!asking || !event.target.matches("[data-asks]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asking.then(() => event.target.requestSubmit(event.submitter));
  },
  true,
);
