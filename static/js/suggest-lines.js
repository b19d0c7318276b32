// Names to choose from under a text of one line each: those that begin like the line one is writing. A tap puts the name there.
// The names stand in a <datalist>; without this script the text is free, as it is with it.

const MOST = 4;
const SHORTEST = 2; // letters before anything is proposed

document.querySelectorAll("textarea[data-suggest-lines]").forEach((area) => {
  const names = [...document.getElementById(area.dataset.suggestLines).options].map((option) => option.value);
  const box = document.createElement("div");
  box.className = "suggested";
  area.after(box);

  // The line the caret is in: where it begins and ends, and the words of it.
  const line = () => {
    const before = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const after = area.value.indexOf("\n", area.selectionStart);
    const end = after < 0 ? area.value.length : after;
    return { before, end, words: area.value.slice(before, end).trim() };
  };

  const put = (name) => {
    const { before, end } = line();
    area.setRangeText(`${name} `, before, end, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };

  area.addEventListener("input", () => {
    const typed = line().words.toLowerCase();
    const found = typed.length < SHORTEST ? [] : names.filter((name) => name.toLowerCase().startsWith(typed) && name.toLowerCase() !== typed);
    box.replaceChildren(...found.slice(0, MOST).map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-quiet btn-sm";
      button.textContent = name;
      button.addEventListener("click", () => put(name));
      return button;
    }));
  });
});
