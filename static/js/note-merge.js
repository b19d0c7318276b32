// Somebody else saved this note meanwhile. Field by field: what only they wrote is taken, what only I wrote stays, and
// what both wrote is shown beside each other, with three ways out. Nothing is dropped without a press.

const place = () => document.querySelector('[data-part="conflict"]');

const text = (value) => {
  if (value === null || value === undefined || value === false) return "";
  return value === true ? "on" : String(value);
};

const same = (one, other) => one.replace(/\r\n/g, "\n").trim() === other.replace(/\r\n/g, "\n").trim();

export function valueOf(form, name) {
  const found = form.elements.namedItem(name);
  if (found instanceof RadioNodeList) return found.value;
  if (found?.type === "checkbox") return found.checked ? found.value : "";
  return found?.value ?? "";
}

export function put(form, name, value) {
  const found = form.elements.namedItem(name);
  if (!found) return;
  if (found instanceof RadioNodeList) {
    [...found].forEach((choice) => { choice.checked = choice.value === text(value); });
  } else if (found.type === "checkbox") {
    found.checked = Boolean(value);
  } else if (found instanceof HTMLSelectElement) {
    // A box that is used up stands no longer among the choices.
    if ([...found.options].some((option) => option.value === text(value))) found.value = text(value);
  } else {
    found.value = text(value);
  }
}

// What the fields of the page hold now: the ground on which both wrote.
export function ground(form) {
  const held = {};
  [...new Set([...form.elements].map((field) => field.name).filter(Boolean))].forEach((name) => { held[name] = valueOf(form, name); });
  return held;
}

function rows() {
  return [...place().querySelectorAll("[data-differs]")];
}

// Returns the fields that both wrote; the others are settled.
export function settle(form, theirs, base) {
  const open = [];
  const taken = [];
  rows().forEach((row) => {
    const name = row.dataset.differs;
    const known = base !== null && name in base && form.elements.namedItem(name);
    const mine = valueOf(form, name);
    if (known && same(mine, base[name])) {
      put(form, name, theirs[name]);
      taken.push(row.dataset.words);
      row.remove();
    } else if (known && same(text(theirs[name]), base[name])) {
      row.remove();
    } else {
      open.push(name);
      offer(form, row, theirs[name]);
    }
  });
  told(taken, open.length);
  return open;
}

function offer(form, row, value) {
  const ways = row.querySelector("[data-ways]");
  // Somebody may have gone on writing while the answer was on its way.
  if (form.elements.namedItem(row.dataset.differs)) row.querySelector("[data-mine]").textContent = valueOf(form, row.dataset.differs) || "nothing";
  if (!form.elements.namedItem(row.dataset.differs)) return;
  ways.hidden = false;
  ways.querySelector("[data-way=both]").hidden = !(form.elements.namedItem(row.dataset.differs) instanceof HTMLTextAreaElement);
  ways.addEventListener("click", (event) => {
    const way = event.target.closest("[data-way]")?.dataset.way;
    if (!way) return;
    const name = row.dataset.differs;
    if (way === "theirs") put(form, name, value);
    if (way === "both") put(form, name, `${valueOf(form, name).trimEnd()}\n${text(value)}`);
    row.remove();
    form.dispatchEvent(new CustomEvent("deqi:chosen", { detail: { left: rows().length } }));
  });
}

function told(taken, open) {
  const says = place().querySelector("[data-taken]");
  says.hidden = !taken.length;
  says.textContent = taken.length ? `Taken from there, where you had written nothing: ${taken.join(", ")}.` : "";
  place().querySelector("[data-choose]").hidden = open === 0;
  place().querySelector("[data-settled]").hidden = open !== 0;
}

export function chosen() {
  if (rows().length === 0) told([], 0);
}
