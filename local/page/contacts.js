// The list of contacts: drawn, and moved through with keys.

import { anchor, byId, draw, element, setText, theirs, timestamp } from "./elements.js";
import { addressOf, customerOf, kindOf, outcome, undecided } from "./ticket.js";

/** Draws the newest contacts, and says how many more there are. */
export function showContacts(contacts, total, deadLetterOf, chosen) {
  const rows = contacts.map((contact) => ({ ...contact, dead_letter: deadLetterOf.get(contact.id) ?? null }));
  draw(byId("contacts"), rows, (contact) => contact.id, listed);
  byId("no-contacts").hidden = rows.length > 0;
  setText("more-contacts", total > rows.length ? `and ${(total - rows.length).toLocaleString()} older ones` : "");
  markChosen(chosen);
}

function listed(contact) {
  const { decision } = contact;
  const state = contact.dead_letter ? "bad" : decision ? (decision.ticket ? "ticket" : "none") : "open";
  const said = contact.dead_letter ? `Dead letter: ${contact.dead_letter}` : decision ? outcome(decision) : undecided(contact);
  const link = element(
    "a",
    { href: anchor("contact", contact.id) },
    element(
      "span",
      { className: "line" },
      element("span", { className: "who" }, theirs(customerOf(contact))),
      timestamp(contact.at),
    ),
    element(
      "span",
      { className: "line" },
      element("span", { className: "soft" }, kindOf(contact), ...(contact.name && addressOf(contact) ? [", ", theirs(addressOf(contact))] : [])),
      element("span", { className: "outcome", "data-state": state }, said),
    ),
  );
  return element("li", {}, link);
}

/** Marks the contact that is shown. Only its link is in the order of the Tab key: keys go on from there. */
export function markChosen(id) {
  const links = [...byId("contacts").querySelectorAll("a")];
  const current = links.find((link) => link.hash === anchor("contact", id));
  for (const link of links) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    link.tabIndex = link === (current ?? links[0]) ? 0 : -1;
  }
}

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

/** Moves through the contacts: j and k wherever the focus is, arrows while it is in the list. */
export function moveWithKeys(choose, followNewest) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [focused, list] = [document.activeElement, byId("contacts")];
    if (focused.closest("input, textarea, select, audio")) return;
    if (event.key === "Escape") return followNewest();
    const inList = list.contains(focused);
    const step = STEPS[event.key];
    if (!step || (event.key.startsWith("Arrow") && !inList)) return;
    const links = [...list.querySelectorAll("a")];
    const from = inList ? links.indexOf(focused) : links.findIndex((link) => link.ariaCurrent === "true");
    const to = links[Math.min(links.length - 1, Math.max(0, from + step))];
    if (!to) return;
    event.preventDefault();
    to.focus();
    choose(to.hash);
  });
}
