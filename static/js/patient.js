// Larger text, kept for a year in a cookie that the server reads, so that the next page begins in that size.
const button = document.querySelector("[data-larger]");
const YEAR = 31536000;

function show(larger) {
  if (larger) document.documentElement.dataset.text = "larger";
  else delete document.documentElement.dataset.text;
  button.setAttribute("aria-pressed", String(larger));
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const larger = document.documentElement.dataset.text !== "larger";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `text=${larger ? "larger" : "plain"}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    show(larger);
  });
}
