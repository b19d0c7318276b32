// A page of the form, a check-in or a questionnaire keeps itself on the server while somebody writes, and says whether it is there.
// What is not there yet stays in the page alone, never in the browser's storage, and goes again by itself.
// Without this script the same form works by its buttons.

const PAUSE = 1200; // milliseconds after the last change
const LONGEST_WAIT = 2400; // and while one goes on writing
const AGAIN = 4000; // after a saving that failed
const PATIENCE = 2500; // for an answer, before it says "not saved yet"
const LOST = 15000; // and before it counts as lost and goes again: a page may save twice
const MOST = 5000; // characters of one text

const form = document.querySelector("[data-form]");
const keeps = form?.dataset.keep ?? "";
let stored = "";
let timer = 0;
let since = 0; // when the oldest change was made that is not stored
let busy = null; // the saving on its way
let stopped = false; // another window, or the form was closed: the button asks the person
let pressed = null; // the button that waits for the connection
let leaving = false;
let failing = false;

const NOT_TYPED = ["version", "form_token", "csrfmiddlewaretoken", "end"];

// Pictures go with the button, once.
function typedData() {
  const data = new FormData(form);
  [...data].forEach(([name, value]) => { if (value instanceof File) data.delete(name); });
  return data;
}

function written() {
  const data = typedData();
  NOT_TYPED.forEach((name) => data.delete(name));
  return new URLSearchParams(data).toString();
}

// What the server gave out, also when somebody wrote before this script ran.
function given() {
  const said = new URLSearchParams();
  [...form.elements].forEach((field) => {
    if (!field.name || field.disabled || NOT_TYPED.includes(field.name)) return;
    if (["submit", "button", "file"].includes(field.type)) return;
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.defaultChecked) said.append(field.name, field.value);
    } else if (field.type.startsWith("select")) {
      const chosen = [...field.options].filter((option) => option.defaultSelected);
      (chosen.length || field.multiple ? chosen : [...field.options].slice(0, 1)).forEach((option) => said.append(field.name, option.value));
    } else {
      said.append(field.name, field.defaultValue);
    }
  });
  return said.toString();
}

const changed = () => keeps !== "" && written() !== stored;

function show(words, bad) {
  const drawn = document.querySelector(`template[data-mark="${bad ? "not" : "saved"}"]`);
  if (!drawn) return;
  const mark = drawn.content.cloneNode(true);
  mark.querySelector(".saved > span").textContent = words;
  document.querySelector("[data-saved]").replaceChildren(mark);
}

// Read aloud when it turns bad, and when it is good again; not at every word one types.
function say(words, bad) {
  show(words, bad);
  const aloud = document.querySelector("[data-said]");
  if (aloud && (bad || failing)) aloud.textContent = words;
  failing = bad;
}

// The clinic's own words, made on the server, which escapes them.
function worry(texts) {
  for (const text of texts) {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    section.className = "worry mb-4";
    section.setAttribute("role", "alert");
    section.tabIndex = -1;
    heading.textContent = text.heading;
    section.innerHTML = text.body;
    section.prepend(heading);
    document.querySelector("[data-worries]").append(section);
    section.scrollIntoView({ block: "center" });
    section.focus({ preventScroll: true });
  }
}

const tooLong = () => [...form.querySelectorAll("textarea")].some((area) => area.value.length > Math.max(MOST, area.maxLength));

async function send(text, last) {
  const slow = setTimeout(() => say(form.dataset.notSaved, true), PATIENCE);
  try {
    const answer = await fetch(keeps, {
      method: "POST", body: typedData(), redirect: "manual", keepalive: last && text.length < 30000,
      headers: { "X-Deqi-Autosave": "1" }, signal: AbortSignal.timeout?.(LOST),
    });
    if (answer.ok) {
      const said = await answer.json();
      form.elements.version.value = said.version;
      stored = text;
      clearTimeout(slow);
      say(said.says, false);
      worry(said.texts);
      return true;
    }
    if (answer.status >= 500 || answer.status === 422) throw new Error(String(answer.status));
    stopped = true;
    const told = answer.headers.get("content-type")?.includes("json") ? (await answer.json()).says : "";
    clearTimeout(slow);
    say(told || (answer.status === 413 ? form.dataset.tooLong : form.dataset.closed), true);
    return answer.status === 409;
  } finally {
    clearTimeout(slow);
  }
}

async function save({ last = false } = {}) {
  clearTimeout(timer);
  if (busy) {
    await busy;
    return changed() ? save({ last }) : !failing;
  }
  if (stopped || !changed()) return true;
  if (tooLong()) {
    say(form.dataset.tooLong, true);
    return false;
  }
  since = 0;
  busy = send(written(), last).catch(() => {
    say(form.dataset.away, true);
    timer = setTimeout(save, AGAIN);
    return false;
  });
  const went = await busy;
  busy = null;
  if (went && changed() && !stopped) soon();
  return went;
}

function soon() {
  if (stopped || leaving) return;
  const now = Date.now();
  since ||= now;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE, since + LONGEST_WAIT - now)));
}

function typed() {
  if (!changed() || stopped) return;
  if (!failing) show(form.dataset.notSaved, true);
  soon();
}

const reachable = () =>
  fetch(form.dataset.reach, { cache: "no-store", signal: AbortSignal.timeout?.(AGAIN) }).then((answer) => answer.ok, () => false);

// A press leads to the next page only when there is somebody at the other end: else the page, and all in it, would go.
async function go() {
  if (busy) await busy;
  const there = pressed && (await reachable());
  if (busy) await busy; // one that began meanwhile would arrive after the page it was left for
  if (pressed && there) {
    const button = pressed;
    pressed = null;
    leaving = true;
    clearTimeout(timer);
    form.requestSubmit(button);
  } else if (pressed) {
    say(form.dataset.away, true);
    setTimeout(go, AGAIN);
  }
}

function press(event) {
  if (leaving) return;
  event.preventDefault();
  if (tooLong()) {
    say(form.dataset.tooLong, true);
    return;
  }
  const waits = pressed !== null;
  pressed = event.submitter ?? form.querySelector("[type=submit]");
  if (!waits) go();
}

if (form) {
  stored = document.querySelector("main .problem[data-focus]") ? "" : given();
  if (changed()) soon();
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", press);
  window.addEventListener("online", () => { if (pressed) go(); else save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save({ last: true }); });
  window.addEventListener("beforeunload", (event) => { if (!leaving && changed()) event.preventDefault(); });
  // A device that is given back waits for what was typed.
  document.addEventListener("deqi:rest", (event) => {
    event.detail.waits.push(save().finally(() => { leaving = true; }));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
}
