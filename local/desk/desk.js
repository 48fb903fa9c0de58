// Zendesk's page around an app, as far as the app and a visitor need it: facts/agent-app.md 1.

const about = await (await fetch("api/about")).json();
const app = new URL(about.app);
const frames = new Map(); // guid: { location, frame, message handlers are the app's }
const ACTIVATES = { ticket: "ticket_sidebar", user: "user_sidebar" };
const EVERY_MS = 1500;
let open = null;
let wanted = null; // { kind, id } of what was asked for last, which is open soon
let shown = "";

const element = (id) => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

async function ask(path, body) {
  const response = await fetch(`api/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  return response.json();
}

// Frames of the app

async function put(location, parent, signed, guid = crypto.randomUUID()) {
  const name = `${location}-${guid}`;
  const frame = make("iframe", { name, title: `Amazon Connect, ${location}`, allow: "microphone; camera; autoplay" });
  const url = `${app}${signed ? "top_bar" : location === "background" ? "background" : "sidebar"}?origin=${encodeURIComponent(window.location.origin)}&app_guid=${guid}`;
  frames.set(guid, { location, frame, ready: false });
  if (!signed) {
    frame.src = url;
    parent.replaceChildren(frame);
    return;
  }
  parent.replaceChildren(frame);
  const { token } = await ask("token", { location });
  const form = make("form", { method: "post", action: url, target: name, hidden: true });
  form.append(make("input", { name: "token", value: token }));
  document.body.append(form);
  form.submit();
  form.remove();
}

function send(guid, message) {
  const held = frames.get(guid);
  if (held && held.ready && held.frame?.contentWindow) held.frame.contentWindow.postMessage(JSON.stringify(message), app.origin);
}

const fire = (guid, name, message) => send(guid, { key: `zaf.${name}`, message });
const fireAt = (location, name, message) => {
  for (const [guid, held] of frames) if (held.location === location) fire(guid, name, message);
};

function drop(location) {
  for (const [guid, held] of frames) {
    if (held.location !== location) continue;
    fire(guid, "app.willDestroy");
    setTimeout(() => {
      held.frame.remove();
      frames.delete(guid);
    }, 50);
  }
}

addEventListener("message", ({ data, origin, source }) => {
  if (origin !== app.origin || typeof data !== "string") return;
  const entry = [...frames].find(([, held]) => held.frame?.contentWindow === source);
  if (!entry) return;
  const [guid, held] = entry;
  const message = JSON.parse(data);
  if (message.key === "iframe.handshake") {
    held.ready = true;
    const context = { product: "support", location: held.location, instanceGuid: guid, account: { subdomain: "laptop" } };
    fire(guid, "app.registered", { context, metadata: { appId: 1, installationId: 1, name: "Amazon Connect", version: "1", settings: {} } });
  } else if (message.key && message.key.startsWith("iframe.trigger:")) {
    fire(message.instanceGuid, message.key.slice("iframe.trigger:".length), message.message);
  } else if (message.request) {
    const result = message.request === "get" ? get(held, message.params) : invoke(message.instanceGuid || guid, message.params);
    send(guid, { id: message.id, instanceGuid: guid, result: { ...result, errors: {} } });
  }
});

function get(held, paths) {
  const instances = Object.fromEntries([...frames].map(([guid, { location }]) => [guid, { instanceGuid: guid, location }]));
  const values = {
    instances,
    currentUser: about.user,
    "ticket.id": open?.ticket?.id,
    "ticket.requester.id": open?.requester?.id,
    "ticket.requester.name": open?.requester?.name,
    "user.id": open?.user?.id,
    "user.name": open?.user?.name,
  };
  return Object.fromEntries(paths.map((path) => [path, values[path] ?? null]));
}

function invoke(guid, params) {
  for (const [name, args] of Object.entries(params)) {
    if (name === "routeTo") show(args[0], Number(args[1]));
    else if (name === "notify") toast(args[0]);
    else if (name === "popover" && args[0] === "show") popover(true);
    else if (name === "popover" && args[0] === "hide") popover(false);
    else if (name === "preloadPane") load();
  }
  return {};
}

function toast(text) {
  // As Zendesk does it, this is HTML; here none of it is run.
  const shown = make("p", { textContent: new DOMParser().parseFromString(text, "text/html").body.textContent });
  element("toasts").append(shown);
  setTimeout(() => shown.remove(), 9000);
}

// The bar above, which loads its pane when it is first opened, or preloaded

// Its instance is known before it is loaded.
const TOP_BAR = crypto.randomUUID();
frames.set(TOP_BAR, { location: "top_bar", frame: null, ready: false });
let loaded = false;

function load() {
  if (loaded) return;
  loaded = true;
  put("top_bar", element("popover"), true, TOP_BAR);
}

function popover(visible) {
  load();
  element("popover").hidden = !visible;
  element("app").setAttribute("aria-expanded", String(visible));
  fireAt("top_bar", visible ? "pane.activated" : "pane.deactivated");
}

// Tickets and users

async function show(kind, id) {
  const asked = { kind, id };
  wanted = asked;
  const seen = await ask(`${kind}?id=${id}`);
  if (wanted !== asked) return undefined;
  if (seen.error) {
    wanted = open && { kind: open.kind, id: open[open.kind].id };
    return toast(`There is no ${kind} ${id}.`);
  }
  const other = !open || open.kind !== kind || open[kind].id !== id;
  open = { kind, ...seen };
  draw();
  if (!other) return undefined;
  for (const location of Object.values(ACTIVATES)) drop(location);
  const place = make("div");
  element("sidebar").replaceChildren(place);
  await put(ACTIVATES[kind], place, false);
  return undefined;
}

function draw() {
  const { kind } = open;
  const parts = [];
  if (kind === "ticket") {
    parts.push(make("h1", { textContent: `#${open.ticket.id} ${open.ticket.subject || ""}` }), make("p", { textContent: `${open.ticket.status}, requested by ` }, person(open.requester)));
    for (const comment of open.comments) parts.push(make("article", {}, make("p", { textContent: comment })));
  } else {
    parts.push(make("h1", { textContent: open.user.name }), make("p", {}, person(open.user)));
  }
  element("open").replaceChildren(...parts);
}

