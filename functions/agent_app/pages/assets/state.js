// The page's state, and what follows from each thing that happens: pure functions, tested as a table.
//
//   reduce(state, event)            the state after it
//   effects(before, event, after)   what is to be done for it
//   screen(state)                   what is shown
//
// A contact is what the server's overview says; Amazon Connect's own events say only when to ask.

import * as words from "./words.js";

const PHONE = { state: "starting", why: null, agent: null };

export function begin(about) {
  return {
    phone: { ...PHONE, medialess: Boolean(about.medialess) },
    problem: null,
    contacts: null,
    live: {},
    front: null,
    chosen: null,
    link: "online",
    session: "good",
    asked: null,
    message: null,
    seen: [],
  };
}

const REDUCERS = {
  phone_up: (state, { agent }) => ({ ...state, phone: { ...state.phone, state: "up", why: null, agent } }),
  phone_down: (state, { why }) => ({ ...state, phone: { ...state.phone, state: "down", why, agent: null } }),
  rings: (state, { leg }) => live(state, leg, "ringing"),
  answered: (state, { leg }) => live(state, leg, "on"),
  ended: (state, { leg }) => live(state, leg, "ended"),
  gone: (state, { leg }) => ({ ...state, live: without(state.live, leg) }),
  front: (state, { front }) => ({ ...state, front, message: null }),
  left: (state, { front }) => (same(state.front, front) ? { ...state, front: null } : state),
  overview: (state, { contacts, problem }) => ({
    ...state,
    contacts,
    problem: problem === undefined ? state.problem : problem,
    link: "online",
    chosen: contacts.some((each) => each.contact === state.chosen) ? state.chosen : null,
    seen: [...new Set([...state.seen, ...contacts.flatMap(noticeKeys)])],
  }),
  offline: (state) => ({ ...state, link: "offline" }),
  session_over: (state) => ({ ...state, session: "over" }),
  choose: (state, { contact }) => ({ ...state, chosen: contact, message: null }),
  attach: (state, { id }) => ({ ...state, asked: id, message: { kind: "busy", text: words.TEXT.working } }),
  attached: (state, { id, ticket }) => done(state, id, { kind: "good", text: words.attached(ticket) }),
  queued: (state, { id }) => done(state, id, { kind: "good", text: words.TEXT.queued }),
  which: (state, { id }) => done({ ...state, chosen: null }, id, { kind: "ask", text: words.TEXT.choose }),
  failed: (state, { id, text }) => done(state, id, { kind: "bad", text: text || words.TEXT.failed }),
  record: (state) => ({ ...state, message: null }),
  recorded: (state, { leg, recording }) => ({
    ...state,
    message: recording === "off" ? { kind: "bad", text: words.TEXT.not_recorded } : null,
    contacts: (state.contacts || []).map((each) => (each.leg === leg ? { ...each, recording } : each)),
  }),
};

export function reduce(state, event) {
  const reducer = REDUCERS[event.type];
  return reducer ? reducer(state, event) : state;
}

// Of what a first overview has, nothing is new: the page was loaded again, and the list shows it.
const EFFECTS = {
  phone_up: () => [{ do: "here" }],
  rings: (_, { leg }) => [{ do: "open" }, { do: "pop", leg, answered: false }, { do: "say", text: words.TEXT.rings }],
  answered: (_, { leg }) => [{ do: "pop", leg, answered: true }, { do: "burst" }],
  ended: () => [{ do: "burst" }],
  overview: (before, { contacts }) =>
    before.contacts === null ? [] : contacts.flatMap((each) => fresh(before, each)),
  attach: (before, { id, target }) => [
    { do: "attach", id, body: { id, ...target, ...(before.chosen ? { contact: before.chosen } : {}) } },
  ],
  attached: (_, { ticket }) => [
    { do: "say", text: words.attached(ticket) },
    { do: "show", shows: { kind: "ticket", id: ticket } },
    { do: "overview" },
  ],
  queued: () => [{ do: "burst" }, { do: "say", text: words.TEXT.queued }],
  which: () => [{ do: "overview" }, { do: "say", text: words.TEXT.choose }],
  failed: (_, { text }) => [{ do: "overview" }, { do: "say", text: text || words.TEXT.failed }],
  record: (_, { leg, paused }) => [{ do: "record", leg, paused }],
  recorded: (_, { recording }) => [
    { do: "say", text: recording === "paused" ? words.TEXT.paused_now : recordingSaid(recording) },
  ],
  dialled: (_, { leg, from }) => [{ do: "dialled", leg, from }],
  shows: (_, { shows }) => (shows ? [{ do: "show", shows }] : []),
  open_ticket: (_, { ticket }) => [{ do: "show", shows: { kind: "ticket", id: ticket } }],
};

export function effects(before, event) {
  const effect = EFFECTS[event.type];
  return effect ? effect(before, event) : [];
}

export function screen(state) {
  const contacts = inOrder(state.contacts || []);
  const meant = preselected(state, contacts);
  return {
    banners: banners(state),
    phone: state.phone.state !== "down",
    empty: state.contacts !== null && contacts.length === 0 ? words.TEXT.none : null,
    contacts: contacts.map((each) => shown(each, meant, contacts.length > 1)),
    message: state.message,
    actions: contacts.length ? actions(state, contacts, meant) : [],
  };
}

