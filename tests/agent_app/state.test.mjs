// The state machine of the agent app's page, as a table: what happened so far, what is shown, what is done.

import assert from "node:assert/strict";
import { test } from "node:test";

import { begin, effects, reduce, screen } from "../../functions/agent_app/pages/assets/state.js";
import { panelUrl } from "../../functions/agent_app/pages/assets/softphone.js";
import { Server } from "../../functions/agent_app/pages/assets/server.js";

const after = (...events) => events.reduce(reduce, begin({ medialess: false }));
const up = { type: "phone_up", agent: "arn:1" };

function contact(more = {}) {
  return {
    contact: "c1",
    leg: "c1",
    channel: "VOICE",
    since: "2026-11-02T09:00:00+00:00",
    until: null,
    customer: { id: 101, name: "Ana Silva" },
    authentication: null,
    ticket: null,
    assignment: "manual",
    notices: [],
    recording: null,
    can_pause: false,
    ...more,
  };
}

const overview = (...contacts) => ({ type: "overview", contacts });
const lines = (state) => screen(state).contacts.map((each) => each.lines.map((line) => line.text));
const buttons = (state) => screen(state).contacts.flatMap((each) => each.buttons.map((button) => button.text));
const actions = (state) => screen(state).actions.map((action) => action.text);
const banners = (state) => screen(state).banners.map((banner) => banner.key);