function person(user) {
  if (!user) return "nobody";
  const named = make("span", { textContent: `${user.name} ` });
  if (user.phone) {
    const click = () => dialout({ number: user.phone, userId: user.id, ticketId: open.kind === "ticket" ? open.ticket.id : null });
    named.append(make("button", { type: "button", textContent: user.phone, title: "Call this number", onclick: click }));
  }
  return named;
}

// Which of the two gets it is not documented: both do, and the app acts once.
function dialout(dialled) {
  fireAt("top_bar", "voice.dialout", dialled);
  fireAt("background", "voice.dialout", dialled);
}

async function refresh() {
  const lists = await ask("lists");
  const text = JSON.stringify(lists);
  if (text !== shown) {
    shown = text;
    const entry = (kind) => ({ id, label }) => make("li", {}, make("button", { type: "button", textContent: label, onclick: () => show(kind, id) }));
    element("tickets").replaceChildren(...lists.tickets.map(entry("ticket")));
    element("users").replaceChildren(...lists.users.map(entry("user")));
    if (wanted?.kind === "ticket") show("ticket", wanted.id);
  }
}

element("who").textContent = `signed in as ${about.user.name}`;
element("app").onclick = () => popover(element("popover").hidden);
for (const { label, value } of about.customers) element("play").who.append(make("option", { value, textContent: label }));
element("play").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  await ask("play", { who: form.who.value, channel: form.channel.value, manual: form.manual.checked });
};
await refresh();
await put("background", element("background"), false);
// Until now a click would have been lost.
for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
setInterval(refresh, EVERY_MS);
