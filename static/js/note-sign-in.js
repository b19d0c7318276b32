// A sign-in that ended is answered over the page: the house's own sign-in form, with its second step, in a dialog.
// What was typed stays in the page behind it. Nothing is kept in the browser's storage.

const dialog = document.getElementById("sign-in-over");
const door = dialog?.querySelector("[data-door]");
const notePath = () => location.pathname.replace(/(save|sign|consent|points)\/$/, "");
let waiting = null;

const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

function say(words) {
  const place = dialog.querySelector("[data-door-says]");
  place.textContent = words;
  place.hidden = !words;
}

// Every form of the house that asks for a word or a number to be typed: sign-in, then the code of the second step.
function doorOf(page) {
  return [...page.querySelectorAll("main form")].find((form) => form.querySelector("input[type=password], input[type=text], input[type=email], input[type=number]"));
}

function show(page, email) {
  const form = doorOf(page);
  if (!form) return false;
  form.querySelectorAll("#passkey_login, script, [autofocus]").forEach((part) => part.remove());
  door.replaceChildren(document.importNode(form, true));
  const name = door.querySelector("input[name=login]");
  if (name && !name.value) name.value = email;
  [...door.querySelectorAll("input")].find((input) => input.type !== "hidden" && !input.value)?.focus();
  return true;
}

// The note itself, seen again: its new mark, and whose sign-in it is.
function marks(page) {
  const note = page.querySelector("[data-note]");
  const mark = note?.querySelector("input[name=csrfmiddlewaretoken]");
  return mark ? { mark: mark.value, user: note.dataset.user } : null;
}

function renew(mark) {
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = mark; });
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": mark }));
}

// Returns "fresh" when this page may save again, "other" for another person's sign-in, "out" when nobody is signed in.
export async function lookAgain(form) {
  const answer = await fetch(notePath(), { redirect: "manual" });
  if (answer.type === "opaqueredirect") return "out";
  if (!answer.ok) throw new Error(String(answer.status));
  return taken(form, marks(await parsed(answer)));
}

function taken(form, found) {
  if (!found) return "out";
  if (found.user !== form.dataset.user) return "other";
  renew(found.mark);
  return "fresh";
}

async function sent(event, form, done) {
  event.preventDefault();
  const asked = event.target;
  const body = new FormData(asked, event.submitter);
  body.set("next", notePath());
  say("");
  try {
    const answer = await fetch(asked.getAttribute("action") || form.dataset.signIn, { method: "POST", body });
    const page = await parsed(answer);
    const state = taken(form, marks(page));
    if (state === "fresh") return done(true);
    if (state === "other") return say(`Somebody else signed in. What stands here was written by ${form.dataset.email}: please sign in as that person, or copy it first.`);
    if (!show(page, form.dataset.email)) return done((await lookAgain(form)) === "fresh");
  } catch {
    say("No connection. Please try again.");
  }
  return undefined;
}

// Asks over the page. Resolves true once the same person is signed in again, false when the dialog was closed.
export function signInOver(form) {
  waiting ??= new Promise((resolve) => {
    const done = (good) => {
      waiting = null;
      dialog.onclose = null;
      door.onsubmit = null;
      if (dialog.open) dialog.close();
      door.replaceChildren();
      resolve(good);
    };
    dialog.onclose = () => done(false);
    door.onsubmit = (event) => sent(event, form, done);
    dialog.showModal();
    fetch(`${form.dataset.signIn}?next=${encodeURIComponent(notePath())}`)
      .then(parsed)
      .then(async (page) => {
        if (!show(page, form.dataset.email)) done((await lookAgain(form)) === "fresh");
      })
      .catch(() => say("No connection. Please try again in a moment, or close this and go on writing."));
  });
  return waiting;
}

// Somebody signed in in another window meanwhile.
export function settled() {
  if (dialog?.open) dialog.close();
}

dialog?.querySelector("[data-later]").addEventListener("click", () => dialog.close());
