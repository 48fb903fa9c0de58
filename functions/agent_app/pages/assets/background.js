// Loaded with Zendesk's tab: has the frame in the top bar loaded too, which is else loaded when it is first opened.

import { client, onDialout, toTopBar } from "./zendesk.js";

const zendesk = client();
if (zendesk) {
  zendesk.on("app.registered", preload);
  onDialout(zendesk, (dialled) => toTopBar(zendesk, "dial", dialled));
}

async function preload() {
  const { instances } = await zendesk.get("instances");
  for (const [guid, { location }] of Object.entries(instances)) {
    if (location === "top_bar") zendesk.instance(guid).invoke("preloadPane");
  }
}
