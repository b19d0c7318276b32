// The decision of a checkpoint is sent alone, so that a note that is open beside it loses nothing that was typed.
const part = () => document.querySelector("[data-checkpoint]");

async function send(form, button) {
  button.disabled = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { "X-Deqi-Part": "1" }, redirect: "manual",
    });
    if (answer.status !== 200 && answer.status !== 422) throw new Error(`answered ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    part().replaceWith(document.importNode(page.querySelector("[data-checkpoint]"), true));
    (part().querySelector("[aria-invalid='true']") || part()).focus();
  } catch {
    // Without an answer of ours the browser sends it itself: it says what is wrong, or asks who is there.
    form.submit();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-decision]");
  if (!form || !form.closest("main")?.querySelector("[data-note]")) return;
  event.preventDefault();
  send(form, form.querySelector("[type='submit']"));
});
