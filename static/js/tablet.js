// A device of the clinic in a patient's hand: it ends by itself, and "back" brings nothing of the one before.
const form = document.querySelector("[data-tablet]");
const WARN = 60; // seconds before the end
const quiet = Number(form.dataset.tablet);
const note = form.querySelector("[data-ends]");
let last = Date.now();
let ended = false;

async function end() {
  if (ended) return;
  ended = true;
  const waits = [];
  document.dispatchEvent(new CustomEvent("deqi:rest", { detail: { waits } }));
  await Promise.race([Promise.allSettled(waits), new Promise((done) => { setTimeout(done, 5000); })]);
  document.querySelector("main").hidden = true;
  form.submit();
}

function touched() {
  last = Date.now();
  note.hidden = true;
}

["pointerdown", "keydown", "input", "scroll"].forEach((kind) => document.addEventListener(kind, touched, { passive: true }));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  end();
});
setInterval(() => {
  const rest = quiet - (Date.now() - last) / 1000;
  note.hidden = rest > WARN;
  if (rest <= 0) end();
}, 1000);
