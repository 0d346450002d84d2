// When the page says that its figures are not those of what is chosen: agreement.js with a clock that the test sets.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load, more } from "./modules.mjs";

mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1000 });
const dashboard = /** @type {any} */ (await load());
/** @type {Set<string>} */
const attributes = new Set();
/** @type {Record<string, any>} */
const parts = { span: { textContent: "" }, button: {}, agreement: {}, announcer: { textContent: "" } };
/** @param {string} name @param {boolean} on */
const toggleAttribute = (name, on) => (on ? attributes.add(name) : attributes.delete(name));
Object.assign(globalThis, { document: { documentElement: { toggleAttribute } } });
let open = "cfo";
let wanted = { page: "cfo", query: "", chosen: {} };
/** @type {any} */
let shown = null;
Object.assign(dashboard, {
  byId: (/** @type {string} */ id) => parts[id],
  one: (/** @type {any} */ _, /** @type {string} */ tag) => parts[tag],
  view: { wanted: () => wanted, shown: () => shown },
  page: { open: () => open },
  spec: { dimensions: { platform: "Platform" } },
});
await more("agreement");
const { agreement } = dashboard;

/** @param {string} page @param {string[]} platform */
const answerOf = (page, platform) => ({
  page, query: platform.join(), chosen: { platform, last: "28d", compare: "none" },
  chips: platform.length ? [{ dimension: "platform", named: platform.join(", ") }] : [],
  period: { label: "Sep 1 – 28, 2025", baseline: null },
});
/** @param {string[]} platform */
function ask(...platform) {
  wanted = { page: open, query: platform.join(), chosen: answerOf(open, platform).chosen };
  agreement.wait(() => {});
}
/** @param {string} page @param {string[]} platform */
function answer(page, ...platform) {
  shown = answerOf(page, platform);
  agreement.settle(shown);
}
const words = () => (parts.agreement.hidden ? "" : parts.span.textContent);

beforeEach(() => {
  open = "cfo";
  ask();
  answer("cfo");
  assert.equal(words(), "");
});

test("a quick answer says nothing", () => {
  ask("Google");
  mock.timers.tick(199);
  assert.deepEqual([words(), attributes.size], ["", 0]);
  answer("cfo", "Google");
  mock.timers.tick(5000);
  assert.deepEqual([words(), attributes.size], ["", 0]);
});

test("a slow answer dims what is of another choice, and says of which, until it is there", () => {
  ask("Google");
  mock.timers.tick(200);
  assert.deepEqual([words(), [...attributes]], ["Figures are still for all platforms.", ["data-busy", "data-stale"]]);
  mock.timers.tick(1800);
  assert.equal(words(), "Figures are still for all platforms. Still waiting for the figures: 2 s.");
  answer("cfo", "Google");
  assert.deepEqual([words(), attributes.size], ["", 0]);
});

test("of many changes, each before the last was slow, the first begins the wait", () => {
  ask("Google");
  for (const platform of ["Meta", "Amazon", "TikTok"]) {
    mock.timers.tick(100);
    ask(platform);
  }
  assert.equal(words(), "Figures are still for all platforms.");
});

test("what is not answered at all is said at once, and newer figures of the same choice dim nothing", () => {
  ask("Google");
  agreement.settle();
  assert.deepEqual([words(), [...attributes]], ["Figures are still for all platforms.", ["data-stale"]]);
  ask();
  mock.timers.tick(300);
  assert.deepEqual([words(), [...attributes]], ["", ["data-busy"]]);
});

test("a page that is turned to says whose figures it has, not what the page before showed", () => {
  ask("Google");
  answer("cfo", "Google");
  open = "cmo";
  ask("Google");
  agreement.settle();
  assert.equal(words(), "The figures of this page have not come yet.");
  answer("cmo", "Google");
  ask("Meta");
  answer("cmo", "Meta");
  open = "cfo";
  ask("Meta");
  agreement.settle();
  assert.equal(words(), "Figures are still for Google.");
});