// What the agent is on comes first, and of either kind the latest, so that what rings is in view.
function inOrder(contacts) {
  const latest = (one, other) => other.since.localeCompare(one.since);
  return [...contacts.filter((each) => !each.until).sort(latest), ...contacts.filter((each) => each.until).sort(latest)];
}

// The one that the buttons act on: chosen, else the only one whose customer is in front, else the only one (A1).
function preselected(state, contacts) {
  if (state.chosen) return contacts.find((each) => each.contact === state.chosen);
  const front = state.front || {};
  const requester = front.user || front.requester;
  const theirs = contacts.filter((each) => requester && each.customer.id === requester);
  if (theirs.length === 1) return theirs[0];
  return contacts.length === 1 ? contacts[0] : undefined;
}

function banners(state) {
  const { phone } = state;
  return [
    state.session === "over" && { key: "over", kind: "bad", text: words.TEXT.over },
    state.link === "offline" && { key: "offline", kind: "bad", text: words.TEXT.offline },
    phone.state === "starting" && { key: "phone", kind: "plain", text: words.TEXT.signing_in },
    phone.state === "down" && {
      key: "phone",
      kind: "bad",
      text: words.WHY_NO_PHONE[phone.why],
      button: ["sign_in", "blocked"].includes(phone.why)
        ? { text: words.TEXT.retry_sign_in, event: { type: "sign_in" } }
        : null,
    },
    state.problem && { key: "problem", kind: "bad", text: words.WRONG_AGENT[state.problem] },
    phone.medialess && phone.state === "up" && { key: "medialess", kind: "plain", text: words.TEXT.medialess },
  ].filter(Boolean);
}

function shown(contact, meant, several) {
  const what = channel(contact);
  const name = nameOf(contact);
  const { recording } = contact;
  return {
    key: contact.contact,
    ended: Boolean(contact.until),
    title: words.chosen(name, contact.until ? `${what}, ${words.ended}` : what),
    choose: several ? { pressed: contact === meant, event: { type: "choose", contact: contact.contact } } : null,
    lines: [
      contact.authentication && {
        key: "authentication",
        kind: contact.authentication === "failed" ? "bad" : "plain",
        text: words.AUTHENTICATION[contact.authentication],
      },
      { key: "ticket", kind: "plain", text: contact.ticket ? words.onTicket(contact.ticket) : words.noTicket },
      recording && {
        key: "recording",
        kind: recording === "paused" || recording === "unknown" ? "bad" : "plain",
        text: words.RECORDING[recording],
      },
      ...contact.notices.map((notice) => ({ key: `notice ${notice.rule}`, kind: "notice", text: notice.text })),
    ].filter(Boolean),
    buttons: [
      contact.ticket && {
        key: "open",
        text: words.openTicket(contact.ticket),
        event: { type: "open_ticket", ticket: contact.ticket },
      },
      contact.can_pause && recording !== "off" && recording !== "paused" && {
        key: "pause",
        text: words.TEXT.pause,
        event: { type: "record", leg: contact.leg, paused: true },
      },
      contact.can_pause && (recording === "paused" || recording === "unknown") && {
        key: "resume",
        text: words.TEXT.resume,
        event: { type: "record", leg: contact.leg, paused: false },
      },
    ].filter(Boolean),
  };
}

function actions(state, contacts, meant) {
  const what = meant ? channel(meant) : words.OTHER_CHANNEL;
  const { front } = state;
  const off = state.asked !== null || state.session === "over";
  const person = front && (front.user || front.requester);
  return [
    front && front.ticket && !(meant && meant.ticket === front.ticket) && {
      key: "ticket",
      text: words.attachTo(what, front.ticket),
      target: { ticket: front.ticket },
    },
    person && {
      key: "user",
      text: words.createFor(what, front.name || words.user(person)),
      target: { user: person },
    },
    { key: "new", text: words.createForNew(what), target: { new: true } },
  ]
    .filter(Boolean)
    .map((action) => ({ ...action, off }));
}

function live(state, leg, now) {
  return { ...state, live: { ...state.live, [leg]: now } };
}

function without(object, key) {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function same(one, other) {
  return Boolean(one && other) && one.ticket === other.ticket && one.user === other.user;
}

function done(state, id, message) {
  return state.asked === id ? { ...state, asked: null, message } : state;
}

function fresh(before, contact) {
  return contact.notices
    .filter((notice) => !before.seen.includes(noticeKey(contact, notice)))
    .map((notice) => ({ do: "toast", text: notice.text }));
}

function noticeKeys(contact) {
  return contact.notices.map((notice) => noticeKey(contact, notice));
}

function noticeKey(contact, notice) {
  return `${contact.contact} ${notice.rule}`;
}

function recordingSaid(recording) {
  return recording === "on" ? words.TEXT.resumed_now : words.TEXT.not_recorded;
}

function channel(contact) {
  return words.CHANNELS[contact.channel] || words.OTHER_CHANNEL;
}

function nameOf(contact) {
  return contact.customer.name || (contact.customer.id ? words.user(contact.customer.id) : words.UNKNOWN_CUSTOMER);
}
