/* The desk's own script: clocks that tick, rows that change in place, keys. Every page works without it. */
"use strict";
(() => {
const one = (what, where = document) => where.querySelector(what);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const state = one("#live");
if (!state) return;
const words = JSON.parse(state.dataset.words);
const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, part) => values[part]);
const count = (name, n) => say(n === 1 ? name + "1" : name, { n });
const shown = (part) => part.getClientRects().length > 0 && !part.disabled;

function made(kind, name, words = "") {
  const part = document.createElement(kind);
  part.className = name;
  part.textContent = words;
  return part;
}

/* ---- the server's clock, and the words of what is left ---- */
const skew = words.now - (Date.now() - sinceAnswer());
const now = () => Date.now() + skew;

function sinceAnswer() {
  const entry = performance.getEntriesByType("navigation")[0];
  const passed = entry ? performance.now() - entry.responseStart : 0;
  return passed > 0 && passed < 60000 ? passed : 0;
}

function inWords(left) {
  const s = Math.trunc(Math.abs(left) / 1000), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  const kind = h && m ? "hm" : h ? "h" : m ? "m" : "s";
  return say((left < 0 ? "late-" : "left-") + kind, { h, m, s });
}

function icon(name) {
  const [mark, use] = ["svg", "use"].map((kind) => document.createElementNS("http://www.w3.org/2000/svg", kind));
  mark.setAttribute("class", "i");
  mark.setAttribute("aria-hidden", "true");
  use.setAttribute("href", state.dataset.icons + "#" + name);
  mark.append(use);
  return mark;
}

function tick() {
  const at = now();
  for (const due of all(".due[data-due]")) {
    const from = Number(due.dataset.from), until = Number(due.dataset.due);
    const used = until > from ? Math.max(0, Math.min(100, Math.floor(100 * (at - from) / (until - from)))) : 100;
    const next = at > until ? "late" : used >= 90 ? "hot" : used >= 75 ? "warm" : "ok";
    const said = inWords(until - at), b = one("b", due);
    if (b.textContent !== said || !due.classList.contains(next)) {
      due.classList.remove("ok", "warm", "hot", "late");
      due.classList.add(next);
      const mark = { hot: "clock", late: "warn" }[next];
      b.replaceChildren(...(mark ? [icon(mark), said] : [said]));
      one(".v", due)?.setAttribute("width", used);
    }
  }
}
setInterval(tick, 5000);

/* ---- asking the server ---- */
let ended = false;

async function ask(address) {
  try {
    const answer = await fetch(address, { redirect: "manual", headers: { "X-Part": "1" } });
    if (answer.type === "opaqueredirect" || answer.status === 401) return signedOut();
    return answer.status === 200 ? await answer.text() : "";
  } catch {
    return null;
  }
}

function signedOut() {
  if (ended) return "";
  ended = true;
  hangUp();
  const link = made("a", "btn", words.signin);
  link.href = "/login?next=" + encodeURIComponent(location.pathname + location.search);
  tellAbove(words.ended + " ", link);
  return "";
}

/* A line on top of the page that is read out; what is written below stays. */
const above = made("div", "news");
above.setAttribute("role", "status");
one("#main")?.prepend(above);

function tellAbove(...parts) {
  const line = made("div", "say warn"), text = made("p", "");
  text.append(...parts);
  line.append(icon("warn"), text);
  above.replaceChildren(line);
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/* ---- live: one stream while the page is seen, else a look every 30 s ---- */
const LOOK_MS = 30000;
let source = null, doubt = 0, looking = 0, live = null, pending = new Set(), gathering = 0;

function connect() {
  if (!state.dataset.live || document.hidden || source || ended) return;
  source = new EventSource(state.dataset.live);
  source.addEventListener("state", (event) => { clearTimeout(doubt); doubt = 0; setLive(event.data === "live"); });
  source.addEventListener("tickets", (event) => heard(event.data.split(",")));
  source.addEventListener("anything", () => heard([]));
  source.onerror = () => {
    doubt = doubt || setTimeout(() => setLive(false), 4000);  // a stream that only begins anew is no fault
    if (source && source.readyState === EventSource.CLOSED) { source = null; setTimeout(connect, LOOK_MS); }
  };
}

function hangUp() {
  source?.close();
  source = null;
  clearTimeout(doubt);
  doubt = 0;
}

function setLive(good) {
  if (ended) return;
  if (good) look();
  if (good === live) return;
  if (!good) state.setAttribute("role", "status");
  live = good;
  state.hidden = false;
  state.classList.toggle("away", !good);
  const at = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: words.zone });
  state.replaceChildren(...(good ? [words.live] : [icon("warn"), say("away", { time: at.format(now()) })]));
  clearInterval(looking);
  looking = good ? 0 : setInterval(look, LOOK_MS);
}

