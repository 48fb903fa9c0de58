// Follows what the server streams: rows by section, at first the newest and then what changes
// (local/page/board.py), and shows them.

import { listenToSendAll, showAgents, showFaults, showLetters, showRequests } from "./side-panel.js";
import { markChosen, moveWithKeys, showContacts } from "./contacts.js";
import { byId, element, plural, setText } from "./elements.js";
import { showContact } from "./ticket.js";

const CALM = 4000; // milliseconds: so long is a contact shown before a newer one takes its place, or news announced

const sections = new Map();
const rows = (name) => sections.get(name) ?? new Map();
const newestFirst = (name) => [...rows(name).values()].sort((one, other) => other.place - one.place);

/** Takes a change over; returns the names of the sections it touches. */
function merge({ full, sections: changed }) {
  if (full) sections.clear();
  for (const [name, { set, gone }] of Object.entries(changed)) {
    if (!sections.has(name)) sections.set(name, new Map());
    for (const id of gone) sections.get(name).delete(id);
    for (const row of set) sections.get(name).set(row.id, row);
  }
  return full ? null : new Set(Object.keys(changed));
}

let following = null;
let since = 0;

/** What the address asks for; else the newest contact that has a ticket, or the newest, for a while each. */
function chosen() {
  const asked = /^#(contact|ticket)-(.+)$/.exec(location.hash);
  const id = asked && decodeURIComponent(asked[2]);
  if (asked?.[1] === "contact") return { contact: id, ticket: rows("contacts").get(id)?.decision?.ticket };
  if (asked) return { ticket: id };
  if (!following || Date.now() - since > CALM) {
    const contacts = newestFirst("contacts");
    const newest = (contacts.find((contact) => contact.decision?.ticket) ?? contacts[0])?.id;
    if (newest !== following) [following, since] = [newest, Date.now()];
  }
  return { contact: following, ticket: rows("contacts").get(following)?.decision?.ticket };
}

let fetched = {};

/** The ticket with all that is on it, asked for again when it has changed. */
async function ticketOf(number) {
  if (!number) return null;
  const change = rows("tickets").get(String(number))?.change;
  if (fetched.number !== number || fetched.change !== change || !fetched.ticket) {
    const answer = await fetch(`tickets/${encodeURIComponent(number)}.json`).catch(() => null);
    fetched = { number, change, ticket: answer?.ok ? await answer.json() : null };
  }
  return fetched.ticket;
}

async function showChosen() {
  const { contact, ticket } = chosen();
  markChosen(contact);
  const found = await ticketOf(ticket);
  const now = chosen();
  if (now.contact === contact && now.ticket === ticket) showContact(rows("contacts").get(contact), found, location.hash !== "");
}

const figures = () => rows("figures").get("figures") ?? {};

function showFigures() {
  const { sent, contacts, tickets, requests, dead_letters: letters, under_way: underWay } = figures();
  const shown = [
    ["records sent", sent],
    ["contacts", contacts],
    ["tickets", tickets],
    ["requests", requests],
    ["dead letters", letters, letters > 0],
  ];
  byId("figures").replaceChildren(
    ...shown.map(([term, value, bad]) =>
      element("div", { className: bad ? "bad" : "" }, element("dt", {}, term), element("dd", {}, (value ?? 0).toLocaleString()))),
  );
  connection("live", underWay ? `Live: ${underWay}` : "Live");
  document.title = contacts ? `(${contacts}) Contacts → tickets` : "Contacts → tickets";
}

let drawing = false;
const stale = new Set();

/** Draws what has changed, at most once for each frame, however fast it comes. */
function show(touched) {
  for (const name of touched ?? ["contacts", "tickets", "agents", "letters", "requests", "faults", "figures"]) stale.add(name);
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    const has = (...names) => names.some((name) => stale.has(name));
    const letters = newestFirst("letters");
    if (has("contacts", "letters", "figures")) {
      const deadLetterOf = new Map(letters.filter((letter) => letter.contact).map((letter) => [letter.contact, letter.reason]));
      showContacts(newestFirst("contacts"), figures().contacts ?? 0, deadLetterOf, chosen().contact);
    }
    if (has("contacts", "tickets")) showChosen();
    if (has("letters", "figures")) showLetters(letters, figures().dead_letters ?? 0);
    if (has("agents")) showAgents(newestFirst("agents"));
    if (has("requests")) showRequests([...rows("requests").values()]);
    if (has("faults")) showFaults([...rows("faults").values()]);
    if (has("figures")) showFigures();
    stale.clear();
  }, 16);
}

let announced = null;
let announcing = false;

/** Says in one sentence what is new, for those who do not see it happen; seldom, so that it can be heard out. */
function announceNews() {
  if (announcing) return;
  const { contacts = 0, tickets = 0, dead_letters: letters = 0 } = figures();
  if (announced) {
    const news = [
      contacts > announced.contacts ? plural(contacts - announced.contacts, "new contact", "new contacts") : "",
      tickets > announced.tickets ? plural(tickets - announced.tickets, "new ticket", "new tickets") : "",
      letters > announced.letters ? plural(letters - announced.letters, "new dead letter", "new dead letters") : "",
    ].filter(Boolean);
    if (!news.length) return;
    byId("news").textContent = `${news.join(", ")}.`;
    announcing = true;
    setTimeout(() => {
      announcing = false;
      announceNews();
    }, CALM);
  }
  announced = { contacts, tickets, letters };
}

function connection(kind, text) {
  byId("connection").dataset.state = kind;
  setText("connection", text);
}

function choose(hash) {
  history.replaceState(null, "", hash);
  showChosen();
}

window.addEventListener("hashchange", () => {
  showChosen();
  byId("shown").scrollTo({ top: 0 });
  if (matchMedia("(max-width: 46rem)").matches) byId("shown").scrollIntoView();
});
moveWithKeys(choose, () => {
  following = null;
  choose(location.pathname);
});
listenToSendAll();

// The address says which contact is shown; skipping to it must not change that.
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("shown").focus();
});

setInterval(() => !location.hash && showChosen(), CALM);

const events = new EventSource("events");
events.addEventListener("change", (event) => {
  show(merge(JSON.parse(event.data)));
  announceNews();
});
events.addEventListener("error", () => connection("lost", "Not connected; trying again"));
