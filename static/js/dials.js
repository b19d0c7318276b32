// Dials of needle clocks: they run down by themselves, on the note, on the page of one clock and on the board. The time
// is the house's: a tablet's own clock may be wrong. Nothing is asked of the server; without this script a dial says
// what it said when the page was made. Whoever wants no motion sees whole minutes, and the ring moves with them.

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const aheads = new WeakMap();

// The page's own time, moved by what the house's clock is ahead of it.
function houseTime(dial) {
  if (!aheads.has(dial)) aheads.set(dial, new Date(dial.dataset.now) - Date.now());
  return Date.now() + aheads.get(dial);
}

function say(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

// A minute that has begun counts as left, one that is over as over: as the server says it.
function minutes(left) {
  return left >= 0 ? `${Math.ceil(left / 60)} min` : `${Math.max(Math.floor(-left / 60), 1)} min over`;
}

function hand(dial) {
  const left = Math.round((new Date(dial.dataset.outAt) - houseTime(dial)) / 1000);
  const words = dial.querySelector("[data-left]");
  const seconds = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  say(words, left >= 0 && words.dataset.left === "seconds" && !calm.matches ? seconds : minutes(left));
  const drawn = calm.matches ? Math.ceil(left / 60) * 60 : left;
  const share = (drawn / (Number(dial.dataset.minutes) * 60 || 1)) * 100;
  dial.classList.toggle("is-due", left < 0);
  dial.querySelector(".left").setAttribute("stroke-dasharray", `${left < 0 ? 100 : Math.max(0, Math.min(100, share))} 100`);
  const free = dial.querySelector("[data-free-after]");
  if (!free) return;
  const until = Math.ceil(Math.max(left, 0) / 60 + Number(free.dataset.freeAfter));
  say(free, free.textContent.replace(/\d+(?= min$)/, String(until)));
}

export const tick = () => document.querySelectorAll("[data-out-at]").forEach(hand);

tick();
setInterval(tick, 1000);
document.body.addEventListener("htmx:afterSettle", tick);