function heard(numbers) {
  for (const number of numbers) {
    pending.add(number);
    document.body.dispatchEvent(new Event("ticket-" + number));
  }
  document.body.dispatchEvent(new Event("queue"));
  if (!numbers.length || pending.size > 50) pending = new Set(["all"]);
  gathering = gathering || setTimeout(() => {  // not every browser in the same instant
    const ids = [...pending];
    [gathering, pending] = [0, new Set()];
    if (ids.includes("all")) look(); else { rowsOf(ids.join(",")); news(); }
  }, 150 + Math.random() * 600);
}

function look() {
  if (document.hidden) return;
  rowsOf(all("#list tr[id]").map((row) => row.id.slice(1)).join(","), "&all=1");
  news();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) { hangUp(); return; }
  tick();
  connect();
  if (live === false) look();
});
addEventListener("pagehide", hangUp);
addEventListener("pageshow", (event) => { if (event.persisted) { tick(); connect(); } });

/* ---- the queue: rows change where they stand; new ones and a new order wait for a key or a click ---- */
const fresh = one("#fresh");
let arrived = new Set();

async function rowsOf(ids, more = "") {
  const list = one("#list"), html = list && fresh && await ask(list.dataset.rows + "&ids=" + ids + more);
  if (!html) return;
  for (const row of all("tr[id]", parsed(html))) {
    const old = one("#" + row.id);
    if (old) redraw(old, row);
    else if ("away" in row.dataset) arrived.delete(row.id);
    else arrived.add(row.id);
  }
  tellFresh();
}

function redraw(old, row) {
  const cells = all("td", row);
  all("td", old).forEach((cell, index) => {
    if (cell.classList.contains("sel-c") || !cells[index] || cell.innerHTML === cells[index].innerHTML) return;
    const held = cell.contains(document.activeElement), same = cells[index].textContent === cell.textContent;
    cell.replaceChildren(...cells[index].childNodes);
    if (held) one("a", cell)?.focus();
    if (!same && !cell.classList.contains("q-due")) old.classList.add("changed");
  });
  old.dataset.key = row.dataset.key;
  old.classList.toggle("gone", "away" in row.dataset);
}

function tellFresh() {
  let highest = -Infinity, moved = 0;
  for (const row of all("#list tr[id]")) {
    const key = Number(row.dataset.key);
    if (key < highest) moved += 1; else highest = key;
  }
  const parts = [arrived.size && count("new", arrived.size), moved && count("moved", moved)].filter(Boolean);
  const said = parts.join(words.comma);
  if (fresh.dataset.said === said) return;
  fresh.dataset.said = said;
  if (!said) { fresh.replaceChildren(); return; }
  const button = made("button", "btn", words.show);
  button.type = "button";
  button.setAttribute("aria-keyshortcuts", ".");
  button.addEventListener("click", () => refresh(["#list", "h1"]));
  fresh.replaceChildren(said + " ", button);
}

async function refresh(parts) {
  const html = await ask(location.pathname + location.search);
  if (!html) { if (html === null) tellAbove(words.failed); return null; }
  const page = parsed(html), at = one("tr[aria-current]")?.id, ticked = new Set(selected().map((box) => box.value));
  for (const part of parts) {
    const old = one(part), drawn = one(part, page);
    if (old && drawn) old.replaceWith(drawn);
  }
  const counts = all("#side .n", page);
  all("#side .n").forEach((figure, index) => { if (counts[index]) figure.replaceWith(counts[index]); });
  arrived = new Set();
  for (const box of boxes()) box.checked = ticked.has(box.value);
  if (at && one("#" + at)) stand(one("#" + at), false);
  if (fresh) tellFresh();
  prepare();
  return page;
}

/* ---- selection ---- */
const boxes = () => all("#list tbody input[name=ids]");
const selected = () => boxes().filter((box) => box.checked);

function prepare() {
  const every = one("#all");
  if (every) every.hidden = false;
  tellSelected();
}

function tellSelected() {
  const told = one("#selected"), n = selected().length, every = one("#all");
  if (told && n) told.textContent = say("selected", { n });
  for (const box of boxes()) box.closest("tr").classList.toggle("sel", box.checked);
  if (every) { every.checked = n > 0 && n === boxes().length; every.indeterminate = n > 0 && !every.checked; }
}

document.addEventListener("change", (event) => {
  if (event.target.id === "all") for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.closest?.("#list")) tellSelected();
});
document.addEventListener("reset", () => setTimeout(tellSelected));

/* ---- a ticket: somebody did something meanwhile ---- */
const SWAPPED = [".thread", ".clocks", ".facts", ".body > .wrap"];

async function news() {
  const ticket = one("[data-seen]");
  if (!ticket) return;
  const html = await ask("/tickets/" + ticket.dataset.ticket + "/news?seen=" + ticket.dataset.seen);
  const told = html && one("#news-words", parsed(html));
  if (!told || one("#news-words")?.textContent === told.textContent) return;
  one("[data-swap]", told)?.setAttribute("aria-keyshortcuts", ".");
  above.replaceChildren(told);
}

