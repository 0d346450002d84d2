import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { address } = await load("address");
address.use(/** @type {any} */ ({
  dimensions: { platform: "Platform", campaign: "Campaign" },
  defaults: { last: "28d", compare: "previous", grain: "day", rank: "profit" },
  pages: { executive: { path: "" }, cfo: { path: "cfo" } },
}));

test("defaults are left out, and the rest has one order", () => {
  assert.equal(address.write({ last: "28d", compare: "previous", grain: "day", rank: "profit" }), "");
  const chosen = { rank: "roas", grain: "week", last: "12w", compare: "none", as_of: "7", platform: ["Meta"], campaign: [] };
  assert.equal(address.write(chosen), "platform=Meta&last=12w&compare=none&grain=week&rank=roas&as_of=7");
});

test("dates take the place of a period", () => {
  assert.equal(address.write({ last: "7d", from: "2025-01-01", to: "2025-01-31" }), "from=2025-01-01&to=2025-01-31");
  assert.equal(address.write({ last: null, from: "2025-01-01", to: null }), "");
});

test("values are sorted, and their own commas and percents are told from those between them", () => {
  assert.equal(address.write({ campaign: ["Spring, Summer", "100% off"] }), "campaign=100%2525%20off,Spring%252C%20Summer");
  assert.equal(address.write({ campaign: ["it's (new)!*"] }), "campaign=it%27s%20%28new%29%21%2A");
});

test("values are in the order of their code points, as the server sorts them: names with emoji too", () => {
  const names = ["［Brand］", "😀 Summer", "😃", "Zebra", "Zeb"];
  assert.equal(decodeURIComponent(address.write({ campaign: names })), "campaign=Zeb,Zebra,［Brand］,😀 Summer,😃");
});

test("addresses are below the prefix", () => {
  assert.equal(address.page("cfo", "last=7d"), "/below/cfo?last=7d");
  assert.equal(address.page("executive", ""), "/below/");
  assert.equal(address.data("cfo", "core-cards", "json", "last=7d"), "/below/data/cfo/core-cards.json?last=7d");
  assert.equal(address.data("cfo", "core-cards", "csv", "last=7d"), "/below/data/cfo/core-cards.csv?last=7d&for=excel");
  assert.equal(address.data("cfo", "core-cards", "csv", ""), "/below/data/cfo/core-cards.csv?for=excel");
  assert.equal(address.workbook("cfo", ""), "/below/data/cfo.xlsx");
});

test("the address bar names a page and a query; the first page where it names none of ours", () => {
  const at = (/** @type {string} */ pathname, search = "") => {
    Object.assign(globalThis, { location: { pathname, search } });
    return address.here();
  };
  assert.deepEqual(at("/below/cfo/", "?last=7d"), { page: "cfo", query: "last=7d" });
  assert.deepEqual(at("/below/"), { page: "executive", query: "" });
  assert.deepEqual(at("/below/unknown"), { page: "executive", query: "" });
  assert.equal(address.pageAt("unknown"), undefined);
});

test("what is written is read again, whatever is in the names", () => {
  const chosen = { last: "12w", compare: "none", rank: "roas", platform: ["Meta"], campaign: ["100% off", "Spring, Summer", "it's 😀 %2C"] };
  const { from, to, grain, ...read } = address.read(address.write(chosen));
  assert.deepEqual([from, to, grain], [null, null, "day"]);
  assert.deepEqual(read, { ...chosen, rolling: null, as_of: null });
  assert.equal(address.write(address.read("from=2025-01-01&to=2025-01-31")), "from=2025-01-01&to=2025-01-31");
  assert.equal(address.write(address.read("")), "");
});
