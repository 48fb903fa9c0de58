// The page in Zendesk's top bar: joins state, screen, server, softphone and Zendesk.

import { draw, say } from "./screen.js";
import { Server } from "./server.js";
import { start } from "./softphone.js";
import { begin, effects, reduce, screen } from "./state.js";
import { TEXT } from "./words.js";
import { askFront, client, onDialout, toast } from "./zendesk.js";

const BEAT_MS = 60000;
// After something has happened in Amazon Connect, its event reaches the server within some seconds.
const BURST_MS = [0, 1000, 3000, 7000];
// A tab that is not looked at leaves it to another one to pop, where there is one.
const HIDDEN_WAITS_MS = 1500;
const DIALLED_ONCE_MS = 3000;

const about = JSON.parse(document.querySelector('meta[name="about"]').content);
const server = new Server(about);
const zendesk = client();
let state = begin(about);
let bursts = [];
const popping = new Map();
let dialled = { number: null, at: 0 };

function send(event) {
  const before = state;
  state = reduce(before, event);
  if (event.type === "sign_in") phone.signIn();
  for (const effect of effects(before, event)) DO[effect.do](effect);
  draw(screen(state), send);
}

const DO = {
  here: () => here(),
  overview: () => overview(),
  burst: () => {
    for (const timer of bursts) clearTimeout(timer);
    bursts = BURST_MS.map((milliseconds) => setTimeout(overview, milliseconds));
  },
  pop: async ({ leg, answered }) => {
    // One that is answered while it is asked what pops for its ringing is asked for once more after that.
    if (popping.has(leg)) {
      popping.set(leg, answered);
      return;
    }
    popping.set(leg, false);
    if (document.hidden) await new Promise((resolve) => setTimeout(resolve, HIDDEN_WAITS_MS));
    const answer = await ask("PUT", `pops/${encodeURIComponent(leg)}`, { answered });
    const again = popping.get(leg);
    popping.delete(leg);
    if (answer.status === 200) send({ type: "shows", shows: answer.content.shows });
    if (again) DO.pop({ leg, answered: true });
  },
  show: ({ shows }) => zendesk?.invoke("routeTo", shows.kind, shows.id),
  open: () => zendesk?.invoke("popover", "show"),
  toast: ({ text }) => {
    if (zendesk) toast(zendesk, text);
    say(text);
  },
  say: ({ text }) => say(text),
  attach: async ({ id, body }) => {
    const answer = await ask("POST", "attachments", body);
    const { status, content } = answer;
    if (status === 200) send({ type: "attached", id, ticket: content.ticket });
    else if (status === 202) send({ type: "queued", id });
    else if (status === 409) send({ type: "which", id });
    else send({ type: "failed", id, text: why(status, content) });
  },
  record: async ({ leg, paused }) => {
    const answer = await ask("PUT", `recordings/${encodeURIComponent(leg)}`, { paused });
    if (answer.content.recording) send({ type: "recorded", leg, recording: answer.content.recording });
    else send({ type: "failed", id: null, text: why(answer.status, {}) });
  },
  dialled: async ({ leg, from }) => {
    if (!from.ticket && !from.user) return;
    const answer = await ask("PUT", `dialled/${encodeURIComponent(leg)}`, from);
    if (answer.status === 204) overview();
  },
};

function why(status, content) {
  if (status === 422 && content.problem) return content.problem;
  return { 403: TEXT.refused, 429: TEXT.too_many, 0: TEXT.offline, 401: TEXT.over }[status] || TEXT.failed;
}

async function ask(method, path, body) {
  if (!(await server.renew())) {
    send({ type: "session_over" });
    return { status: 401, content: {} };
  }
  const answer = await server.ask(method, path, body);
  if (answer.status === 401) send({ type: "session_over" });
  else if (answer.status === 0 || answer.status >= 500) send({ type: "offline" });
  return answer;
}

async function here() {
  const answer = await ask("POST", "here", { agent_arn: state.phone.agent });
  if (answer.status === 200) send({ type: "overview", ...answer.content });
}

async function overview() {
  const answer = await ask("GET", "overview");
  if (answer.status === 200) send({ type: "overview", ...answer.content });
}

function dial(wanted) {
  const now = Date.now();
  // Both this frame and the background may be given the same click.
  if (dialled.number === wanted.number && now - dialled.at < DIALLED_ONCE_MS) return;
  dialled = { number: wanted.number, at: now };
  if (!phone.dial(wanted.number, { ticket: wanted.ticket, user: wanted.user })) say(TEXT.failed);
  zendesk.invoke("popover", "show");
}

if (zendesk) {
  zendesk.on("front", (front) => send({ type: "front", front }));
  zendesk.on("left", (front) => send({ type: "left", front }));
  zendesk.on("dial", dial);
  onDialout(zendesk, dial);
  zendesk.invoke("popover", { width: 360, height: 640 });
  askFront(zendesk);
}
draw(screen(state), send);
const phone = start(about, document.getElementById("phone"), send);
here();
setInterval(here, BEAT_MS);
// Else what pops in the next two minutes would be left to a page that is not there.
addEventListener("pagehide", () => server.leave("here", { closing: true }));
document.addEventListener("visibilitychange", () => document.hidden || overview());