/* Draw what is new, and leave alone what somebody is writing. */
async function swap() {
  const page = await refresh(SWAPPED);
  const ticket = one("[data-seen]"), drawn = page && one("[data-seen]", page);
  if (!drawn) return;
  ticket.dataset.seen = drawn.dataset.seen;
  for (const name of ["last", "seen", "seen_act"]) {
    const newest = one("input[name=" + name + "]", page);
    if (newest) for (const field of all("input[name=" + name + "]")) field.value = newest.value;
  }
  above.replaceChildren();
  all(".thread > li").pop()?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  all("tr.changed").forEach((row) => row.classList.remove("changed"));
  if (event.target.closest("[data-swap]")) { event.preventDefault(); swap(); }
  if (event.target.closest("#help") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); help(); }
});

/* ---- keys: a key presses the visible element that names it in aria-keyshortcuts ---- */
const off = document.body.dataset.shortcuts === "off";
let going = 0;

const writes = (part) => part.isContentEditable || part.matches?.(
  "textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset])");

function named(key) {
  const names = (part) => part.getAttribute("aria-keyshortcuts").toLowerCase().split(/\s+/);
  return all("[aria-keyshortcuts]").filter((part) => names(part).includes(key) && shown(part))[0];
}

function press(part) {
  if (part.matches("input[type=search], input[type=text], input:not([type]), textarea, select")) { part.focus(); part.select?.(); return; }
  part.click();
  const panel = part.matches("summary") ? part.parentElement : part.matches("[type=radio]") ? part.form : null;
  if (panel && (panel.open ?? true)) all("select, textarea, input:not([type=hidden], [type=radio])", panel).filter(shown)[0]?.focus();
}

function send(field) {
  const form = field.form;
  const button = form && (all("[aria-keyshortcuts~='Control+Enter']", form).filter(shown)[0]
    || all("button.go, button.go-aws", form).filter(shown)[0]);
  if (button) form.requestSubmit(button);
  return Boolean(button);
}

function stand(row, focus = true) {
  for (const other of all("tr[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  if (focus) { one("td a", row)?.focus(); row.scrollIntoView({ block: "nearest" }); }
}

function select(row, checked) {
  const box = row && one("input[name=ids]", row);
  if (box) { box.checked = checked ?? !box.checked; tellSelected(); }
}

function move(step, extend) {
  const rows = all("#list tbody tr"), at = one("#list tr[aria-current]");
  if (!rows.length) return false;
  if (extend) select(at, true);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at ? rows.indexOf(at) + step : 0))];
  if (extend) select(next, true);
  stand(next);
  return true;
}

const QUEUE = {
  j: () => move(1), k: () => move(-1),
  "shift+j": () => move(1, true), "shift+k": () => move(-1, true),
  o: () => one("#list tr[aria-current] td a")?.click() ?? true,
  s: () => select(one("#list tr[aria-current]")) ?? true,
};

function escape(target) {
  const open = one("details[open][name]");
  if (writes(target)) target.blur();
  else if (open) { open.open = false; one("summary", open).focus(); }
  else { for (const box of selected()) box.checked = false; tellSelected(); }
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("#list tbody tr");
  if (row && event.target.matches("a")) stand(row, false);
});

document.addEventListener("keydown", (event) => {
  const target = event.target, typed = event.key;
  if (event.isComposing || event.keyCode === 229 || event.altKey || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey) {
    if (typed === "Enter" && writes(target) && send(target)) event.preventDefault();
    return;
  }
  if (typed === "Enter" && target.id === "b-text") { event.preventDefault(); return; }
  if (one("dialog[open]")) return;
  if (typed === "Escape") { escape(target); return; }
  if (off || writes(target) || typed.length !== 1) return;
  const letter = typed.toLowerCase() !== typed.toUpperCase();
  const key = (letter && event.shiftKey ? "shift+" : "") + typed.toLowerCase();
  if (act(key)) event.preventDefault();
});

function act(key) {
  all("tr.changed").forEach((row) => row.classList.remove("changed"));
  if (going && Date.now() - going < 1500) {
    going = 0;
    const link = one("[data-go=" + CSS.escape(key) + "]");
    if (link) { location.assign(link.href); return true; }
  }
  if (key === "g") { going = Date.now(); return true; }
  going = 0;
  if (one("#list tbody") && QUEUE[key]) { QUEUE[key](); return true; }
  const part = named(key);
  if (part) press(part);
  return part;
}

async function help() {
  const html = await ask("/keys"), keys = html && one("#keys", parsed(html));
  if (!keys) { location.assign("/keys"); return; }
  const dialog = made("dialog", "palette keys-dialog"), close = made("button", "btn go", words.close);
  dialog.setAttribute("aria-label", one("#help").getAttribute("aria-label"));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(keys, close);
  document.body.append(dialog);
  dialog.showModal();
}

prepare();
tick();
connect();
})();