const SHOWN = [
  ["A3 at first the softphone is being connected", [], (s) => banners(s), ["phone"]],
  ["A3 signed in, nothing is said", [up], (s) => banners(s), []],
  ["A3 what is wrong with the softphone is said, and the rest goes on", [{ type: "phone_down", why: "storage" }, overview(contact())], (s) => [banners(s), actions(s).length], [["phone"], 1]],
  ["A3 a pop-up that was blocked can be opened by a button", [{ type: "phone_down", why: "blocked" }], (s) => screen(s).banners[0].button.text, "Sign in"],
  ["A3 access that is refused has no such button", [{ type: "phone_down", why: "denied" }], (s) => screen(s).banners[0].button, null],
  ["A3 the server being away is said until it answers", [up, { type: "offline" }], banners, ["offline"]],
  ["A3 and no longer", [up, { type: "offline" }, overview()], banners, []],
  ["A4 a session that is over says so, and turns the buttons off", [up, overview(contact()), { type: "session_over" }], (s) => [banners(s), screen(s).actions[0].off], [["over"], true]],
  ["P7 another agent in Amazon Connect is said", [up, { type: "overview", contacts: [], problem: "another agent" }], banners, ["problem"]],
  ["P7 and stays said by an overview that says nothing of it", [up, { type: "overview", contacts: [], problem: "another agent" }, overview()], banners, ["problem"]],
  ["A1 without contacts there is nothing to press", [up, overview()], (s) => [screen(s).empty, actions(s)], ["You are on no contact.", []]],
  ["A1 before the first overview nothing is claimed", [up], (s) => screen(s).empty, null],
  ["A1 with nothing in front a new customer's ticket can be made", [overview(contact())], actions, ["Create a ticket for a new customer with this call"]],
  ["A1 with a ticket in front", [overview(contact()), { type: "front", front: { ticket: 4001, requester: 101, name: "Ana Silva" } }], actions, ["Attach this call to ticket 4001", "Create a ticket for Ana Silva with this call", "Create a ticket for a new customer with this call"]],
  ["A1 with a user in front", [overview(contact({ channel: "CHAT" })), { type: "front", front: { user: 102, name: "Ben" } }], actions, ["Create a ticket for Ben with this chat", "Create a ticket for a new customer with this chat"]],
  ["A1 a contact that is on the ticket in front is not attached to it again", [overview(contact({ ticket: 4001 })), { type: "front", front: { ticket: 4001, requester: null, name: null } }], actions, ["Create a ticket for a new customer with this call"]],
  ["A1 what is in front no more is no target", [overview(contact()), { type: "front", front: { user: 102, name: "Ben" } }, { type: "left", front: { user: 102, name: "Ben" } }], (s) => actions(s).length, 1],
  ["A1 a tab that goes after another came to front changes nothing", [overview(contact()), { type: "front", front: { user: 102, name: "Ben" } }, { type: "left", front: { user: 101 } }], (s) => actions(s).length, 2],
  ["A1 a contact on its ticket has that to open", [overview(contact({ ticket: 7 }))], (s) => [lines(s)[0][0], buttons(s)], ["On ticket 7", ["Open ticket 7"]]],
  ["A1 one that has ended says so", [overview(contact({ until: "2026-11-02T09:05:00+00:00" }))], (s) => screen(s).contacts[0].title, "Ana Silva, call, ended"],
  ["A1 what the agent is on comes before what has ended, and the latest of either first", [overview(contact({ contact: "a", since: "2026-11-02T09:00:00+00:00", until: "2026-11-02T09:01:00+00:00" }), contact({ contact: "b", since: "2026-11-02T09:02:00+00:00" }), contact({ contact: "c", since: "2026-11-02T09:01:30+00:00", until: "2026-11-02T09:01:40+00:00" }), contact({ contact: "d", since: "2026-11-02T09:03:00+00:00" }))], (s) => screen(s).contacts.map((each) => [each.key, each.ended]), [["d", false], ["b", false], ["c", true], ["a", true]]],
  ["A1 while one is attached, no other button can be pressed", [overview(contact()), { type: "attach", id: "1", target: { new: true } }], (s) => [screen(s).actions[0].off, screen(s).message.kind], [true, "busy"]],
  ["A1 attached", [overview(contact()), { type: "attach", id: "1", target: {} }, { type: "attached", id: "1", ticket: 8 }], (s) => [screen(s).actions[0].off, screen(s).message.text], [false, "Attached to ticket 8."]],
  ["A1 taken, and done later", [overview(contact()), { type: "attach", id: "1", target: {} }, { type: "queued", id: "1" }], (s) => screen(s).message.kind, "good"],
  ["A1 an answer to an earlier button changes no message", [overview(contact()), { type: "attach", id: "2", target: {} }, { type: "attached", id: "1", ticket: 8 }], (s) => screen(s).message.kind, "busy"],
  ["A1 which one is asked", [overview(contact(), contact({ contact: "c2", leg: "c2" })), { type: "attach", id: "1", target: {} }, { type: "which", id: "1" }], (s) => screen(s).message.kind, "ask"],
  ["A1 of several none is chosen by itself", [overview(contact(), contact({ contact: "c2", customer: { id: null, name: null } }))], (s) => screen(s).contacts.map((each) => each.choose.pressed), [false, false]],
  ["A1 but the only one whose customer is in front", [overview(contact(), contact({ contact: "c2", customer: { id: 5, name: "Eva" } })), { type: "front", front: { ticket: 1, requester: 5, name: "Eva" } }], (s) => screen(s).contacts.map((each) => each.choose.pressed), [false, true]],
  ["A1 and the one that was chosen", [overview(contact(), contact({ contact: "c2" })), { type: "choose", contact: "c2" }], (s) => screen(s).contacts.map((each) => each.choose.pressed), [false, true]],
  ["A1 one that is gone is chosen no more", [overview(contact(), contact({ contact: "c2" })), { type: "choose", contact: "c2" }, overview(contact())], (s) => s.chosen, null],
  ["A2 notices stand in the list", [overview(contact({ notices: [{ rule: "C4", text: "Ask who it is." }] }))], (s) => lines(s)[0].at(-1), "Ask who it is."],
  ["V4 the caller's authentication is said in words", [overview(contact({ authentication: "verified" }))], (s) => lines(s)[0][0], "Caller verified"],
  ["V4 a failed one stands out", [overview(contact({ authentication: "failed" }))], (s) => screen(s).contacts[0].lines[0].kind, "bad"],
  ["R1 recording on can be paused", [overview(contact({ recording: "on", can_pause: true }))], buttons, ["Pause recording"]],
  ["R1 paused can be resumed", [overview(contact({ recording: "paused", can_pause: true }))], buttons, ["Resume recording"]],
  ["R1 unknown can be either", [overview(contact({ recording: "unknown", can_pause: true }))], buttons, ["Pause recording", "Resume recording"]],
  ["R1 not recorded can be neither", [overview(contact({ recording: "off", can_pause: true }))], buttons, []],
  ["R1 where it is not allowed there is no button", [overview(contact({ recording: "on" }))], buttons, []],
  ["R1 what the server answered is shown at once", [overview(contact({ recording: "on", can_pause: true })), { type: "recorded", leg: "c1", recording: "paused" }], (s) => lines(s)[0][1], "Recording is paused"],
  ["a customer without a name is shown by number", [overview(contact({ customer: { id: 9, name: null } }))], (s) => screen(s).contacts[0].title, "user 9, call"],
  ["one without either is unknown", [overview(contact({ customer: { id: null, name: null } }))], (s) => screen(s).contacts[0].title, "Unknown customer, call"],
  ["what is not known changes nothing", [{ type: "nothing" }], (s) => s, begin({ medialess: false })],
];

for (const [name, events, seen, expected] of SHOWN) {
  test(name, () => assert.deepEqual(seen(after(...events)), expected));
}

