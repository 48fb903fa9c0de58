import { TEXT } from "./words.js";

// Puts what `screen(state)` says into the document. Elements stay where their key does, so focus is not moved;
// texts are set as text, never as markup.

export function draw(shown, send) {
  patch(document.getElementById("banners"), shown.banners.map((each) => banner(each, send)));
  const list = (key, contacts) => (contacts.length ? [node("ul", key, {}, contacts.map((each) => contact(each, send)))] : []);
  const ended = shown.contacts.filter((each) => each.ended);
  patch(document.getElementById("screen"), [
    ...(shown.empty ? [node("p", "empty", { class: "empty" }, shown.empty)] : []),
    ...list("contacts", shown.contacts.filter((each) => !each.ended)),
    ...(shown.message ? [node("p", "message", { class: `message ${shown.message.kind}` }, shown.message.text)] : []),
    ...(shown.actions.length ? [node("div", "actions", { class: "actions" }, shown.actions.map((each) => action(each, send)))] : []),
    ...(ended.length ? [node("p", "ago", { class: "ago" }, TEXT.ago)] : []),
    ...list("ended", ended),
  ]);
  document.getElementById("phone").hidden = !shown.phone;
}

// Screen readers say it once: the same text again has to be another node.
export function say(text) {
  const live = document.getElementById("live");
  live.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
}

function banner({ key, kind, text, button }, send) {
  const parts = [node("span", "text", {}, text)];
  if (button) parts.push(press("button", button.text, () => send(button.event)));
  return node("div", key, { class: `banner ${kind}`, role: kind === "bad" ? "alert" : "note" }, parts);
}

function contact({ key, title, choose, lines, buttons }, send) {
  const parts = [
    choose
      ? node("h2", "title", {}, [press("choose", title, () => send(choose.event), { "aria-pressed": String(choose.pressed), class: "choose" })])
      : node("h2", "title", {}, title),
    ...lines.map((line) => node("p", line.key, { class: `line ${line.kind}` }, line.text)),
    ...buttons.map((button) => press(button.key, button.text, () => send(button.event))),
  ];
  return node("li", key, { class: choose && choose.pressed ? "contact chosen" : "contact" }, parts);
}

function action({ key, text, target, off }, send) {
  const press_it = () => send({ type: "attach", id: crypto.randomUUID(), target });
  return press(key, text, press_it, { class: "action", ...(off ? { disabled: "" } : {}) });
}

function press(key, text, onclick, attributes = {}) {
  return { ...node("button", key, { type: "button", ...attributes }, text), onclick };
}

function node(tag, key, attributes, content) {
  return { tag, key, attributes, content };
}

function patch(parent, wanted) {
  const before = new Map([...parent.children].map((element) => [element.dataset.key, element]));
  wanted.forEach((each, index) => {
    let element = before.get(each.key);
    if (!element || element.localName !== each.tag) {
      element = document.createElement(each.tag);
      element.dataset.key = each.key;
    }
    before.delete(each.key);
    set(element, each.attributes);
    element.onclick = each.onclick || null;
    if (Array.isArray(each.content)) patch(element, each.content);
    else if (element.textContent !== each.content) element.textContent = each.content;
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] || null);
  });
  for (const element of before.values()) element.remove();
}

function set(element, attributes) {
  for (const { name } of [...element.attributes]) {
    if (name !== "data-key" && !(name in attributes)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}
