// The note saves itself: every five seconds when something changed, and at once when a field is left.
// The text is kept on the server and in the page, never in the browser's storage. Without this script the
// same form works by its buttons.

import { tick } from "./dials.js";
import { chosen, ground, put, settle, stands, valueOf } from "./note-merge.js";
import { onlyChanged } from "./note-parts.js";
import { lookAgain, settled, signInOver } from "./note-sign-in.js";

const EVERY = 5000; // milliseconds between two savings while one types
const AGAIN = 4000; // and after one that failed
const LOST = 12000; // and after a press that brought no page
const LONGEST = 50000; // characters that fit into one text
const MOST_UNSURE = 10; // sendings without an answer that are remembered

const form = document.querySelector("[data-note]");
const field = (name) => form.elements.namedItem(name);

let stored = "";
let base = null; // the fields as they were stored: the ground on which two people write
let unsure = []; // what was sent and never answered: it may be stored
let saving = null; // the saving on its way
let next = false; // something changed while a saving was on its way
let presses = null; // the button that was pressed and waits until everything is stored
let leaving = false;
let waits = null; // a clash or an ended sign-in waits for the person
let failed = 0;

function written() {
  const data = new FormData(form);
  // A reason is stored with its stop (flags.js), not with the draft.
  const apart = [...data.keys()].filter((name) => name === "speaking" || name.startsWith("reason-"));
  ["version", "form_token", "csrfmiddlewaretoken", "end", "proposed_words", "proposed_news", ...apart].forEach((name) => data.delete(name));
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

// The sign-in ended: it is asked for over the page, and then what was typed goes again.
function signedOut() {
  if (waits !== "sign-in") {
    waits = "sign-in";
    tell("not saved yet, your sign-in ended.", { bad: true, link: signIn() });
    ask();
  }
  return "waits";
}

const ask = () => signInOver(form).then((good) => { if (good) back(); });

function back() {
  if (waits !== "sign-in") return;
  waits = null;
  failed = 0;
  settled();
  if (presses) go();
  else save();
}

// Somebody may have signed in in another window.
async function comeBack() {
  if (waits !== "sign-in") return save();
  const state = await lookAgain(form).catch(() => "out");
  return state === "fresh" ? back() : undefined;
}

function signIn() {
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-bare btn-sm";
  again.dataset.signInAgain = "";
  again.textContent = "Sign in";
  return again;
}

function show(parts) {
  Object.entries(parts).forEach(([name, html]) => {
    const place = document.querySelector(`[data-part="${name}"]`);
    if (place) place.innerHTML = html;
  });
  const open = document.querySelector(".proposal") !== null;
  const sign = document.querySelector("[data-sign]");
  sign?.classList.toggle("btn-primary", !open);
  sign?.classList.toggle("btn-quiet", open);
  tick();
}

function refused({ errors, labels }) {
  const [name, sentences] = Object.entries(errors)[0];
  tell(`not saved yet. ${labels[name] ? `${labels[name]}: ` : ""}${sentences[0]}`, { bad: true });
  return "refused";
}

// Returns "ok", "refused" (a field says why), "stays" (in the page), "waits" (for the person) or throws: then it goes again.
// Only what changed is sent, but for a saving that failed before: the page may be behind then without knowing it.
async function send(text, take, { second = false, whole = Boolean(take) || failed > 0 } = {}) {
  const body = whole ? new FormData(form) : onlyChanged(new FormData(form), stored, text);
  const held = ground(form);
  if (take) body.append("take", take);
  unsure = [...unsure.slice(-MOST_UNSURE), held];
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Deqi-Autosave": "1" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") return signedOut();
  if (answer.status === 403 && !second) {
    const state = await lookAgain(form);
    return state === "fresh" ? send(text, take, { second: true, whole }) : signedOut();
  }
  if (waits) return "waits";
  if (answer.status === 422) return refused(await answer.json());
  if (answer.status === 409) return behind(await answer.json(), text, take);
  if (answer.status === 413 || answer.status === 400) return tooLong();
  if (!answer.ok) throw new Error(String(answer.status));
  const said = await answer.json();
  field("version").value = said.version;
  keep(text, held, said.fields ?? {});
  failed = 0;
  tell(`saved ${said.saved}`);
  show(said.parts);
  return "ok";
}

// What is stored now: what was sent, and the fields that the server filled. What was typed since stands above both.
function keep(text, held, fields) {
  const untouched = written() === text;
  const filled = Object.entries(fields);
  filled.filter(([name]) => valueOf(form, name) === held[name]).forEach(([name, value]) => put(form, name, value));
  stored = untouched ? written() : text;
  base = { ...held, ...stands(fields) };
  unsure = [];
  if (!filled.length) return;
  reread();
  sides();
}

// Nothing is sent that would come back: a text beyond the limit is said here, and stays where it is.
function tooLong(area) {
  const where = area?.labels?.[0] ? `${area.labels[0].textContent.trim()}: a text` : "A text";
  tell(`not saved yet. ${where} is too long; copy what you need and shorten it.`, { bad: true });
  if (presses) area?.focus();
  presses = null;
  return "stays";
}

// Characters as the server counts them: one for each sign, also for those that take two places here.
function letters({ value }) {
  return value.length > 2 * LONGEST || value.length < LONGEST * 0.9 ? value.length : [...value].length;
}

