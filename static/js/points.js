// Chips and the search of a point change one thing only: the line of points. What stands on a chip comes from the
// server, which reads the line; so line and chips are always one state. Without this script the chips are plain
// buttons that send the form.

const line = document.getElementById("id_points_line");
const chips = document.getElementById("chips");
const finder = document.querySelector("[data-point-find]");

let drawn = line?.value ?? ""; // the line that the chips on the page were drawn for
let asked = ""; // the line that is being read
let waits = null; // the press that waits for chips of the line as it stands
let focus = null; // where the finger was

function write(text) {
  line.value = text;
  waits = null;
  reread();
  line.dispatchEvent(new Event("change", { bubbles: true })); // the note saves itself
}

const reread = () => window.htmx?.trigger(line, "reread");

// A chip that was drawn for another line would undo what was typed since: its press waits for the new chips.
function press(event) {
  const button = event.target.closest("button[name=chip]");
  if (!button) return;
  event.preventDefault();
  focus = button.dataset.key;
  if (drawn === line.value) {
    write(button.value);
  } else {
    waits = button.dataset.key;
    reread();
  }
}

const byKey = (key) => chips.querySelector(`[data-key="${CSS.escape(key)}"]`);

function settled() {
  drawn = asked;
  if (drawn !== line.value) return;
  const pressed = waits && byKey(waits);
  waits = null;
  if (pressed) {
    write(pressed.value);
    return;
  }
  if (focus && (document.activeElement === document.body || !document.activeElement)) byKey(focus)?.focus();
  focus = null;
}

function add(name) {
  const before = line.value.trim().replace(/[,;\s]+$/, "");
  write(before ? `${before}, ${name}` : name);
}

function chosen() {
  const input = finder.querySelector("input");
  if (!finder.value) return;
  add(finder.value);
  finder.value = "";
  input.value = "";
  input.focus();
}

// Enter without a choice takes the name as it was typed: the line reads it, and asks when it can mean two.
function typed(event) {
  if (event.key !== "Enter" || event.defaultPrevented) return;
  event.preventDefault();
  const input = event.target;
  if (!input.value.trim() || input.hasAttribute("aria-activedescendant")) return;
  add(input.value.trim());
  input.value = "";
  finder.open = false;
}

function begin() {
  chips.addEventListener("click", press);
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt === line) asked = line.value;
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id === "chips") settled();
  });
  if (!finder) return;
  finder.hidden = false;
  finder.addEventListener("auto-complete-change", chosen);
  finder.addEventListener("keydown", typed);
  // A tap on an option must not take the focus first: the list would be gone before the tap ends.
  finder.querySelector("ul").addEventListener("mousedown", (event) => event.preventDefault());
  finder.addEventListener("focusout", (event) => {
    if (!finder.contains(event.relatedTarget)) finder.open = false;
  });
}

if (line && chips) begin();
