// The print button of the card of dates; without scripts the browser's own menu prints it.
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