// Somebody else saved meanwhile: the whole page goes, so that every part of both can be compared.
function behind(said, text, take) {
  return said.whole ? send(text, take, { whole: true }) : clash(said);
}

function clash(said) {
  if (said.signed) {
    waits = "clash";
    tell(said.signed, { bad: true });
    return "waits";
  }
  field("version").value = said.version;
  document.querySelector('[data-part="conflict"]').innerHTML = said.conflict;
  const open = settle(form, base, unsure);
  stored = "";
  unsure = [];
  // Both write on what stands now: of three windows the third must not take for mine what is not stored yet.
  base = { ...base, ...stands(said.theirs) };
  reread();
  sides();
  if (!open) {
    next = true;
    return "again";
  }
  asks();
  document.getElementById("conflict").focus();
  return "waits";
}

// Two texts stand beside each other: nothing is stored before the person has chosen.
function asks() {
  waits = "clash";
  tell("not saved, there are two texts", { bad: true });
}

// One saving at a time. Returns what became of it; "ok" also when there was nothing to store.
async function save(take = "") {
  const asked = typeof take === "string" ? take : "";
  if (saving) {
    next = true;
    if (!asked) return saving.then(() => undefined);
    while (saving) await saving;
  }
  if (waits) return "waits";
  if (leaving || (!asked && !changed())) return "ok";
  next = false;
  saving = once(asked);
  const became = await saving;
  saving = null;
  if (next && !failed && !waits && !["refused", "stays"].includes(became)) return save();
  return became;
}

async function once(take) {
  const long = [...form.querySelectorAll("[data-counted]")].find((area) => letters(area) > LONGEST);
  if (long) return tooLong(long);
  try {
    return await send(written(), take);
  } catch {
    failed += 1;
    tell(failed > 1 ? "not saved yet, still trying" : "not saved yet, trying again", { bad: true });
    setTimeout(() => (presses ? go() : save()), AGAIN);
    return "failed";
  }
}

// A press goes on only when all is stored and somebody is at the other end: else the page, and all in it, would go.
function pressed(event) {
  if (leaving || waits === "clash") return;
  event.preventDefault();
  const going = presses !== null;
  presses = event.submitter ?? form.querySelector("[type=submit]");
  if (!going || waits === "sign-in") go();
}

async function go() {
  if (waits === "sign-in") return ask();
  const became = changed() || saving ? await save() : await reachable();
  if (became === undefined) return setTimeout(go, 50);
  if (became === "waits" && waits === "clash") presses = null;
  if (!presses || became === "failed" || became === "waits") return undefined;
  const button = presses;
  presses = null;
  leaving = true;
  setTimeout(() => { leaving = false; }, LOST);
  return form.requestSubmit(button.isConnected ? button : null);
}

async function reachable() {
  try {
    const answer = await fetch(form.dataset.reach, { cache: "no-store" });
    if (answer.ok) return "ok";
  } catch {
    // said below
  }
  tell("no connection; this goes by itself when it is back", { bad: true });
  setTimeout(() => { if (presses) go(); }, AGAIN);
  return "failed";
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
  const many = letters(area);
  if (many < LONGEST * 0.9) return says?.remove();
  if (!says) {
    says = document.createElement("div");
    says.className = "form-text";
    says.dataset.length = "";
    area.after(says);
  }
  says.classList.toggle("over", many > LONGEST);
  says.textContent = `${many.toLocaleString("en")} of ${LONGEST.toLocaleString("en")} characters`;
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
  if (event.target.closest("[data-sign-in-again]")) return void ask();
  const button = event.target.closest("button[name=line], button[name=count_in], button[name=take]");
  if (!button) return;
  event.preventDefault();
  if (button.name === "take") return void take(button);
  const input = field(button.name === "line" ? "points_line" : "needles_in");
  input.value = button.value;
  // The other answers were made for the line as it was: they wait for the new reading.
  form.querySelectorAll("#read-back button").forEach((other) => { other.disabled = true; });
  reread();
  sides();
  input.focus();
  save();
}

// The one confirmation: the server says what it filled. What differs today is asked before.
function take(button) {
  if ("asks" in button.dataset && !valueOf(form, "changes")) {
    document.getElementById("id_changes").focus();
    tell("Please say first what is new since last time.", { bad: true });
    return;
  }
  save(button.value);
}

const reread = () => window.htmx?.trigger(field("points_line"), "reread");

function begin() {
  // A page that came back with a problem holds what is not stored yet.
  const whole = !document.querySelector("main .problem[data-focus]");
  stored = whole ? written() : "";
  base = whole ? ground(form) : null;
  if (document.getElementById("conflict") && settle(form, null)) asks();
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
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    // An ended sign-in answers with its own page: that is no reading of points.
    if (!event.detail.xhr.responseURL.includes(form.dataset.signIn)) return;
    event.preventDefault();
    signedOut();
  });
  form.addEventListener("deqi:chosen", (event) => {
    reread();
    if (event.detail.left) return;
    chosen();
    waits = null;
    save();
  });
  window.addEventListener("focus", comeBack);
  document.addEventListener("visibilitychange", save);
  window.addEventListener("online", () => (presses ? go() : save()));
  window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (changed() && !leaving) event.preventDefault();
  });
  setInterval(save, EVERY);
}

if (form) begin();
