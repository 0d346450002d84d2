import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { legend } = await load("legend");

/** A chart whose legend has no place on a page. @returns {ChartItem} */
const chart = () => /** @type {any} */ ({ legend: null });

test("plotly's own legend is taken off", () => {
  const layout = { showlegend: true };
  legend.put(chart(), [{ name: "Spend" }, { name: "Profit" }], layout);
  assert.equal(layout.showlegend, false);
});

test("a line and its comparison, of one colour, are hidden together; of others none", () => {
  const item = chart();
  item.off = new Set(["#0081fb"]);
  const data = [
    { name: "Spend", line: { color: "#0081fb" } },
    { name: "Spend before", line: { color: "#0081fb", dash: "dot" } },
    { name: "Profit", marker: { color: "#111111" } },
    { name: "Bars of many colours", marker: { color: ["#0081fb", "#111111"] } },
  ];
  legend.put(item, data, { showlegend: true });
  assert.deepEqual(data.map((trace) => /** @type {Trace} */ (trace).visible), [false, false, undefined, undefined]);
});

test("a group goes before a colour", () => {
  const item = chart();
  item.off = new Set(["sold"]);
  const data = [{ name: "Sold", legendgroup: "sold", line: { color: "#111111" } }, { name: "Claimed", line: { color: "#111111" } }];
  legend.put(item, data, { showlegend: true });
  assert.deepEqual(data.map((trace) => /** @type {Trace} */ (trace).visible), [false, undefined]);
});

test("entries are made anew where a name, a mark or what is switched off has changed, and only there", () => {
  let times = 0;
  const item = chart();
  item.legend = /** @type {any} */ ({ replaceChildren: () => times++ });
  const put = (/** @type {string} */ name) => legend.put(item, [{ name }], { showlegend: true });
  put("Spend");
  put("Spend");
  assert.equal(times, 1);
  put("Profit");
  assert.equal(times, 2);
});

test("names go in as text", () => {
  assert.equal(legend.plain("&lt;b&gt; &amp;amp; A"), "<b> &amp; A");
});
