import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { labels, margins } = await load("format", "margins", "labels");
const MARGIN = { l: 0, r: 0, t: 0, b: 0 };

test("texts outside of upright bars stand 4.5 px off their ends, of losses below", () => {
  const data = [{ type: "bar", x: ["a", "b", "c"], y: [10, -5, null], text: ["10", "-5", ""], textposition: "outside" }];
  labels.put(data, { height: 100, margin: MARGIN, yaxis: { range: [-50, 50] } });
  const [bar, written] = /** @type {any[]} */ (data);
  assert.equal(bar.textposition, "none");
  assert.deepEqual([written.type, written.mode, written.hoverinfo], ["scatter", "text", "skip"]);
  assert.deepEqual(written.y, [14.5, -9.5, null]);
  assert.deepEqual(written.textposition, ["top center", "bottom center", "top center"]);
  assert.deepEqual(written.x, bar.x);
});

test("the axis of lying bars goes on until the text at its end has room", () => {
  const data = [{ type: "bar", orientation: "h", x: [100, 40], y: ["a", "b"], text: ["1,234,567", "4"], textposition: "outside" }];
  const layout = { width: 400, margin: MARGIN, xaxis: { range: [0, 100] } };
  labels.put(data, layout);
  const [low, high] = layout.xaxis.range;
  const room = 400 - (100 / (high - low)) * 400;
  assert.equal(low, 0);
  assert.ok(room > margins.width("1,234,567"), `${room} px`);
  assert.ok(room < margins.width("1,234,567") + 15, `${room} px`);
});

test("no text is written over the line across lying bars", () => {
  const data = [{ type: "bar", orientation: "h", x: [50, 90], y: ["a", "b"], text: ["50%", "90%"], textposition: "outside" }];
  labels.put(data, { width: 400, margin: MARGIN, xaxis: { range: [0, 200] }, shapes: [{ x0: 55 }] });
  assert.deepEqual(/** @type {any[]} */ (data)[1].x, [55 + 4.5 / 2, 90 + 4.5 / 2]);
});

test("where texts over bars would touch, every second one goes, counted from the last", () => {
  const months = Array.from({ length: 9 }, (_, place) => `month ${place}`);
  const over = { mode: "text", y: [1, 9, 2, 3, 4, 5, 6, 7, 8], text: months.map(() => "2.5×") };
  const layout = { width: 160, margin: MARGIN, xaxis: { type: "category", dtick: 1 } };
  labels.put([{ type: "bar", x: months, width: 0.5 }, over], layout);
  assert.deepEqual(over.text, months.map((_, place) => (place % 2 ? "" : "2.5×")));
  assert.equal(over.y[0], 9); // it stands over the highest bar that it reaches over
});

test("texts that have room are left as they are", () => {
  const over = { mode: "text", y: [1, 2], text: ["a", "b"] };
  labels.put([over], { width: 600, margin: MARGIN, xaxis: { type: "category", dtick: 1 } });
  assert.deepEqual([over.text, over.y], [["a", "b"], [1, 2]]);
});
