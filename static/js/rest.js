// The style of the treatment decides which sections of the examination show. Nothing typed is lost: what is hidden
// stays in the form. A section that holds words shows whatever the style. A link to a folded field unfolds it.

const SECTIONS = {
  japanese: ["pulse", "abdomen", "patterns"],
  five_element: ["element", "pulse", "tongue"],
  western_medical: [],
  trigger_point: [],
};
const USUAL = ["tongue", "pulse", "principles", "patterns"];

const style = document.getElementById("id_d_style");

const filled = (section) => [...section.elements].some((input) =>
  input.type === "checkbox" ? input.checked : input.name && input.value !== "");

function show() {
  const shown = SECTIONS[style.value] ?? USUAL;
  document.querySelectorAll("[data-section]").forEach((section) => {
    section.hidden = !shown.includes(section.dataset.section) && !filled(section);
  });
}

function unfold(name) {
  const field = document.getElementById(name);
  for (let fold = field?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field?.focus();
}

if (style) {
  style.addEventListener("change", show);
  show();
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-unfold]");
    if (!link) return;
    event.preventDefault();
    unfold(link.hash.slice(1));
  });
  document.querySelectorAll(".folds .is-invalid").forEach((field) => {
    for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  });
}
