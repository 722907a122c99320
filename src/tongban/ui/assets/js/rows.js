// Rows of a table come and go, and its sums are kept, without asking the server. The buttons are the same that ask it
// where there are no scripts; a gap that a removed row leaves in the numbers is closed by the server.

const rowsOf = (table) => [...table.querySelectorAll("[data-row]")];
const firstInput = (row) => row?.querySelector("input:not([type=hidden]), select, textarea");

const arranged = (table) => {
  const rows = rowsOf(table);
  rows.forEach((row, at) => row.querySelectorAll("[data-row-number]").forEach((place) => (place.textContent = at + 1)));
  const full = rows.length >= Number(table.dataset.most);
  table.querySelector(".rows__add").hidden = full;
  table.querySelector(".rows__most").hidden = !full;
  for (const place of table.querySelectorAll("[data-total]")) sum(table, place);
};

const added = (table) => {
  const used = rowsOf(table).map((row) => Number(row.querySelector("input[type=hidden]").name.split(".")[1]));
  const html = table.querySelector("[data-row-template]").innerHTML.replaceAll("{n}", Math.max(-1, ...used) + 1);
  table.querySelector(".rows__list").insertAdjacentHTML("beforeend", html);
  return rowsOf(table).at(-1);
};

// The typed decimals are added as whole numbers of the smallest place, so 0.1 + 0.2 is 0.3; what is no number counts nothing.
const sum = (table, place) => {
  const typed = [...table.querySelectorAll(`[data-row] [name$=".${place.dataset.total}"]`)]
    .map((input) => input.value.normalize("NFKC").replace("。", ".").replace(/[,\s¥元]/g, ""))
    .filter((text) => /^-?\d{1,15}(\.\d{1,9})?$/.test(text));
  const shown = place.textContent.match(/-?[\d,]+(?:\.(\d+))?/);
  const places = Math.max(shown[1]?.length ?? 0, ...typed.map((text) => text.split(".")[1]?.length ?? 0));
  const total = typed.reduce((all, text) => {
    const [whole, part = ""] = text.split(".");
    return all + BigInt(whole + part.padEnd(places, "0"));
  }, 0n);
  const digits = String(total < 0n ? -total : total).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  const text = (total < 0n ? "-" : "") + whole + (places ? `.${digits.slice(-places)}` : "");
  place.textContent = place.textContent.replace(shown[0], text);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-rows] button[name=_go]");
  if (!button) return;
  event.preventDefault();
  const table = button.closest("[data-rows]");
  if (button.value.startsWith("add:")) {
    firstInput(added(table)).focus();
  } else {
    const at = rowsOf(table).indexOf(button.closest("[data-row]"));
    button.closest("[data-row]").remove();
    while (rowsOf(table).length < Number(table.dataset.least)) added(table);
    const rows = rowsOf(table);
    (firstInput(rows[at] ?? rows.at(-1)) ?? table.querySelector(".rows__add button")).focus();
  }
  arranged(table);
});

document.addEventListener("input", ({ target }) => {
  const table = target.closest("[data-rows]");
  const place = table?.querySelector(`[data-total="${target.name.split(".").at(-1)}"]`);
  if (place) sum(table, place);
});
