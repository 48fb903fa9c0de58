// One contact: what was decided and why, and its ticket as an agent would see it.

import { byId, draw, duration, element, fact, setText, theirs, timestamp } from "./elements.js";
import { linkTo, safeMarkup, webAddress } from "./markup.js";

/** Shows a contact (may be missing, where only a ticket was asked for) and a ticket (may be missing). */
export function showContact(contact, ticket, asked = false) {
  setText("nothing", asked && !contact && !ticket ? "There is no such contact or ticket here, or not any more. Choose one from the list." : "");
  const name = `${contact?.id ?? ""} ${ticket?.id ?? ""}`;
  for (const id of ["decision", "ticket-head", "comments"]) {
    const parent = byId(id);
    if (parent.dataset.of === name) continue;
    parent.dataset.of = name;
    parent.replaceChildren();
    delete parent.dataset.drawn; // another one is nothing new
  }
  draw(byId("decision"), contact ? [contact] : [], (item) => item.id, decision);
  const { comments = [], ...head } = ticket ?? {};
  draw(byId("ticket-head"), ticket ? [head] : [], (item) => item.id, ticketHead);
  draw(byId("comments"), comments, (_, place) => place + (head.earlier_comments ?? 0), comment);
  setText("earlier", head.earlier_comments ? `${head.earlier_comments} earlier comments are not shown.` : "");
  const label = [contact ? `Contact of ${customerOf(contact)}` : "", ticket ? `ticket ${ticket.id}` : ""];
  byId("shown").setAttribute("aria-label", label.filter(Boolean).join(", ") || "No contact");
}

function decision(contact) {
  const { decision: decided } = contact;
  return element(
    "div",
    {},
    element(
      "div",
      { className: `decided ${decided ? "" : "open"}` },
      element("h2", {}, decided ? outcome(decided) : undecided(contact)),
      decided
        ? element("ul", {}, ...decided.reasons.map((reason) => element("li", {}, theirs(reason))))
        : element(
            "p",
            {},
            contact.records
              ? "It waits for its turn, for Zendesk, or for its agent to attach it."
              : "It rings, or its agent has it; decided on when it is accepted, else when it has ended.",
          ),
    ),
    contact.notices?.length ? element("ul", { className: "notices", "aria-label": "Notices" }, ...contact.notices.map(notice)) : null,
    element(
      "dl",
      { className: "facts" },
      fact("Customer", customerOf(contact)),
      fact("Reached from", contact.name ? addressOf(contact) : null),
      fact("Channel", kindOf(contact)),
      fact("Queue", contact.queue),
      fact("Agent", contact.agent),
      fact("Records", contact.legs > 1 ? `${contact.records}, of ${contact.legs} legs` : contact.records),
      fact("Contact", element("span", { className: "mono" }, contact.id), "wide"),
    ),
  );
}

/** What an agent was given to attend to. */
function notice({ agent, rule, text }) {
  return element("li", {}, theirs(`For ${agent ?? "the agent"}, ${rule}: ${text}`));
}

/** Who it is: by name where Zendesk knows one, else by number or address. */
export function customerOf(contact) {
  return contact.name ?? addressOf(contact) ?? "Not known yet";
}

/** The number or address that a contact came from, as far as Amazon Connect says; null for none. */
export function addressOf(contact) {
  if (!contact.customer || contact.customer === contact.name) return null;
  return contact.customer === "anonymous" ? "number withheld" : contact.customer;
}

const CHANNELS = { voice: "Call", chat: "Chat", task: "Task", email: "E-mail" };

/** What kind of contact it is, in words. */
export function kindOf(contact) {
  return `${CHANNELS[contact.channel] ?? contact.channel}, ${contact.direction}`;
}

/** What is said of a contact as long as nothing was decided. */
export function undecided(contact) {
  return contact.records ? "Not decided yet" : "Going on";
}

