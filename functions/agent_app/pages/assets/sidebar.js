// In a ticket's or a user's sidebar: reports to the frame in the top bar what is in front.

import { client, toTopBar } from "./zendesk.js";

const zendesk = client();
let active = true;
if (zendesk) {
  const report = async (name) => {
    const front = await inFront();
    if (front) await toTopBar(zendesk, name, front);
  };
  zendesk.on("app.registered", () => report("front"));
  zendesk.on("app.activated", () => {
    active = true;
    report("front");
  });
  zendesk.on("app.deactivated", () => {
    active = false;
    report("left");
  });
  zendesk.on("app.willDestroy", () => report("left"));
  zendesk.on("asks_front", () => active && report("front"));
}

async function inFront() {
  const { location } = await zendesk.context();
  if (location === "user_sidebar") {
    const found = await zendesk.get(["user.id", "user.name"]);
    return { user: Number(found["user.id"]), name: found["user.name"] };
  }
  if (location !== "ticket_sidebar") return null;
  const found = await zendesk.get(["ticket.id", "ticket.requester.id", "ticket.requester.name"]);
  return {
    ticket: Number(found["ticket.id"]),
    requester: Number(found["ticket.requester.id"]) || null,
    name: found["ticket.requester.name"] || null,
  };
}
