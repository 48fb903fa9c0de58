// Shows the state that the server streams (local/page/state.py says what is in it). Only what has changed is
// drawn again, so that a recording goes on playing and the focus stays where it is.

const byId = (id) => document.getElementById(id);

/** An element with properties and children; text goes in as text, never as markup. */
function element(tag, properties = {}, ...children) {
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
const theirs = (text) => element("bdi", {}, String(text));

/** Draws `items` into `parent`: a node stays as it is while its item does. True for each item that is new. */
function draw(parent, items, key, make) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const first = !parent.dataset.drawn;
  parent.dataset.drawn = "yes";
  items.forEach((item, place) => {
    const name = String(key(item, place));
    const text = JSON.stringify(item);
    let node = before.get(name);
    before.delete(name);
    if (!node || node.drawnFrom !== text) {
      const made = make(item);
      made.dataset.key = name;
      made.drawnFrom = text;
      if (!first) made.classList.add("fresh");
      if (node) replaceKeepingFocus(node, made);
      node = made;
    }
    if (parent.children[place] !== node) parent.insertBefore(node, parent.children[place] ?? null);
  });
  before.forEach((node) => node.remove());
}

function replaceKeepingFocus(old, made) {
  const focused = old.contains(document.activeElement);
  const open = old.querySelector("details")?.open;
  old.replaceWith(made);
  if (open) made.querySelector("details").open = true;
  if (focused) made.querySelector("a, button, summary")?.focus();
}

// The markup that comments may carry. Everything else is replaced by what it contains, and no attribute but
// a link's address is kept: the stand-in has taken scripts out already, and this does not rely on it.
const MARKUP = new Set(
  "a b blockquote br code dd div dl dt em h4 hr i li ol p pre span strong table tbody td th thead tr u ul".split(" "),
);
const HEADINGS = new Set(["h1", "h2", "h3", "h5", "h6"]);
const WITHOUT_CONTENT = new Set(["script", "style", "template", "iframe", "object", "svg", "math", "noscript", "title"]);

function safeMarkup(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].flatMap(safeNodes);
}

function safeNodes(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const name = node.localName;
  if (WITHOUT_CONTENT.has(name)) return [];
  const children = [...node.childNodes].flatMap(safeNodes);
  if (HEADINGS.has(name)) return [element("h4", {}, ...children)];
  if (!MARKUP.has(name)) return children;
  if (name !== "a") return [element(name, {}, ...children)];
  const address = webAddress(node.getAttribute("href"));
  return address ? [linkTo(address, ...children)] : children;
}

