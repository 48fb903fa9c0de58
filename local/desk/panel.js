// Amazon Connect's control panel, as far as Streams and a visitor need it: facts/agent-app.md 3. What happens to
// contacts is decided by the laptop; this shows it, and reports it to the page that frames it.

const ID = crypto.randomUUID();
const STATES = { connecting: "connecting", connected: "connected", ended: "ended" };
const EVERY_MS = 700;
let last = "";
let known = null;

const post = (event, data) => parent !== window && parent.postMessage({ event, data }, "*");

async function ask(path, body) {
  const method = body === undefined ? "GET" : "POST";
  const response = await fetch(`api/${path}`, { method, body: body && JSON.stringify(body) });
  return response.json();
}

async function act(name, contact, more = {}) {
  const answer = await ask(name, { contact, ...more });
  await look();
  return answer;
}

async function look() {
  const state = await ask("state");
  const text = JSON.stringify(state);
  if (text === last) return;
  last = text;
  known = state;
  show(state);
  post("agent::update", snapshot(state));
}

function snapshot({ agent, contacts }) {
  const on = contacts.find((each) => each.state === "connected");
  return {
    snapshot: {
      state: { name: on ? "Busy" : "Available", type: "routable", agentStateARN: `${agent.arn}/state`, startTimestamp: new Date() },
      nextState: null,
      agentAvailabilityState: { state: "Available", timeStamp: new Date() },
      contacts: contacts.map(contact),
      snapshotTimestamp: new Date(),
    },
    configuration: {
      agentARN: agent.arn,
      username: agent.username,
      name: agent.name,
      softphoneEnabled: true,
      softphoneAutoAccept: false,
      extension: null,
      permissions: ["outboundCall", "voice"],
      agentStates: [{ name: "Available", type: "routable", agentStateARN: `${agent.arn}/state` }],
      dialableCountries: ["gb"],
      routingProfile: {
        name: "Support",
        routingProfileARN: `${agent.arn}/profile`,
        routingProfileId: "r1",
        queues: [],
        defaultOutboundQueue: { queueARN: `${agent.arn}/queue`, name: "Support" },
        channelConcurrencyMap: { VOICE: 1, CHAT: 2, TASK: 1 },
      },
    },
  };
}

function contact(each) {
  const connection = (type, initial, endpoint) => ({
    connectionId: `${each.contactId}-${type}`,
    type,
    initial,
    state: { type: each.state === "ended" ? "disconnected" : STATES[each.state], timestamp: new Date() },
    endpoint,
    mediaInfo: {},
    monitoringInfo: null,
  });
  return {
    contactId: each.contactId,
    initialContactId: each.contactId,
    type: each.type,
    state: { type: STATES[each.state], timestamp: new Date() },
    queue: { queueARN: "queue", name: "Support" },
    queueTimestamp: new Date(),
    attributes: {},
    contactFeatures: {},
    connections: [
      connection("agent", false, { type: "agent", name: "agent" }),
      connection(each.outbound ? "outbound" : "inbound", true, { type: "phone_number", phoneNumber: each.customer || "" }),
    ],
  };
}

function show({ agent, contacts }) {
  document.getElementById("agent").textContent = agent.name;
  const cards = contacts.map((each) => {
    const card = document.createElement("article");
    const what = `${each.outbound ? "Outgoing" : "Incoming"} ${each.type === "voice" ? "call" : "chat"}`;
    card.append(line(`${what}: ${each.name}`), line(each.state === "ended" ? "After contact work" : each.state));
    if (each.state === "connecting") {
      card.append(button(each.outbound ? "Customer answers" : "Accept", "accept", () => act("accept", each.contactId)));
      card.append(button(each.outbound ? "Hang up" : "Reject", "end", () => act("end", each.contactId)));
    } else if (each.state === "connected") {
      card.append(button("End", "end", () => act("end", each.contactId)));
    } else {
      card.append(button("Close contact", "clear", () => act("clear", each.contactId)));
    }
    return card;
  });
  document.getElementById("contacts").replaceChildren(...(cards.length ? cards : [line("Available. Waiting for contacts.")]));
}

function line(text) {
  return Object.assign(document.createElement("p"), { textContent: text });
}

function button(text, kind, onclick) {
  return Object.assign(document.createElement("button"), { textContent: text, className: kind, onclick, type: "button" });
}

const METHODS = {
  acceptContact: ({ contactId }) => act("accept", contactId),
  rejectContact: ({ contactId }) => act("end", contactId),
  clearContact: ({ contactId }) => act("clear", contactId),
  completeContact: ({ contactId }) => act("clear", contactId),
  destroyConnection: ({ contactId }) => act("end", contactId),
  createOutboundContact: ({ endpoint }) => act("dial", null, { number: endpoint.phoneNumber }),
};

addEventListener("message", async ({ data: message, source }) => {
  if (source !== parent || !message || typeof message !== "object") return;
  const { event, data } = message;
  if (event === "synchronize") {
    post("acknowledge", { id: ID });
    if (known) post("agent::update", snapshot(known));
  }
  if (event === "broadcast") post(data.event, data.data);
  else if (event === "api_request") {
    const method = METHODS[data.method];
    const answer = method ? await method(data.params || {}) : {};
    post("api_response", { requestId: data.requestId, data: answer, err: null });
  }
});

post("acknowledge", { id: ID });
look();
setInterval(look, EVERY_MS);
