// "As the device": said before the first stroke is painted, and again when the device changes its mind.
(() => {
  const root = document.documentElement;
  if (root.dataset.theme !== "device") return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  follow();
  dark.addEventListener("change", follow);
})();