/** What was decided, in a few words. */
export function outcome(decided) {
  const [ticket, rule] = [decided.ticket ? ` #${decided.ticket}` : "", ` (${decided.rule})`];
  if (decided.action === "create") return `New ticket${ticket}${rule}`;
  if (decided.action === "open") return `Opened ticket${ticket}${rule}`;
  if (decided.action === "follow_up") return `Follow-up ticket${ticket}${rule}`;
  if (decided.action === "attach") return `Attached to ticket${ticket}${rule}`;
  if (decided.action === "none") return `No ticket${rule}`;
  return `${decided.action.replaceAll("_", " ")}${ticket}${rule}`;
}

export const statusOf = (status) => element("span", { className: "status", "data-status": status }, status);

function ticketHead(ticket) {
  const tags = ticket.tags ?? [];
  const customer = Object.entries(ticket.customer?.user_fields ?? {}).filter(([, value]) => value !== null && value !== "");
  const reach = [ticket.customer?.phone, ticket.customer?.email];
  const fields = customer.map(([name, value]) => `${name}: ${value}`);
  return element(
    "div",
    {},
    element("p", { className: "number" }, `Ticket ${ticket.id}`, statusOf(ticket.status)),
    element("h2", { className: "subject" }, theirs(ticket.subject ?? "No subject")),
    element(
      "dl",
      { className: "facts" },
      fact("Requester", ticket.requester),
      fact("Reached at", reach.filter(Boolean).join(" · ")),
      fields.length ? fact("User fields", fields.join(" · ")) : null,
      fact("Assignee", ticket.assignee ?? "Nobody"),
      fact("Created", timestamp(ticket.created_at)),
      ticket.followup_source_id ? fact("Follows up", `#${ticket.followup_source_id}`) : null,
      tags.length
        ? fact("Tags", element("ul", { className: "tags" }, ...tags.map((tag) => element("li", {}, theirs(tag)))), "wide")
        : null,
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
      timestamp(shown.created_at),
    ),
    body,
    attachments(shown.attachments ?? shown.uploads ?? []),
  );
}

function attachments(files) {
  if (!files.length) return null;
  const names = files.map((file) => element("li", {}, theirs(file.file_name ?? file.name ?? file)));
  return element("ul", { className: "files", "aria-label": "Attachments" }, ...names);
}

const inWords = (name) => name?.replaceAll("_", " ");

function voiceComment(shown) {
  const call = shown.data ?? {};
  const recording = webAddress(call.recording_url);
  const [from, to] = [call.from ?? call.from_line, call.to ?? call.to_line];
  return element(
    "li",
    { className: "comment call" },
    element(
      "h3",
      {},
      // A call of the Calls API has a title, a plain voice comment has none.
      call.title ? theirs(call.title) : "Call recording",
      element("span", { className: "kind" }, shown.public ? "Public" : "Private"),
      timestamp(call.started_at ?? call.call_started_at),
    ),
    recording
      ? element("audio", { controls: true, preload: "none", src: recording, "aria-label": "Recording of the call" })
      : null,
    element(
      "dl",
      { className: "facts" },
      fact("From", from),
      fact("To", to),
      fact("Queue", call.queue_name),
      fact("Duration", duration(call.call_duration ?? call.duration)),
      fact("Waited", duration(call.wait_time)),
      fact("Talked", duration(call.talk_time)),
      fact("On hold", duration(call.hold_time)),
      fact("Wrap-up", duration(call.wrap_up_time)),
      fact("Answered by", shown.answered_by),
      fact("Location", call.location ?? call.end_user_location),
      fact("Ended", inWords(call.completion_status)),
      fact("Recording consent", inWords(call.call_recording_consent_action ?? call.call_recording_consent)),
      recording ? fact("Recording", linkTo(recording, "Open the file")) : fact("Recording", call.recording_url),
      call.transcription_text
        ? fact("Transcript", element("div", { className: "text", dir: "auto" }, call.transcription_text), "wide")
        : null,
    ),
  );
}
