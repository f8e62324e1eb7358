/* What may be taken back: its seconds run down, then the page says what became of it. Without script it says when. */
"use strict";
(() => {
const BEGAN = performance.now();
const say = (toast, words, link) => {
  const told = toast.querySelector("[role=status]");
  told.textContent = words;
  toast.querySelector("button")?.remove();
  if (link) told.after(link);
};

function follow(toast) {
  const seconds = toast.querySelector("[data-left]");
  const until = BEGAN + 1000 * Number(seconds.dataset.left), unit = seconds.dataset.unit;
  const timer = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    seconds.textContent = unit.replace("{n}", Math.max(0, left));
    if (left > 0) return;
    clearInterval(timer);
    toast.querySelector("button").hidden = true;
    ask(toast, 0);
  }, 250);
}

async function ask(toast, tries) {
  let state = "waiting";
  try {
    const answer = await fetch(toast.dataset.state, { headers: { Accept: "text/plain" }, cache: "no-store" });
    if (answer.ok) state = (await answer.text()).trim();
  } catch { /* away for a moment: ask again */ }
  if (state === "waiting") {
    if (tries < 60) setTimeout(() => ask(toast, tries + 1), Math.min(500 + 100 * tries, 3000));
    return;
  }
  const link = document.createElement("a");
  link.className = "btn";
  link.href = toast.dataset.page;
  link.textContent = toast.dataset.show;
  if (state === "done") link.dataset.swap = "";
  say(toast, state === "done" ? toast.dataset.done : toast.dataset.refused, link);
  if (state !== "done") return;
  link.addEventListener("click", () => toast.remove());
  const busy = document.activeElement?.matches("textarea, input, select") || document.querySelector("details.act[open]");
  if (!busy) link.click();
}

document.querySelectorAll("form.toast[data-state]").forEach(follow);
})();
