// Beside the contacts: agents' screens, dead letters, requests against the plan's limits, faults.

import { anchor, byId, draw, element, plural, setText, theirs, timestamp } from "./elements.js";

/** Asks the server to do something, and shows in `said` what came of it. */
async function act(name, asked, said, button) {
  button.setAttribute("aria-disabled", "true"); // which, other than disabled, keeps the focus
  try {
    const answer = await fetch(`actions/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
    });
    const content = await answer.json();
    setText(said, content.said ?? content.error);
    byId(said).classList.toggle("bad", !answer.ok);
  } catch {
    setText(said, "The server did not answer.");
    byId(said).classList.add("bad");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function actionButton(label, name, asked, said, properties = {}) {
  const button = element("button", { type: "button", ...properties }, label);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") act(name, asked, said, button);
  });
  return button;
}

export function showAgents(agents) {
  const byNews = [...agents].sort((one, other) => (other.pops[0]?.at ?? "").localeCompare(one.pops[0]?.at ?? ""));
  draw(byId("agents"), byNews, (agent) => agent.id, (agent) => {
    const [newest, ...earlier] = agent.pops;
    return element(
      "li",
      {},
      element("h3", {}, theirs(agent.name), agent.count ? element("span", { className: "soft" }, plural(agent.count, "pop", "pops")) : null),
      newest
        ? element("p", { className: "screen" }, popped(newest), timestamp(newest.at))
        : element("p", { className: "screen soft" }, "Nothing has popped up."),
      earlier.length
        ? element("ol", { className: "earlier", "aria-label": "Before that" }, ...earlier.map((pop) => element("li", {}, popped(pop), timestamp(pop.at))))
        : null,
    );
  });
}

function popped(pop) {
  if (!pop.ticket) return element("span", {}, `User ${pop.user} `, theirs(pop.about ?? ""));
  return element("a", { href: anchor("ticket", pop.ticket) }, `#${pop.ticket} `, theirs(pop.about ?? ""));
}

export function showLetters(letters, total) {
  draw(byId("letters"), letters, (letter) => letter.id, (letter) =>
    element(
      "li",
      {},
      element("h3", {}, theirs(letter.source || "Unknown"), timestamp(letter.sent_at)),
      element("p", { className: "reason" }, theirs(letter.reason)),
      letter.contact ? element("p", {}, element("a", { href: anchor("contact", letter.contact) }, "Its contact")) : null,
      letter.data
        ? element("details", {}, element("summary", {}, "What had come in"), element("pre", { tabIndex: 0 }, letter.data))
        : null,
      actionButton("Send again", "send-again", { ids: [letter.id] }, "letters-said", {
        "aria-label": `Send again: ${letter.source}, ${letter.reason}`,
      }),
    ));
  byId("no-letters").hidden = total > 0;
  byId("send-all").hidden = total < 2;
  setText("more-letters", total > letters.length ? `and ${(total - letters.length).toLocaleString()} more` : "");
}

export function listenToSendAll() {
  const button = byId("send-all");
  button.addEventListener("click", () => act("send-again", { all: true }, "letters-said", button));
}

/** A line for each bucket: its minutes as bars, as high as what the plan allows. */
export function showRequests(buckets) {
  draw(byId("requests"), buckets, (bucket) => bucket.id, ({ id, limit, counts }) => {
    const now = counts.at(-1) ?? 0;
    const highest = Math.max(limit * 0.25, ...counts);
    const bars = counts.map((count) => {
      const bar = element("span", { className: count > limit ? "over" : "" });
      bar.style.height = `${(100 * count) / highest}%`;
      return bar;
    });
    const said = `${now} of ${limit} this minute; at most ${Math.max(0, ...counts)} in one of the last ${counts.length} minutes`;
    const chart = element("div", { className: "chart", role: "img", "aria-label": `${id}: ${said}` }, ...bars);
    const meter = element("span", { className: "meter", "aria-hidden": "true" });
    meter.style.setProperty("--part", `${Math.min(100, (100 * now) / limit)}%`);
    return element(
      "li",
      {},
      element("h3", {}, id, element("span", { className: "soft" }, `${now} of ${limit}`)),
      meter,
      chart,
    );
  });
}

export function showFaults(faults) {
  const wrong = faults.filter((fault) => fault.on).map((fault) => fault.name.replaceAll("_", " "));
  setText("banner", wrong.length ? `Going wrong now, as asked: ${wrong.join(", ")}. It is switched off under Make it go wrong.` : "");
  draw(byId("faults"), faults, (fault) => fault.id, (fault) => {
    const name = fault.name.replaceAll("_", " ");
    const asked = fault.at_once ? { on: true, name: fault.name } : { on: !fault.on, name: fault.name };
    const state = fault.at_once ? {} : { role: "switch", "aria-checked": String(fault.on) };
    return element(
      "li",
      {},
      actionButton(name, "fault", asked, "faults-said", { ...state, "aria-describedby": `fault-${fault.id}` }),
      element("p", { id: `fault-${fault.id}`, className: "soft" }, fault.what),
    );
  });
}
