// Builds what is shown. Text goes in as text, never as markup; only what has changed is drawn again, so that
// a recording goes on playing and the focus stays where it is.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name in made && !name.startsWith("aria")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** What people wrote, kept apart from the text around it: it may run from right to left. */
export const theirs = (text) => element("bdi", {}, String(text));

/** Draws `items` into `parent`: a node stays as it is while its item is the same object, or says the same. */
export function draw(parent, items, key, make) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const first = !parent.dataset.drawn;
  parent.dataset.drawn = "yes";
  items.forEach((item, place) => {
    const name = String(key(item, place));
    let node = before.get(name);
    before.delete(name);
    if (!node || (node.drawnFrom !== item && node.drawnText !== JSON.stringify(item))) {
      const made = make(item);
      made.dataset.key = name;
      made.drawnText = JSON.stringify(item);
      if (!first && !node) made.classList.add("fresh");
      if (node) replaceKeepingFocus(node, made);
      node = made;
    }
    node.drawnFrom = item;
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
  before.forEach((node) => node.remove());
}

const FOCUSABLE = "a, button, summary, audio, pre";

function replaceKeepingFocus(old, made) {
  const focused = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  const open = old.querySelector("details")?.open;
  old.replaceWith(made);
  if (open) made.querySelector("details").open = true;
  if (focused >= 0) made.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
}

/** Shows `text` in an element that is hidden while there is none. */
export function setText(id, text) {
  const shown = byId(id);
  if (shown.textContent !== text) shown.textContent = text;
  shown.hidden = !text;
}

export function timestamp(text) {
  const at = new Date(text ?? "");
  if (Number.isNaN(at.getTime())) return null;
  const today = at.toDateString() === new Date().toDateString();
  const shown = today
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : at.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return element("time", { dateTime: text, title: at.toLocaleString() }, shown);
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return null;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The address of a contact, or of a ticket, on this page. */
export const anchor = (kind, id) => `#${kind}-${encodeURIComponent(id)}`;

export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

export function fact(term, value, className) {
  if (value === null || value === undefined || value === "") return null;
  const shown = value instanceof Node ? value : theirs(value);
  return element("div", { className: className ?? "" }, element("dt", {}, term), element("dd", {}, shown));
}
