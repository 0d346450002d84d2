// Which answer is shown, what is asked for, and what the history has: view.js with requests that the test answers.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, more } from "./modules.mjs";

/** @typedef {{ page: string, query: string, signal: AbortSignal, answer(over?: object): void, fail(problem: Error): void }} Request */
/** @type {Request[]} */
let requests = [];
/** @type {string[]} */
let drawn = []; // the queries of the answers that were drawn
/** @type {string[]} */
let said = [];
/** @type {{ url: string, state: any }[]} */
let entries = [];
let version = "1";

/** @param {string} page @param {string} query @param {object} [over] @returns {any} */
const viewOf = (page, query, over = {}) => {
  const platform = new URLSearchParams(query).get("platform")?.split(",") ?? null;
  return { page, query, chosen: { platform, last: "28d" }, data: { version }, notes: [], visuals: {}, ...over };
};

const dashboard = /** @type {any} */ (await load("address", "answers"));
class Refused extends Error {
  constructor(/** @type {string} */ sentence, final = false) {
    super(sentence);
    this.final = final;
  }
}
Object.assign(globalThis, {
  location: { pathname: "/below/cfo", search: "", hash: "" },
  history: {
    get state() { return entries.at(-1)?.state ?? null; },
    pushState: (/** @type {any} */ state, /** @type {string} */ _, /** @type {string} */ url) => entries.push({ state, url }),
    replaceState: (/** @type {any} */ state, /** @type {string} */ _, url = entries.at(-1)?.url ?? "") =>
      entries.splice(-1, 1, { state, url }),
  },
  addEventListener: () => {},
  requestAnimationFrame: setTimeout,
  scrollY: 0,
  scrollTo: () => {},
});
Object.assign(globalThis, { document: { documentElement: { dataset: {} }, getElementById: () => null } });
dashboard.address.use({
  dimensions: { platform: "Platform" }, defaults: { last: "28d" }, pages: { executive: { path: "" }, cfo: { path: "cfo" } },
});
Object.assign(dashboard, {
  carrier: {
    Refused,
    SignedOut: class extends Refused {},
    begin: (/** @type {string} */ page, /** @type {string} */ query, /** @type {AbortSignal} */ signal) => {
      const response = new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
        requests.push({ page, query, signal, answer: (over) => resolve(viewOf(page, query, over)), fail: reject });
      });
      response.catch(() => {});
      return { selection: { page, query }, response };
    },
    wanted: (/** @type {any} */ { response }) => response,
    store: () => {},
  },
  spec: { pages: {} },
  page: { own: () => false, known: () => true, show: () => {}, say: () => {} },
  agreement: { shown: () => undefined, agrees: () => view.shown()?.query === view.wanted()?.query, wait: () => {}, settle: () => {} },
  chapters: { hash: () => "" },
  visuals: { draw: (/** @type {any} */ { query }) => drawn.push(query), point: () => {} },
  freshness: { arrived: () => {}, lost: () => said.push("lost"), refused: (/** @type {string} */ words) => said.push(words) },
});
await more("view");
const { view } = dashboard;
const settled = () => new Promise((resolve) => setTimeout(resolve, 20)); // answers, the paint, and what follows it
const addresses = () => entries.map(({ url }) => url);

beforeEach(() => {
  [requests, drawn, said] = [[], [], []];
  entries = [{ url: "/below/cfo", state: null }];
  version = String(Number(version) + 1); // nothing is kept from the test before
  view.first(viewOf("cfo", ""));
  entries = [{ url: "/below/cfo", state: null }];
  drawn.length = 0;
});

test("of two quick changes the last is shown, and the first is given up, however late it answers", async () => {
  view.change({ platform: ["Meta"] });
  view.change({ platform: ["Google"] });
  assert.equal(requests[0].signal.aborted, true);
  requests[1].answer();
  await settled();
  requests[0].answer();
  await settled();
  assert.deepEqual(drawn, ["platform=Google"]);
  assert.deepEqual(addresses(), ["/below/cfo", "/below/cfo?platform=Google"]); // none for what was never shown
});

test("Back asks for nothing, and shows what was shown", async () => {
  view.change({ platform: ["Meta"] });
  requests[0].answer();
  await settled();
  await view.show("cfo", "");
  assert.equal(requests.length, 1);
  assert.deepEqual(drawn, ["platform=Meta", ""]);
  assert.equal(view.wanted().chosen.platform, null);
});

test("an answer of newer data makes all that is kept old, and a visual that failed is asked for again", async () => {
  version = "newer";
  view.change({ platform: ["Meta"] });
  requests[0].answer({ visuals: { cards: { state: "error", text: "" } } });
  await settled();
  view.show("cfo", "");
  view.show("cfo", "platform=Meta");
  assert.deepEqual(requests.map(({ query }) => query), ["platform=Meta", "", "platform=Meta"]);
  version = "100";
});

test("an answer is kept under the address that was asked for and under its canonical one", async () => {
  view.show("cfo", "platform=Nokia");
  requests[0].answer({ query: "last=7d", notes: ["Nokia is unknown"] });
  await settled();
  await view.show("cfo", "last=7d");
  assert.equal(requests.length, 1);
  assert.deepEqual(view.shown().notes, []);
});

test("a click takes what was asked for at the mouse's press, and gives up what was pressed elsewhere", async () => {
  view.foresee({ platform: ["Meta"] });
  view.change({ platform: ["Meta"] });
  assert.equal(requests.length, 1);
  requests[0].answer();
  await settled();
  view.foresee({ platform: ["Google"] });
  view.change({ platform: [] });
  assert.equal(requests[1].signal.aborted, true);
  assert.deepEqual(drawn, ["platform=Meta", ""]); // what was there before is kept
});

test("nothing is asked ahead while an answer is waited for", () => {
  view.change({ platform: ["Meta"] });
  view.foresee({ platform: ["Google"] });
  assert.deepEqual(requests.map(({ query }) => query), ["platform=Meta"]);
});

test("where no answer comes, what is shown stays, and the address says what was asked for", async () => {
  view.change({ platform: ["Meta"] });
  requests[0].fail(new TypeError("the line is down"));
  await settled();
  assert.deepEqual([said, drawn], [["lost"], []]);
  assert.deepEqual(addresses(), ["/below/cfo", "/below/cfo?platform=Meta"]);
  view.again();
  requests[1].fail(new Refused("Not today."));
  await settled();
  assert.deepEqual(said, ["lost", "Not today."]);
});

test("what was chosen and never answered is asked for when the server is back, once at a time", async () => {
  view.change({ platform: ["Meta"] });
  requests[0].fail(new TypeError("the line is down"));
  await settled();
  view.catchUp();
  view.catchUp();
  assert.deepEqual(requests.map(({ query }) => query), ["platform=Meta", "platform=Meta"]);
  requests[1].answer();
  await settled();
  view.catchUp();
  assert.deepEqual([requests.length, drawn], [2, ["platform=Meta"]]);
});

test("what the server refuses for good is not asked for again by itself, but what is chosen after it is", async () => {
  view.change({ platform: ["Meta"] });
  requests[0].fail(new Refused("You may not see this.", true));
  await settled();
  view.catchUp();
  assert.equal(requests.length, 1);
  view.change({ platform: ["Google"] });
  requests[1].fail(new TypeError("the line is down"));
  await settled();
  view.catchUp();
  assert.equal(requests[2].query, "platform=Google");
});
