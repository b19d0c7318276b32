// A signature with a finger. Without this script the name is typed instead.
// signature_pad stands in the page before this file: names of files change when they are collected, imports would not.
const { SignaturePad } = window;

const box = document.querySelector("[data-sign]");
const field = document.querySelector("input[name=drawing]");

if (box && field && SignaturePad) {
  const canvas = box.querySelector("canvas");
  box.hidden = false;
  const pad = new SignaturePad(canvas, { backgroundColor: "rgb(255, 255, 255)", penColor: "rgb(34, 48, 44)" });

  // The sheet has as many dots as it is wide; twice as many are enough for a signature.
  const fit = () => {
    const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
    const strokes = pad.toData();
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
  };

  const keep = () => {
    field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
  };

  fit();
  // What was drawn before a mistake elsewhere on the page comes back.
  if (field.value) pad.fromDataURL(field.value, { width: canvas.offsetWidth, height: canvas.offsetHeight });
  let width = canvas.offsetWidth;
  window.addEventListener("resize", () => {
    if (canvas.offsetWidth === width || !pad.toData().length) return;
    width = canvas.offsetWidth;
    fit();
    keep();
  });
  pad.addEventListener("endStroke", keep);
  box.querySelector("[data-clear]").addEventListener("click", () => {
    pad.clear();
    field.value = "";
  });
}
