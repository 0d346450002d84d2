import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS, load } from "./modules.mjs";

const { format, margins } = await load("format", "margins");
format.use({ formats: FORMATS });

/** @type {(layout: Layout, data?: Trace[], wide?: number) => Layout} */
const fitted = (layout, data = [], wide = 600) => {
  margins.fit(layout, data, wide);
  return layout;
};

test("a text is as wide as what is seen of it, whatever was escaped", () => {
  assert.equal(margins.width("A &amp; B"), margins.width("A & B"));
  assert.equal(margins.width("abcd", 26), 56);
});

test("an axis that does not ask for room gets none", () => {
  const { margin } = fitted({ xaxis: {}, yaxis: { automargin: true, visible: false }, margin: { t: 30 } });
  assert.deepEqual(margin, { l: 8, r: 8, t: 30, b: 8 });
});

test("an axis of money has room for its widest tick, a titled one for its title too, each on its side", () => {
  const yaxis = { automargin: true, tickformat: "$~s", title: { text: "Spend" } };
  const yaxis2 = { automargin: true, side: "right" };
  const { margin } = fitted({ yaxis, yaxis2 });
  const money = Math.max(32 + margins.width("$"), margins.width("$800k", 12), margins.width("$1.5M", 12));
  assert.equal(margin.l, money + 10 + 22);
  assert.equal(margin.r, 34 + 10);
  assert.equal(yaxis.automargin, false);
});

test("names beside bars are wrapped in at most two lines, and a word is cut where it is wider than a third of the chart", () => {
  const yaxis = { type: "category", automargin: true };
  const { margin } = fitted({ yaxis }, [{ y: ["Short", "Prospecting in Europe", "Unpronounceable&lt;name&gt;"] }], 300);
  const { ticktext } = /** @type {any} */ (yaxis);
  assert.deepEqual(ticktext.slice(0, 2), ["Short", "Prospecting in<br>Europe"]);
  assert.equal(ticktext[2], "Unpronounceabl…");
  assert.equal(margin.l, Math.max(...["Prospecting in", ticktext[2]].map((line) => margins.width(line))) + 10);
});

test("a name of more than two lines ends with dots", () => {
  const yaxis = { type: "category", automargin: true };
  fitted({ yaxis }, [{ y: ["Prospecting in Northern Europe and Latin America", "Prospecting in Europe"] }], 300);
  const { ticktext } = /** @type {any} */ (yaxis);
  assert.deepEqual(ticktext, ["Prospecting<br>in Northern…", "Prospecting<br>in Europe"]);
});

test("a category axis with dtick shows every second name, and texts above the bars where a name is", () => {
  const names = Array.from({ length: 12 }, (_, place) => `Month ${place}`);
  const texts = { mode: "text", text: names.map(() => "9%") };
  const xaxis = { type: "category", automargin: true, dtick: 1 };
  fitted({ xaxis }, [{ x: names }, texts], 300);
  assert.deepEqual(/** @type {any} */ (xaxis).tickvals, [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(texts.text, names.map((_, place) => (place % 2 ? "" : "9%")));
});

test("labels of weeks thin out where they would touch", () => {
  const week = 604_800_000;
  const trace = { x: ["2025-01-06", "2025-06-30"] };
  const wide = { type: "date", automargin: true, dtick: 4 * week };
  fitted({ xaxis: wide }, [trace], 900);
  assert.equal(wide.dtick, 4 * week);
  const narrow = { type: "date", automargin: true, dtick: 4 * week };
  fitted({ xaxis: narrow }, [trace], 300);
  assert.equal(narrow.dtick, 6 * week);
});

test("a ring has room for its widest label on both sides, at most a third of the chart", () => {
  const { margin } = fitted({}, [{ type: "pie", labels: ["Meta", "Google"] }]);
  assert.deepEqual(margin, { l: 42 + 24, r: 42 + 24, t: 30, b: 30 });
  assert.equal(fitted({}, [{ type: "pie", labels: ["A very long name of a platform"] }], 300).margin.l, 90);
});
