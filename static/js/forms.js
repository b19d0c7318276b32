// Forms: send once, say what is wrong first, "none of these" stands alone, one more and one less.
// Everything here is a help; without it the same forms work.

const WAIT = 12000; // after this many milliseconds without an answer one may send again

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  form.querySelectorAll("[data-held]").forEach((button) => {
    button.disabled = false;
    delete button.dataset.held;
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  // A link within the page stays in the address, and the page that comes back would take the focus there, off its message.
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  form.setAttribute("aria-busy", "true");
  // Later, so that the pressed button's own name and value still travel.
  setTimeout(() => {
    form.querySelectorAll("button[type=submit]:not(:disabled), button:not([type]):not(:disabled)").forEach((button) => {
      button.dataset.held = "1";
      button.disabled = true;
    });
  }, 0);
  setTimeout(() => release(form), WAIT);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form");
  if (form) release(form);
});

// Back to a page that was kept: its buttons live again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

// "None of these" and the others exclude each other.
document.addEventListener("change", (event) => {
  const choice = event.target.closest(".choices .choice");
  if (!choice || event.target.type !== "checkbox" || !event.target.checked) return;
  const alone = choice.classList.contains("is-none");
  choice.closest(".choices").querySelectorAll(alone ? ".choice:not(.is-none) input" : ".choice.is-none input").forEach((other) => {
    other.checked = false;
  });
});

// − and + beside a number; without a script nobody sees them.
document.querySelectorAll(".stepper [data-step]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => {
  const button = event.target.closest(".stepper [data-step]");
  if (!button) return;
  const input = button.closest(".stepper").querySelector("input");
  const now = Number.parseInt(input.value, 10);
  input.value = String(Math.max(0, (Number.isNaN(now) ? 0 : now) + Number(button.dataset.step)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// The server's sentences are the ones to read, beside the field and in the house's words.
document.querySelectorAll('form[method="post"]').forEach((form) => { form.noValidate = true; });

// A form that came back says so first; its links lead to the fields.
document.querySelector("[data-focus]")?.focus();
