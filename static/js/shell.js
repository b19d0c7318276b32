// The staff shell: "/" finds a patient, data-print prints.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const find = document.querySelector("[data-find]");
  if (!find) return;
  event.preventDefault();
  find.focus();
  find.select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
