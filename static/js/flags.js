// A flag is answered in the page: what speaks is replaced by what speaks then, and the focus stays where the work is.
// Without this script, or when the answer cannot be had, the same buttons send the whole form.

const place = document.getElementById("warnings");
const line = document.getElementById("id_points_line");
const form = place?.closest("form");
const words = new Map(); // what was typed beside each stop since
let sending = false;
let held = ""; // what has the focus in here

const typed = () => [...place.querySelectorAll("textarea")].some((area) => area.value.trim() !== "");

async function answered(button) {
  const data = new FormData(form, button);
  return fetch(button.formAction, { method: "POST", body: data, headers: { "X-Deqi-In-Page": "1" }, redirect: "manual" });
}

// What speaks is replaced while one types: newer words and the focus stay.
const keyOf = (element) => element.id || String(element.value ?? "").split(":")[0];

function keep() {
  place.querySelectorAll("textarea").forEach((area) => {
    if (words.has(area.name)) area.value = words.get(area.name);
  });
  if (!held || (document.activeElement && document.activeElement !== document.body)) return;
  [...place.querySelectorAll("textarea, button")].find((element) => keyOf(element) === held)?.focus();
}

function show(said) {
  held = "";
  place.innerHTML = said.warnings;
  document.querySelector('[data-part="missing"]').innerHTML = said.missing;
  (place.querySelector("textarea, [data-acknowledge]") ?? line)?.focus();
  // A reading that is on its way knows nothing of the answer: a new one takes its place.
  window.htmx?.trigger(line, "reread");
}

function wrong(button, sentence) {
  const section = button.closest("section");
  const says = section.querySelector("[data-problem]");
  if (!says) return;
  const area = section.querySelector("textarea");
  says.querySelector("span").textContent = sentence;
  says.hidden = false;
  area.classList.add("is-invalid");
  area.setAttribute("aria-invalid", "true");
  area.setAttribute("aria-describedby", `${area.id}-help ${says.id}`);
  area.focus();
}

async function press(event) {
  const button = event.target.closest("[data-acknowledge]");
  if (!button) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const answer = await answered(button);
    if (answer.type === "opaqueredirect" || ![200, 422].includes(answer.status)) throw new Error(String(answer.status));
    const said = await answer.json();
    const stands = button.isConnected && said.warnings.includes(button.value);
    if (said.problem && stands) wrong(button, said.problem);
    else {
      if (!said.problem) words.delete(`reason-${button.value.split(":")[0]}`);
      show(said);
    }
  } catch {
    form.requestSubmit(button);
  } finally {
    sending = false;
  }
}

if (form) {
  place.addEventListener("click", press);
  place.addEventListener("input", ({ target }) => words.set(target.name, target.value));
  document.addEventListener("focusin", ({ target }) => { held = place.contains(target) ? keyOf(target) : ""; });
  new MutationObserver(keep).observe(place, { childList: true });
  window.addEventListener("beforeunload", (event) => {
    if (typed() && !form.dataset.sent) event.preventDefault();
  });
}