const DONE = [
  ["P1 ringing opens the pane and asks what pops", [], { type: "rings", leg: "c1" }, ["open", "pop", "say"]],
  ["P2 so does acceptance, and asks for the rest until the server knows", [], { type: "answered", leg: "c1" }, ["pop", "burst"]],
  ["P8 what the server gives is shown", [], { type: "shows", shows: { kind: "user", id: 1 } }, ["show"]],
  ["P8 and nothing where it gives nothing", [], { type: "shows", shows: null }, []],
  ["A1 an end asks for what changed", [], { type: "ended", leg: "c1" }, ["burst"]],
  ["A2 notices of a first overview are no news", [], overview(contact({ notices: [{ rule: "C4", text: "!" }] })), []],
  ["A2 later ones are a toast", [overview(contact())], overview(contact({ notices: [{ rule: "C4", text: "!" }] })), ["toast"]],
  ["A2 each once", [overview(contact()), overview(contact({ notices: [{ rule: "C4", text: "!" }] }))], overview(contact({ notices: [{ rule: "C4", text: "!" }] })), []],
  ["A1 the ticket that was made is shown", [], { type: "attached", id: "1", ticket: 4 }, ["say", "show", "overview"]],
  ["T7 a call that was dialled is tied", [], { type: "dialled", leg: "c1", from: { ticket: 1 } }, ["dialled"]],
  ["P7 signed in, the page reports who it is", [], up, ["here"]],
  ["an answer that says nothing needs nothing", [], { type: "offline" }, []],
];

for (const [name, events, event, expected] of DONE) {
  test(name, () => assert.deepEqual(effects(after(...events), event).map((effect) => effect.do), expected));
}

test("A1 the chosen contact goes with the button, and else the server decides", () => {
  const press = { type: "attach", id: "1", target: { ticket: 4 } };
  const two = [overview(contact(), contact({ contact: "c2" }))];
  assert.deepEqual(effects(after(...two), press)[0].body, { id: "1", ticket: 4 });
  const chosen = after(...two, { type: "choose", contact: "c2" });
  assert.deepEqual(effects(chosen, press)[0].body, { id: "1", ticket: 4, contact: "c2" });
});

test("A3 the control panel's address follows from the instance's", () => {
  assert.equal(panelUrl("https://acme.my.connect.aws"), "https://acme.my.connect.aws/ccp-v2/");
  assert.equal(panelUrl("https://acme.my.connect.aws/"), "https://acme.my.connect.aws/ccp-v2/");
  assert.equal(panelUrl("https://acme.awsapps.com"), "https://acme.awsapps.com/connect/ccp-v2/");
  assert.equal(panelUrl("https://acme.awsapps.com/connect"), "https://acme.awsapps.com/connect/ccp-v2/");
});

function serverOf(answers, until = 10000) {
  const asked = [];
  let now = 0;
  const fetch = async (path, options) => {
    asked.push([options.method, path, options.headers.Authorization]);
    const [status, content, retry] = answers.shift() || [200, {}];
    if (status === 0) throw new TypeError("no network");
    return { status, text: async () => (content === null ? "" : JSON.stringify(content)), headers: { get: () => retry || null } };
  };
  const wait = async (milliseconds) => {
    now += milliseconds;
  };
  return { asked, waited: () => now, server: new Server({ session: "s1", until }, { fetch, now: () => now, wait }) };
}

test("A3 a server that asks for patience is asked again, for as long as an agent may wait", async () => {
  const { server, asked, waited } = serverOf([[503, {}, "1"], [503, {}, "2"], [200, { ok: 1 }]]);
  assert.deepEqual((await server.ask("GET", "overview")).content, { ok: 1 });
  assert.deepEqual([asked.length, waited()], [3, 3000]);
  const endless = serverOf(Array(50).fill([503, {}, "2"]));
  assert.equal((await endless.server.ask("GET", "overview")).status, 503);
  assert.ok(endless.waited() < 12000);
});

test("A3 no answer at all, or one that is no JSON, is an answer of its own", async () => {
  assert.equal((await serverOf([[0]]).server.ask("GET", "overview")).status, 0);
});

test("A4 a session is renewed before it ends, and one that is over is not used", async () => {
  const { server, asked } = serverOf([[200, { session: "s2", until: 2000 }], [200, {}]], 200);
  assert.equal(await server.renew(), true);
  await server.ask("GET", "overview");
  assert.deepEqual(asked.map((each) => each[2]), ["Bearer s1", "Bearer s2"]);
  assert.equal(await serverOf([[401, {}]], 200).server.renew(), false);
  assert.equal(await serverOf([[0]], 200).server.renew(), true); // it has not ended yet
  assert.equal(await serverOf([[0]], -1).server.renew(), false);
});
