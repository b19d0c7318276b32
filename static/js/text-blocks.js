// "Insert a text": a list of the clinic's texts below the part of the note that asks for one. Type to find, arrows and
// Enter or a tap to choose, Escape to leave. The words go in where the caret was, as if they were typed: the browser's
// own undo takes them back, and the note saves them. The first ___ is marked, so that one types over it.

import Combobox from "../npm/combobox/index.js";

const panel = document.querySelector("[data-texts]");
const buttons = [...document.querySelectorAll("[data-insert-text]")];
const ANY = "any";
const MARK = /_{3,}/;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function begin() {
  const input = panel.querySelector("input");
  const list = panel.querySelector("ul");
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
  const texts = [...list.children].map((option) => {
    const words = option.querySelector("[data-words]").textContent;
    const name = plain(option.querySelector("b").textContent);
    return { option, words, name, all: `${name} ${plain(words)}`, part: option.dataset.forPart };
  });
  const visited = new WeakSet(); // where somebody put the caret; elsewhere words go to the end
  const newText = part("new").getAttribute("href");
  let pressed = null; // the button that opened the list

  const area = () => document.getElementById(pressed.dataset.insertText);

  // 0 its name begins so, 1 its name holds it, 2 it holds each word, 3 not at all.
  function rank(text, typed) {
    if (text.name.startsWith(typed)) return 0;
    if (text.name.includes(typed)) return 1;
    return typed.split(/\s+/).every((word) => text.all.includes(word)) ? 2 : 3;
  }

  function find() {
    const typed = plain(input.value.trim());
    const name = area().name;
    const order = (text) => rank(text, typed) * 2 + (text.part === ANY ? 1 : 0);
    const found = texts.filter((text) => [ANY, name].includes(text.part) && rank(text, typed) < 3);
    found.sort((one, other) => order(one) - order(other));
    texts.forEach(({ option }) => {
      option.hidden = true;
      option.removeAttribute("data-combobox-option-default");
    });
    found.forEach(({ option }) => {
      option.hidden = false;
      list.append(option);
    });
    list.hidden = !found.length;
    part("none").hidden = found.length > 0;
    part("count").textContent = found.length === 1 ? "1 text" : `${found.length} texts`;
    // Enter takes the first one only when something was typed.
    combobox.defaultFirstOption = typed !== "";
    combobox.clearSelection();
  }

  function open(button) {
    close();
    pressed = button;
    button.setAttribute("aria-expanded", "true");
    part("for").textContent = button.dataset.says;
    part("new").href = `${newText}?part=${area().name}`;
    area().after(panel);
    input.value = "";
    panel.hidden = false;
    combobox.start();
    find();
    input.focus();
    panel.scrollIntoView({ block: "nearest" });
  }

  function close() {
    if (panel.hidden) return;
    combobox.stop();
    panel.hidden = true;
    pressed.setAttribute("aria-expanded", "false");
  }

  function leave() {
    close();
    pressed.focus();
  }

  function insert(words) {
    const target = area();
    close();
    if (!visited.has(target)) target.setSelectionRange(target.value.length, target.value.length);
    target.focus();
    const { selectionStart: start, selectionEnd: end, value } = target;
    const lead = start && !/\s$/.test(value.slice(0, start)) ? " " : "";
    const tail = end < value.length && !/^\s/.test(value.slice(end)) ? " " : "";
    const text = lead + words + tail;
    // Deprecated, and still the one way that keeps the browser's undo.
    if (!document.execCommand("insertText", false, text)) {
      target.setRangeText(text, start, end, "end");
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const mark = MARK.exec(words);
    if (!mark) return;
    const at = start + lead.length + mark.index;
    target.setSelectionRange(at, at + mark[0].length);
  }

  buttons.forEach((button) => {
    button.hidden = false;
    const target = document.getElementById(button.dataset.insertText);
    target.addEventListener("focus", () => visited.add(target));
    button.addEventListener("click", () => {
      if (pressed === button && !panel.hidden) leave();
      else open(button);
    });
  });
  input.addEventListener("input", find);
  // Nothing chosen: Enter must not send the note.
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    leave();
  });
  list.addEventListener("combobox-commit", (event) => {
    const chosen = texts.find(({ option }) => option === event.target);
    if (chosen) insert(chosen.words);
  });
  part("close").addEventListener("click", leave);
}

if (panel && buttons.length) begin();
