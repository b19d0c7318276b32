// Somebody else saved this note meanwhile. Part by part: what only they wrote is taken, what only I wrote stays, and
// what both wrote is shown beside each other, with three ways out. Nothing is dropped without a press.
// A part is a field of the page, or several that belong together: the lines of other parts, the herbs.

const LINE = ["kind", "area", "minutes", "detail", "tolerance"];
const LINES = 6;

const place = () => document.querySelector('[data-part="conflict"]');

// A value of the server as the page holds it: every value is a text, ticks are their codes with commas between.
const text = (value) => {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return [...value].sort().join(",");
  return value === true ? "on" : String(value);
};

const same = (one, other) => one.replace(/\r\n/g, "\n").trim() === other.replace(/\r\n/g, "\n").trim();

const isTicks = (found) => found instanceof RadioNodeList && found[0].type === "checkbox";

export function valueOf(form, name) {
  const found = form.elements.namedItem(name);
  if (isTicks(found)) return text([...found].filter((tick) => tick.checked).map((tick) => tick.value));
  if (found instanceof RadioNodeList) return found.value;
  if (found?.type === "checkbox") return found.checked ? found.value : "";
  return found?.value ?? "";
}

export function put(form, name, value, words = "") {
  const found = form.elements.namedItem(name);
  if (!found) return;
  const held = text(value);
  if (found instanceof RadioNodeList) {
    const wanted = isTicks(found) ? held.split(",") : [held];
    [...found].forEach((choice) => { choice.checked = wanted.includes(choice.value); });
  } else if (found.type === "checkbox") {
    found.checked = Boolean(value);
  } else {
    // A box that is used up stands no longer among the choices: what they chose comes back as one.
    if (found instanceof HTMLSelectElement && ![...found.options].some((option) => option.value === held)) {
      found.add(new Option(words || held, held));
    }
    found.value = held;
  }
  // The page follows, as it does when somebody types; the form itself saves when all is settled.
  const first = found instanceof RadioNodeList ? found[0] : found;
  ["input", "change"].forEach((kind) => first.dispatchEvent(new Event(kind)));
}

// What the fields of the page hold now.
export function ground(form) {
  const held = {};
  [...new Set([...form.elements].map((field) => field.name).filter(Boolean))].forEach((name) => { held[name] = valueOf(form, name); });
  return held;
}

// What the server said stands: the ground on which the next one writes.
export const stands = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));

function rows() {
  return [...(place()?.querySelectorAll("[data-differs]") ?? [])];
}

const theirsOf = (row) => JSON.parse(row.dataset.theirs);

// Settles what only one of both wrote. Without ``base`` nobody knows who wrote what, and every part is asked. ``unsure``
// is what this window sent without ever hearing of it: where that stands now, nobody else wrote.
// Returns how many parts wait for a press.
export function settle(form, base, unsure = []) {
  const taken = [];
  rows().forEach((row) => {
    const theirs = theirsOf(row);
    const names = Object.keys(theirs);
    const known = base !== null && names.every((name) => name in base);
    if (known && names.every((name) => same(valueOf(form, name), base[name]))) {
      names.forEach((name) => put(form, name, theirs[name], row.querySelector("[data-said]").textContent));
      taken.push(row.dataset.words);
      row.remove();
    } else if (known && [base, ...unsure].some((held) => names.every((name) => same(text(theirs[name]), held[name])))) {
      row.remove();
    } else {
      offer(form, row, theirs);
    }
  });
  told(taken);
  if (!taken.length && !rows().length) place().replaceChildren(); // it was this window's own saving
  return rows().length;
}

function offer(form, row, theirs) {
  const [name, ...more] = Object.keys(theirs);
  const field = form.elements.namedItem(name);
  // Somebody may have gone on writing while the answer was on its way.
  const typed = ["textarea", "text"].includes(field?.type) && !more.length;
  if (typed) row.querySelector("[data-mine]").textContent = valueOf(form, name) || "nothing";
  const ways = row.querySelector("[data-ways]");
  ways.hidden = false;
  ways.querySelector("[data-way=both]").hidden = !canBoth(form, row.dataset.both, theirs);
  ways.addEventListener("click", (event) => {
    const way = event.target.closest("[data-way]")?.dataset.way;
    if (way) choose(form, row, theirs, way);
  });
}

function choose(form, row, theirs, way) {
  if (way === "theirs") {
    Object.entries(theirs).forEach(([name, value]) => put(form, name, value, row.querySelector("[data-said]").textContent));
  }
  if (way === "both") BOTH[row.dataset.both](form, theirs);
  // The finger and the keyboard go on where the work is.
  const next = rows()[rows().indexOf(row) + 1] ?? rows().find((one) => one !== row);
  row.remove();
  (next?.querySelector("[data-way]") ?? document.getElementById("conflict")).focus();
  form.dispatchEvent(new CustomEvent("deqi:chosen", { detail: { left: rows().length } }));
}

// How both can stand in one part: one after the other, or what is not there yet behind it.
const joined = (between) => (form, theirs) => {
  const [[name, value]] = Object.entries(theirs);
  put(form, name, `${valueOf(form, name).trimEnd()}${between}${text(value)}`);
};
const BOTH = {
  lines: joined("\n"),
  words: joined("; "),
  points(form, theirs) {
    const items = (line) => line.split(/[,;\n]/).map((item) => item.trim()).filter(Boolean);
    const mine = valueOf(form, "points_line").trim().replace(/[,;\s]+$/, "");
    const known = new Set(items(mine).map((item) => item.toLowerCase()));
    const more = items(text(theirs.points_line)).filter((item) => !known.has(item.toLowerCase()));
    put(form, "points_line", [mine, ...more].join(", "));
  },
  parts(form, theirs) {
    const free = freeLines(form);
    newLines(form, theirs).forEach((line, at) => {
      LINE.forEach((name) => put(form, `t${free[at]}_${name}`, theirs[`t${line}_${name}`]));
    });
  },
};

function canBoth(form, how, theirs) {
  if (how === "parts") {
    const wanted = newLines(form, theirs).length;
    return wanted > 0 && wanted <= freeLines(form).length;
  }
  return how !== "" && Object.entries(theirs).every(([name, value]) => text(value) !== "" && valueOf(form, name) !== "");
}

const lines = [...Array(LINES).keys()];
const lineOf = (held) => (line) => LINE.map((name) => held(`t${line}_${name}`).trim()).join("\n");
const freeLines = (form) => lines.filter((line) => lineOf((name) => valueOf(form, name))(line).trim() === "");

// The lines that they wrote and that do not stand here.
function newLines(form, theirs) {
  const here = new Set(lines.map(lineOf((name) => valueOf(form, name))));
  const there = lineOf((name) => text(theirs[name]));
  return lines.filter((line) => there(line).trim() !== "" && !here.has(there(line)));
}

function told(taken) {
  const open = rows().length;
  const says = place().querySelector("[data-taken]");
  says.hidden = !taken.length;
  says.textContent = taken.length ? `Taken from there, where you had written nothing: ${taken.join(", ")}.` : "";
  place().querySelector("[data-choose]").hidden = open === 0;
  place().querySelector("[data-settled]").hidden = open !== 0;
}

export function chosen() {
  if (rows().length === 0) told([]);
}
