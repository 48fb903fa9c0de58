// What agents read in the page: plain words, in one place, ready to be translated.

export const CHANNELS = { VOICE: "call", CHAT: "chat", TASK: "task" };
export const OTHER_CHANNEL = "contact";
export const UNKNOWN_CUSTOMER = "Unknown customer";

export const AUTHENTICATION = {
  verified: "Caller verified",
  failed: "Caller not verified: check who is calling",
  "not enrolled": "Caller not enrolled",
  "opted out": "Caller opted out of verification",
  unknown: "Caller's verification is unclear",
};

export const RECORDING = {
  on: "Recording is on",
  paused: "Recording is paused",
  off: "Not recorded",
  unknown: "It is not known whether the recording is paused",
};

export const WHY_NO_PHONE = {
  missing: "The softphone is not here: the page was served without Amazon Connect's library. Your administrator can deploy again.",
  settings: "The softphone is not set up: the app setting connect_instance_url is missing.",
  storage: "Your browser keeps other sites from storing anything in Zendesk, so the softphone cannot start. Allow third-party storage for this site, or leave private browsing. The buttons here work all the same.",
  sign_in: "You are not signed in to Amazon Connect. Sign in, and allow pop-ups for Zendesk.",
  blocked: "Amazon Connect does not open here. Allow pop-ups and third-party cookies for Zendesk; if it stays so, your administrator has to approve the origins of Zendesk and of this page in Amazon Connect.",
  denied: "Amazon Connect refuses you access. Ask your administrator.",
};

export const WRONG_AGENT = {
  "another agent": "You are signed in to Amazon Connect as somebody who is not you in Zendesk. Pops and notices go to that person.",
  "another instance": "You are signed in to another instance of Amazon Connect than the one that Zendesk is joined to.",
};

export const TEXT = {
  offline: "The server does not answer. What is shown is as it was; buttons are tried again.",
  over: "Your sign-in to this page is over. Reload the browser's page.",
  signing_in: "Connecting to Amazon Connect …",
  none: "You are on no contact.",
  ago: "Ended in the last ten minutes",
  medialess: "No audio here: keep your separate control panel open.",
  choose: "Which contact do you mean? Choose it, then press the button again.",
  working: "Attaching …",
  queued: "Taken. Zendesk does not answer now; it is done as soon as it does.",
  failed: "That did not work. Please try again.",
  refused: "That is not possible: you are not on this contact any more.",
  too_many: "Too many requests. Please wait a minute.",
  not_recorded: "This call is not being recorded.",
  retry_sign_in: "Sign in",
  pause: "Pause recording",
  resume: "Resume recording",
  paused_now: "The recording is paused.",
  resumed_now: "The recording goes on.",
  rings: "A contact rings.",
};

export const attachTo = (what, ticket) => `Attach this ${what} to ticket ${ticket}`;
export const createFor = (what, name) => `Create a ticket for ${name} with this ${what}`;
export const createForNew = (what) => `Create a ticket for a new customer with this ${what}`;
export const attached = (ticket) => `Attached to ticket ${ticket}.`;
export const onTicket = (ticket) => `On ticket ${ticket}`;
export const openTicket = (ticket) => `Open ticket ${ticket}`;
export const noTicket = "Not on a ticket yet";
export const chosen = (name, what) => `${name}, ${what}`;
export const ended = "ended";
export const user = (id) => `user ${id}`;
