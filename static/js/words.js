// What was just done stays until it is closed; plain words leave by themselves, words with a way back never do.
const LEAVE = 10000;

function settle(root) {
  root.querySelectorAll("[data-word]:not([data-settled])").forEach((word) => {
    word.dataset.settled = "1";
    const close = word.querySelector("[data-close]");
    close.hidden = false;
    close.addEventListener("click", () => word.remove());
    if (!("stays" in word.dataset)) {
      setTimeout(function leave() {
        if (word.matches(":hover, :focus-within")) setTimeout(leave, 2000);
        else word.remove();
      }, LEAVE);
    }
  });
}

settle(document);
document.addEventListener("htmx:afterSettle", () => settle(document));
document.addEventListener("htmx:oobAfterSwap", () => settle(document));
