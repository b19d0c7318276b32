// A check-in keeps itself: every answer is saved on the server at once. Without this script the button does it.
const form = document.querySelector("[data-check-in]");
const mark = document.querySelector("[data-saved]");
const drawn = document.querySelector("[data-saved-mark]");
const worries = document.querySelector("[data-worries]");
let waiting;
let busy = false;
let beaten = false;

function showSaved(time) {
  const line = document.createElement("span");
  line.className = "saved";
  line.append(drawn.content.cloneNode(true), ` ${time}`);
  mark.replaceChildren(line);
}

// The clinic's own words, made on the server, which escapes them.
function showWorries(texts) {
  for (const text of texts) {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    section.className = "worry mb-4";
    section.setAttribute("role", "alert");
    section.tabIndex = -1;
    heading.textContent = text.heading;
    section.innerHTML = text.body;
    section.prepend(heading);
    worries.append(section);
    section.scrollIntoView({ block: "center" });
    section.focus({ preventScroll: true });
  }
}

async function keep() {
  if (busy || beaten) return;
  busy = true;
  try {
    const answer = await fetch(form.action || location.href, {
      method: "POST", body: new FormData(form), headers: { "X-Deqi-Autosave": "1" },
    });
    if (answer.ok) {
      const said = await answer.json();
      form.elements.version.value = said.version;
      showSaved(said.saved);
      showWorries(said.texts);
    } else if (answer.status === 409) {
      beaten = true;
    }
  } catch {
    // No line: the button sends everything later.
  } finally {
    busy = false;
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    if (busy) soon();
    else await keep();
  }, 600);
}

if (form) {
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    // What is on its way would make the page look older than it is: wait for it, then send.
    if (busy) {
      event.preventDefault();
      const again = setInterval(() => {
        if (!busy) {
          clearInterval(again);
          form.requestSubmit();
        }
      }, 50);
    }
  });
}
