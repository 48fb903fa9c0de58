// Zendesk around this frame, by its SDK: tabs, toasts, what is in front, numbers that are clicked.

export function client() {
  const { ZAFClient } = globalThis;
  return (ZAFClient && ZAFClient.init()) || null;
}

// Shows a toast. Zendesk takes it as HTML, of its own page; what notices quote is a customer's.
export function toast(zendesk, text) {
  return zendesk.invoke("notify", text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"), "alert");
}

// Sends something to this app's frame in the top bar, from another frame of it; there may be none yet.
export async function toTopBar(zendesk, name, message) {
  const { instances } = await zendesk.get("instances");
  for (const [guid, { location }] of Object.entries(instances)) {
    if (location === "top_bar") zendesk.instance(guid).trigger(name, message);
  }
}

// Asks the frames in sidebars which of them is in front.
export async function askFront(zendesk) {
  const { instances } = await zendesk.get("instances");
  for (const [guid, { location }] of Object.entries(instances)) {
    if (location.endsWith("_sidebar")) zendesk.instance(guid).trigger("asks_front", {});
  }
}

// Numbers that are clicked in tickets and users. The frame in the top bar, or the background, or both are told.
export function onDialout(zendesk, act) {
  zendesk.on("voice.dialout", ({ number, userId, ticketId } = {}) => {
    if (number) act({ number, ticket: Number(ticketId) || null, user: Number(userId) || null });
  });
}
