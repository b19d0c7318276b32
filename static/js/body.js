// Where it hurts: a tap on the figure ticks its place in the list, and each ticked place gets a row that asks how strong and
// how. The list is the form; the figure and the rows follow it, whatever changed it. Without this script the list is enough.

const STRONG = 5; // from here on a place is drawn full
const NEAR = 24; // CSS pixels beside a place that still count as it, for thumbs

const chart = document.querySelector("[data-body]");
const marked = document.querySelector("[data-marked]");
const rows = document.querySelector("[data-rows]");
const list = document.querySelector("[data-list]");
const pattern = document.querySelector("template[data-row]");
const ticks = [...list.querySelectorAll("input[type=checkbox]")];
const order = ticks.map((tick) => tick.value);
const taken = new Map(); // rows that were taken out, in case the place is ticked again

const rowOf = (code) => rows.querySelector(`[data-of="${code}"]`);
const nameOf = (tick) => tick.closest(".choice").textContent.trim();
const strengthOf = (row) => row.querySelector(`input[name="strength_${row.dataset.of}"]:checked`)?.value ?? "";

function made(tick) {
  const code = tick.value;
  const row = pattern.content.firstElementChild.cloneNode(true);
  row.dataset.of = code;
  row.querySelector("summary b").textContent = nameOf(tick);
  row.querySelectorAll("*").forEach((part) => {
    for (const key of ["name", "id", "for", "aria-describedby"]) {
      const was = part.getAttribute(key);
      if (was) part.setAttribute(key, was.replace(/(strength|kinds)_any/g, (_, word) => `${word}_${code}`));
    }
  });
  // "{place}: how strong is it?" is a whole sentence of the page's language.
  row.querySelectorAll("legend").forEach((legend) => {
    legend.firstChild.textContent = legend.firstChild.textContent.replace("{place}", nameOf(tick));
  });
  return row;
}

function place(row) {
  const at = order.indexOf(row.dataset.of);
  const next = [...rows.children].find((other) => order.indexOf(other.dataset.of) > at);
  rows.insertBefore(row, next ?? null);
}

function say(row) {
  const shown = row.querySelector("[data-strength]");
  const strength = strengthOf(row);
  if (strength) shown.textContent = shown.dataset.says.replace("{n}", strength);
  const kinds = [...row.querySelectorAll(`input[name="kinds_${row.dataset.of}"]:checked`)];
  row.querySelector("[data-kinds]").textContent = kinds.map((kind) => kind.closest(".choice").textContent.trim()).join(", ");
  row.querySelector("[data-take-out]").hidden = false;
}

function draw(code, row) {
  const strength = row ? strengthOf(row) : "";
  const strong = strength !== "" && Number(strength) >= STRONG;
  const shape = chart.querySelector(`[data-place="${code}"]`);
  const number = chart.querySelector(`[data-number="${code}"]`);
  shape.classList.toggle("is-on", Boolean(row) && strong);
  shape.classList.toggle("is-some", Boolean(row) && !strong);
  number.classList.toggle("on-some", !strong);
  number.textContent = strength;
}

// Everything follows the ticks.
function follow() {
  for (const tick of ticks) {
    const code = tick.value;
    if (!chart.querySelector(`[data-place="${code}"]`)) continue;
    let row = rowOf(code);
    if (tick.checked && !row) {
      row = taken.get(code) ?? made(tick);
      place(row);
    } else if (!tick.checked && row) {
      taken.set(code, row);
      row.remove();
      row = null;
    }
    if (row) say(row);
    draw(code, row);
  }
  marked.hidden = rows.childElementCount === 0;
}

function open(row) {
  rows.querySelectorAll("details[open]").forEach((other) => {
    if (other !== row && strengthOf(other)) other.open = false;
  });
  row.open = true;
}

function change(tick, checked) {
  tick.checked = checked;
  tick.dispatchEvent(new Event("change", { bubbles: true }));
  follow();
}

// The place under a tap, or the nearest one: a hand is small on a phone.
function tapped(event) {
  const hit = event.target.closest("[data-place]");
  if (hit) return hit.dataset.place;
  let best = "";
  let least = NEAR;
  event.target.closest("svg")?.querySelectorAll("[data-place]").forEach((shape) => {
    const box = shape.getBoundingClientRect();
    const x = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
    const y = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
    const far = Math.hypot(x, y);
    if (far < least) [best, least] = [shape.dataset.place, far];
  });
  return best;
}

chart.addEventListener("click", (event) => {
  const tick = ticks.find((one) => one.value === tapped(event));
  if (!tick) return;
  if (!tick.checked) change(tick, true);
  const row = rowOf(tick.value);
  open(row);
  row.scrollIntoView({ block: "nearest" });
});

rows.addEventListener("click", (event) => {
  const row = event.target.closest("[data-take-out]")?.closest("[data-of]");
  if (!row) return;
  change(ticks.find((tick) => tick.value === row.dataset.of), false);
  (rows.querySelector("summary") ?? list.querySelector("summary")).focus();
});

// Later than the listener that lets "none of these" take away the other ticks.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-rows], [data-list]")) setTimeout(follow, 0);
});

document.querySelector("[data-tap]")?.removeAttribute("hidden");
if (!list.querySelector(".field-problem")) list.querySelector("details").open = false;
follow();
