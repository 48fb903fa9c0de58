// The markup that comments may carry. Everything else is replaced by what it contains, and no attribute but a
// link's address is kept: it was escaped and sanitised before it came here, and this does not rely on that.

import { element } from "./elements.js";

const MARKUP = new Set(
  "a b blockquote br code dd div dl dt em h4 hr i li ol p pre span strong table tbody td th thead tr u ul".split(" "),
);
const HEADINGS = new Set(["h1", "h2", "h3", "h5", "h6"]);
const WITHOUT_CONTENT = new Set(["script", "style", "template", "iframe", "object", "svg", "math", "noscript", "title"]);

/** The nodes that may be shown of a text in HTML. */
export function safeMarkup(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].flatMap(safeNodes);
}

function safeNodes(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const name = node.localName;
  if (WITHOUT_CONTENT.has(name)) return [];
  const children = [...node.childNodes].flatMap(safeNodes);
  if (HEADINGS.has(name)) return [element("h4", {}, ...children)];
  if (!MARKUP.has(name)) return children;
  if (name !== "a") return [element(name, {}, ...children)];
  const address = webAddress(node.getAttribute("href"));
  return address ? [linkTo(address, ...children)] : children;
}

/** The address if a browser may go there on a click, else null. */
export function webAddress(text) {
  try {
    const address = new URL(text);
    return ["https:", "http:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

export const linkTo = (address, ...children) =>
  element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
