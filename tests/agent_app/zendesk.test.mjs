// What the page gives Zendesk to show: text that customers had a hand in is text there too.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toast } from "../../functions/agent_app/pages/assets/zendesk.js";

const QUOTED = [
  ["A2 a notice is shown as it is", "Caller's verification is unclear", "Caller's verification is unclear"],
  ["A4 markup is text", '<img src=x onerror="alert(1)">', '&lt;img src=x onerror="alert(1)"&gt;'],
  ["A4 an entity stays what was written", "&lt;b&gt; & more", "&amp;lt;b&amp;gt; &amp; more"],
];

for (const [name, text, given] of QUOTED) {
  test(name, () => {
    const asked = [];
    toast({ invoke: (...words) => asked.push(words) }, text);
    assert.deepEqual(asked, [["notify", given, "alert"]]);
  });
}
