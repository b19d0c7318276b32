// Needle clocks and calls for help, on every page of the staff and before the house. The server says what runs; from
// then on this page counts by itself, so that a server that is away for a minute silences nothing. A sign-in that
// ended leaves rooms and times: the page asks the door instead. The two sounds are made here, there is no file.

const EVERY = 4000; // milliseconds between two questions
const QUIET = 120; // seconds for which "quiet here" holds
const HUSHED = "deqi-quiet";

const place = document.getElementById("alarms");
const part = (name) => place.querySelector(`[data-${name}]`);

let address = place?.dataset.heard;
let skew = 0; // seconds by which the server's clock is ahead of this one
let shown = "";
let audio = null;
let beats = 0;

const seconds = () => Date.now() / 1000 + skew;
const isOn = () => audio?.state === "running";

// ── Sound: it needs one touch of the page, any touch ──
function wake() {
  audio ??= new (window.AudioContext ?? window.webkitAudioContext)();
  if (audio.state !== "running") audio.resume().then(look, () => {});
  else look();
}

function tone(at, pitch, length) {
  const [voice, loud] = [audio.createOscillator(), audio.createGain()];
  voice.frequency.value = pitch;
  loud.gain.setValueAtTime(0.0001, at);
  loud.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, at + length);
  voice.connect(loud).connect(audio.destination);
  voice.start(at);
  voice.stop(at + length);
}

function sound(what) {
  const now = audio.currentTime;
  if (what === "help") [0, 0.22, 0.44, 0.66].forEach((after, n) => tone(now + after, n % 2 ? 988 : 784, 0.2));
  else [0, 0.5].forEach((after) => tone(now + after, 587, 0.45));
  place.dataset.sounded = String(Number(place.dataset.sounded ?? 0) + 1);
}

// ── Quiet here: on this device only, for two minutes ──
function hushed() {
  try {
    return JSON.parse(sessionStorage.getItem(HUSHED)) ?? {};
  } catch {
    return {};
  }
}

function hush() {
  const until = Object.fromEntries(sounding().map((line) => [line.dataset.key, seconds() + QUIET]));
  try {
    sessionStorage.setItem(HUSHED, JSON.stringify({ ...hushed(), ...until }));
  } catch {
    // A browser that keeps nothing stays loud: better so than silent.
  }
  look();
}

// ── What is seen and heard now ──
const lines = () => [...place.querySelectorAll("[data-key]")];
const isDue = (line) => Number(line.dataset.since) <= seconds();

function sounding() {
  const quiet = hushed();
  return lines().filter(
    (line) => line.dataset.sounds && isDue(line) && (quiet[line.dataset.key] ?? 0) < seconds(),
  );
}

function look() {
  lines().forEach((line) => {
    const seen = isDue(line) || "always" in line.dataset;
    if (line.hidden === seen) line.hidden = !seen;
  });
  const some = lines().some((line) => !line.hidden);
  const runs = lines().length > 0;
  part("sound-off").hidden = !runs || isOn();
  part("quiet").hidden = sounding().length === 0;
  place.hidden = !some && (part("sound-off").hidden || !lines().some((line) => line.dataset.sounds));
  place.dataset.sound = isOn() ? "on" : "off";
}

function beat() {
  look();
  beats += 1;
  const now = sounding();
  if (!isOn() || now.length === 0) return;
  const help = now.some((line) => line.dataset.sounds === "help");
  if (help ? beats % 2 === 0 : beats % 4 === 0) sound(help ? "help" : "clock");
}

async function ask() {
  try {
    const answer = await fetch(address, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      address = place.dataset.door;
      return;
    }
    if (answer.status === 204) show("");
    else if (answer.ok) show(await answer.text());
  } catch {
    // Away: what is known goes on counting.
  }
}

function show(html) {
  const said = /data-now="(\d+)"/.exec(html);
  if (said) skew = Number(said[1]) - Date.now() / 1000;
  const fresh = html.replace(/data-now="\d+"/, "");
  if (fresh !== shown) {
    shown = fresh;
    part("lines").innerHTML = html;
  }
  look();
}

// ── A press that must not leave the page: help is called while the text stays where it is ──
async function stay(event) {
  const form = event.target.closest("form[data-stay]");
  if (!form) return;
  event.preventDefault();
  const says = document.querySelector("[data-help-says]");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Deqi-Stay": "1" },
      redirect: "manual",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    if (says) says.textContent = "Help is called.";
    await ask();
  } catch {
    if (says) says.textContent = "The call did not get through. Call out loud, then press again.";
  }
}

function begin() {
  // Not before the press is over: what "sound is off" leaves free moves the page, and a button would slip from under it.
  ["click", "keydown"].forEach((touch) => document.addEventListener(touch, wake, { passive: true }));
  part("sound-on").addEventListener("click", wake);
  part("hush").addEventListener("click", hush);
  document.addEventListener("submit", stay);
  // Whoever comes back to the page may have signed in again meanwhile.
  document.addEventListener("visibilitychange", () => { address = place.dataset.heard; ask(); });
  window.addEventListener("online", ask);
  setInterval(ask, EVERY);
  setInterval(beat, 1000);
  ask();
}

if (place) begin();
