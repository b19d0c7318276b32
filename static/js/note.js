// The note saves itself: every five seconds when something changed, and at once when a field is left.
// The text is kept on the server and in the page, never in the browser's storage. Without this script the
// same form works by its buttons.

const EVERY = 5000; // milliseconds between two savings while one types
const AGAIN = 4000; // and after one that failed
const LONGEST = 50000; // characters that fit into one text

const form = document.querySelector("[data-note]");
const field = (name) => form.elements.namedItem(name);

let stored = "";
let saving = false;
let next = false; // something changed while a saving was on its way
let presses = null; // the button that was pressed while a saving was on its way
let waits = null; // a clash or an ended sign-in waits for the person
let failed = 0;

function written() {
  const data = new FormData(form);
  // A reason is stored with its stop (flags.js), not with the draft.
  const apart = [...data.keys()].filter((name) => name === "speaking" || name.startsWith("reason-"));
  ["version", "form_token", "csrfmiddlewaretoken", "end", ...apart].forEach((name) => data.delete(name));
  return new URLSearchParams(data).toString();
}

const changed = () => written() !== stored;

function tell(words, { bad = false, link = null } = {}) {
  document.querySelectorAll("[data-saved]").forEach((place) => {
    place.classList.toggle("is-not", bad);
    place.classList.toggle("is-empty", !bad && !words.startsWith("saved"));
    const says = place.querySelector("[data-says]");
    says.textContent = words;
    if (link) says.append(" ", link.cloneNode(true));
  });
}

function signedOut() {
  waits = "sign-in";
  tell("not saved yet, your sign-in ended.", { bad: true, link: signIn() });
}

function signIn() {
  const link = document.createElement("a");
  link.href = form.dataset.signIn;
  link.target = "_blank";
  link.rel = "opener";
  link.textContent = "Sign in in a new window";
  return link;
}

function show(parts) {
  Object.entries(parts).forEach(([name, html]) => {
    const place = document.querySelector(`[data-part="${name}"]`);
    if (place) place.innerHTML = html;
  });
  tick();
}

function refused({ errors, labels }) {
  const [name, sentences] = Object.entries(errors)[0];
  tell(`not saved yet. ${labels[name] ? `${labels[name]}: ` : ""}${sentences[0]}`, { bad: true });
}

// After a new sign-in the page's old mark no longer fits; a look at the page brings the new one.
async function freshMark() {
  const answer = await fetch(location.pathname.replace(/(save|sign|consent)\/$/, ""), { redirect: "manual" });
  if (answer.type === "opaqueredirect") signedOut();
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mark = page.querySelector("input[name=csrfmiddlewaretoken]");
  if (!mark) return false;
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = mark.value; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": mark.value }));
  return true;
}

async function send(text, second = false) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Deqi-Autosave": "1" },
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect") return signedOut();
  if (answer.status === 403 && !second && (await freshMark())) return send(text, true);
  if (waits) return undefined;
  if (answer.status === 422) return refused(await answer.json());
  if (answer.status === 409) return clash(await answer.json());
  if (!answer.ok) throw new Error(String(answer.status));
  const said = await answer.json();
  field("version").value = said.version;
  stored = text;
  failed = 0;
  tell(`saved ${said.saved}`);
  return show(said.parts);
}

function clash(said) {
  waits = "clash";
  if (said.signed) return tell(said.signed, { bad: true });
  field("version").value = said.version;
  document.querySelector('[data-part="conflict"]').innerHTML = said.conflict;
  document.getElementById("conflict").focus();
  return tell("not saved, there are two texts", { bad: true });
}

async function save() {
  if (saving) {
    next = true;
    return;
  }
  if (waits || form.dataset.sent || !changed()) return;
  saving = true;
  next = false;
  const text = written();
  try {
    await send(text);
  } catch {
    failed += 1;
    tell(failed > 1 ? "not saved yet, still trying" : "not saved yet, trying again", { bad: true });
    setTimeout(save, AGAIN);
  } finally {
    saving = false;
    if (presses) submit();
    else if (next && !failed) save();
  }
}