/** The address if a browser may go there on a click, else null. */
function webAddress(text) {
  try {
    const address = new URL(text);
    return ["https:", "http:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

const linkTo = (address, ...children) =>
  element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);

function moment(text) {
  const at = new Date(text ?? "");
  if (Number.isNaN(at.getTime())) return null;
  const today = at.toDateString() === new Date().toDateString();
  const shown = today
    ? at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : at.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return element("time", { dateTime: text, title: at.toLocaleString() }, shown);
}

function duration(seconds) {
  if (!Number.isFinite(seconds)) return null;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;

let state = null;
let names = new Map();

const person = (id) => (id === null || id === undefined ? null : names.get(id) ?? `User ${id}`);

function fact(term, value, className) {
  if (value === null || value === undefined || value === "") return null;
  const shown = value instanceof Node ? value : theirs(value);
  return element("div", { className: className ?? "" }, element("dt", {}, term), element("dd", {}, shown));
}

function statusOf(ticket) {
  return element("span", { className: "status", "data-status": ticket.status }, ticket.status);
}

function listed(ticket) {
  const link = element(
    "a",
    { href: `#ticket-${ticket.id}` },
    element("span", { className: "subject" }, theirs(ticket.subject ?? "No subject")),
    element(
      "span",
      { className: "line" },
      statusOf(ticket),
      element("span", {}, `#${ticket.id}`),
      theirs(ticket.requester ?? ""),
      moment(ticket.updated_at),
    ),
  );
  return element("li", {}, link);
}

/** Why the ticket was made and updated as it was: sentences that begin with the number of their rule. */
function reasons(ticket) {
  const all = (ticket.metadata ?? []).flatMap((audit) => audit?.amazon_connect?.reasons ?? []);
  return [...new Set(all.map(String))].map((reason) => element("li", {}, theirs(reason)));
}

function ticketHead(ticket) {
  const tags = ticket.tags ?? [];
  const why = reasons(ticket);
  return element(
    "div",
    {},
    element("p", { className: "number" }, `Ticket ${ticket.id}`, statusOf(ticket)),
    element("h2", { id: "ticket-subject" }, theirs(ticket.subject ?? "No subject")),
    element(
      "dl",
      { className: "facts" },
      fact("Requester", ticket.requester),
      fact("Assignee", ticket.assignee ?? "Nobody"),
      fact("Created", moment(ticket.created_at)),
      ticket.followup_source_id ? fact("Follows up", `#${ticket.followup_source_id}`) : null,
      fact("External id", ticket.external_id && element("span", { className: "mono" }, ticket.external_id), "wide"),
      tags.length
        ? fact("Tags", element("ul", { className: "tags" }, ...tags.map((tag) => element("li", {}, theirs(tag)))), "wide")
        : null,
      why.length ? fact("Why", element("ul", {}, ...why), "wide") : null,
    ),
  );
}

function comment(shown) {
  if (shown.kind === "voice_comment") return voiceComment(shown);
  const html = shown.html_body;
  const body = html
    ? element("div", { className: "body", dir: "auto" }, ...safeMarkup(html))
    : element("div", { className: "body text", dir: "auto" }, shown.body ?? "");
  return element(
    "li",
    { className: `comment ${shown.public ? "public" : "note"}` },
    element(
      "h3",
      {},
      theirs(shown.author ?? "Zendesk"),
      element("span", { className: "kind" }, shown.public ? "Public comment" : "Private note"),
      moment(shown.created_at),
    ),
    body,
  );
}

function voiceComment(shown) {
  const call = shown.data ?? {};
  const recording = webAddress(call.recording_url);
  return element(
    "li",
    { className: "comment call" },
    element(
      "h3",
      {},
      "Call recording",
      element("span", { className: "kind" }, shown.public ? "Public" : "Private"),
      moment(call.started_at),
    ),
    recording
      ? element("audio", { controls: true, preload: "none", src: recording, "aria-label": "Recording of the call" })
      : null,
    element(
      "dl",
      { className: "facts" },
      fact("From", call.from),
      fact("To", call.to),
      fact("Duration", duration(call.call_duration)),
      fact("Answered by", call.answered_by),
      fact("Location", call.location),
      recording
        ? fact("Recording", linkTo(recording, "Open the file"))
        : fact("Recording", call.recording_url),
      call.transcription_text ? fact("Transcript", call.transcription_text, "wide") : null,
    ),
  );
}

function deadLetter(letter) {
  return element(
    "li",
    {},
    element("p", { className: "source" }, theirs(letter.source || "Unknown")),
    element("p", {}, theirs(letter.reason)),
    element("details", {}, element("summary", {}, "What had come in"), element("pre", { tabIndex: 0 }, letter.data)),
  );
}

function userShown(user) {
  const fields = Object.entries(user.user_fields ?? {}).filter(([, value]) => value !== null && value !== "");
  const more = [user.phone, user.email, ...fields.map(([name, value]) => `${name}: ${value}`)].filter(Boolean);
  return element(
    "li",
    {},
    element("span", { className: "name" }, theirs(user.name)),
    user.role === "end-user" ? null : element("span", { className: "role" }, user.role),
    element("span", { className: "more" }, theirs(more.join(" · "))),
  );
}

/** The ticket with everybody's names in place of their ids: what it looks like depends on them too. */
function withNames(ticket) {
  return {
    ...ticket,
    requester: person(ticket.requester_id),
    assignee: person(ticket.assignee_id),
    comments: ticket.comments.map((shown) => ({
      ...shown,
      author: person(shown.author_id),
      data: shown.data && { ...shown.data, answered_by: person(shown.data.answered_by_id) },
    })),
  };
}

/** The ticket that the address names; without one, the newest. */
function chosen(tickets) {
  const number = /^#ticket-(\d+)$/.exec(location.hash)?.[1];
  return tickets.find((ticket) => String(ticket.id) === number) ?? tickets[0];
}

function show() {
  if (!state) return;
  names = new Map(state.users.map((user) => [user.id, user.name]));
  const tickets = state.tickets.map(withNames);
  draw(byId("tickets"), tickets.map(({ comments, metadata, ...ticket }) => ticket), (ticket) => ticket.id, listed);
  byId("no-tickets").hidden = tickets.length > 0;
  showTicket(chosen(tickets));
  draw(byId("dead-letters"), state.dead_letters, (letter) => letter.id, deadLetter);
  byId("no-dead-letters").hidden = state.dead_letters.length > 0;
  draw(byId("users"), [...state.users].reverse(), (user) => user.id, userShown);
  byId("no-users").hidden = state.users.length > 0;
  showRequests(state.requests);
  showFigures();
}

function showTicket(ticket) {
  document.querySelectorAll("#tickets a").forEach((link) => {
    if (ticket && link.hash === `#ticket-${ticket.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const { comments = [], ...rest } = ticket ?? {};
  for (const parent of [byId("ticket-head"), byId("comments")]) {
    if (parent.dataset.ticket === String(ticket?.id)) continue;
    parent.dataset.ticket = String(ticket?.id);
    parent.replaceChildren();
    delete parent.dataset.drawn; // another ticket is nothing new
  }
  draw(byId("ticket-head"), ticket ? [rest] : [], (item) => item.id, ticketHead);
  draw(byId("comments"), comments, (_, place) => place, comment);
  byId("ticket").setAttribute("aria-label", ticket ? `Ticket ${ticket.id}` : "No ticket");
}

function showRequests({ per_minute: minutes, endpoints }) {
  const highest = Math.max(1, ...minutes.map((minute) => minute.count));
  draw(byId("chart"), minutes, (minute) => minute.minute, ({ minute, count }) => {
    const at = new Date(minute).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    return element("span", { title: `${at}: ${plural(count, "request", "requests")}` });
  });
  [...byId("chart").children].forEach((bar, place) => {
    bar.style.height = `${(100 * minutes[place].count) / highest}%`;
  });
  const now = minutes.at(-1)?.count ?? 0;
  byId("chart").setAttribute("aria-label", `${plural(now, "request", "requests")} this minute, at most ${highest} in a minute.`);
  draw(byId("endpoints"), endpoints, (endpoint) => endpoint.name, ({ name, count }) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, String(count))));
}

function showFigures() {
  const figures = [
    ["contact records sent", state.sent],
    ["tickets", state.tickets.length],
    ["requests to Zendesk", state.requests.total],
    ["dead letters", state.dead_letters.length, state.dead_letters.length > 0],
  ];
  byId("figures").replaceChildren(
    ...figures.map(([term, value, bad]) =>
      element("div", { className: bad ? "bad" : "" }, element("dt", {}, term), element("dd", {}, String(value)))),
  );
  connection("live", state.under_way ? `Live: ${state.under_way}` : "Live");
  document.title = state.tickets.length ? `(${state.tickets.length}) Contacts → tickets` : "Contacts → tickets";
}

/** Says in one sentence what has changed, for those who do not see it happen. */
function tellNews(before, after) {
  if (!before) return;
  const known = new Map(before.tickets.map((ticket) => [ticket.id, JSON.stringify(ticket)]));
  const added = after.tickets.filter((ticket) => !known.has(ticket.id));
  const changed = after.tickets.filter((ticket) => known.has(ticket.id) && known.get(ticket.id) !== JSON.stringify(ticket));
  const letters = after.dead_letters.length - before.dead_letters.length;
  const news = [
    added.length === 1 ? `New ticket: ${added[0].subject}.` : added.length ? `${added.length} new tickets.` : "",
    changed.length === 1 ? `Ticket ${changed[0].id} has changed.` : changed.length ? `${changed.length} tickets have changed.` : "",
    letters > 0 ? `${plural(letters, "new dead letter", "new dead letters")}.` : "",
  ];
  const text = news.filter(Boolean).join(" ");
  if (text) byId("news").textContent = text;
}

function connection(kind, text) {
  const shown = byId("connection");
  shown.dataset.state = kind;
  if (shown.textContent !== text) shown.textContent = text;
}

window.addEventListener("hashchange", () => {
  show();
  if (location.hash.startsWith("#ticket-")) byId("ticket").scrollTo({ top: 0 });
});

// The address says which ticket is shown; skipping to it must not change that.
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("ticket").focus();
});

const events = new EventSource("events");
events.addEventListener("state", (event) => {
  const before = state;
  state = JSON.parse(event.data);
  tellNews(before, state);
  show();
});
events.addEventListener("error", () => connection("lost", "Not connected; trying again"));