// A press waits for the saving that is on its way: its answer brings the version the form must name.
function pressed(event) {
  if (!saving) return;
  event.preventDefault();
  presses = event.submitter;
}

function submit() {
  const button = presses;
  presses = null;
  if (!waits) form.requestSubmit(button);
}

// What was typed but not stored yet says so, and asks before it is lost.
function typed(event) {
  counted(event.target);
  sides();
  if (!waits && changed()) tell("not saved yet", { bad: failed > 0 });
}

function counted(area) {
  if (!("counted" in (area.dataset ?? {}))) return;
  let says = area.parentElement.querySelector("[data-length]");
  if (area.value.length < LONGEST * 0.9) return says?.remove();
  if (!says) {
    says = document.createElement("div");
    says.className = "form-text";
    says.dataset.length = "";
    area.after(says);
  }
  says.classList.toggle("over", area.value.length > LONGEST);
  says.textContent = `${area.value.length.toLocaleString("en")} of ${LONGEST.toLocaleString("en")} characters`;
}

// Fields that are asked only when there is a reason: counts that differ.
function sides() {
  const [put, taken] = [field("needles_in").value.trim(), field("needles_out").value.trim()];
  reveal("differ", put !== "" && taken !== "" && put !== taken);
}

function reveal(what, needed) {
  const place = document.querySelector(`[data-when="${what}"]`);
  const filled = [...place.querySelectorAll("input, textarea")].some((input) => input.value.trim() !== "");
  place.hidden = !(needed || filled);
}

// A button that completes the line, or counts the needles in, does so in the page.
function complete(event) {
  const button = event.target.closest("button[name=line], button[name=count_in]");
  if (!button) return;
  event.preventDefault();
  const input = field(button.name === "line" ? "points_line" : "needles_in");
  input.value = button.value;
  // The other answers were made for the line as it was: they wait for the new reading.
  form.querySelectorAll("#read-back button").forEach((other) => { other.disabled = true; });
  reread();
  sides();
  input.focus();
  save();
}

const reread = () => window.htmx?.trigger(field("points_line"), "reread");

function tick() {
  document.querySelectorAll("[data-out-at]").forEach((clock) => {
    const left = Math.round((new Date(clock.dataset.outAt) - Date.now()) / 1000);
    const share = Math.max(0, Math.min(100, (left / (Number(clock.dataset.minutes) * 60 || 1)) * 100));
    const minutes = Math.floor(Math.abs(left) / 60);
    clock.classList.toggle("is-due", left < 0);
    clock.querySelector(".left").setAttribute("stroke-dasharray", `${share} 100`);
    clock.querySelector("[data-left]").textContent =
      left < 0 ? `${minutes} min over` : `${minutes}:${String(left % 60).padStart(2, "0")}`;
  });
}

function begin() {
  // A page that came back with a problem holds what is not stored yet.
  stored = document.querySelector("main .problem[data-focus]") ? "" : written();
  form.querySelectorAll("[data-step]").forEach((button) => { button.hidden = false; });
  form.querySelectorAll("[data-counted]").forEach(counted);
  form.addEventListener("input", typed);
  form.addEventListener("change", save);
  form.addEventListener("click", complete);
  form.addEventListener("submit", pressed);
  field("no_needles").addEventListener("change", reread);
  field("points_line").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    reread();
    save();
  });
  document.body.addEventListener("htmx:afterSettle", () => { sides(); save(); });
  window.addEventListener("focus", () => {
    if (waits === "sign-in") waits = null;
    save();
  });
  document.addEventListener("visibilitychange", save);
  window.addEventListener("online", save);
  window.addEventListener("beforeunload", (event) => {
    if (changed() && !form.dataset.sent) event.preventDefault();
  });
  setInterval(save, EVERY);
  setInterval(tick, 1000);
  tick();
}

if (form) begin();
