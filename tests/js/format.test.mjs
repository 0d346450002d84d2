import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS, load } from "./modules.mjs";

const { format } = await load("format");
format.use({ formats: FORMATS });

/** @type {(unit: Wire.Unit, decimals: number) => { unit: Wire.Unit, decimals: number }} */
const metric = (unit, decimals) => ({ unit, decimals });

test("a whole figure has its unit, its sign before all of it, and a dash where there is none", () => {
  assert.equal(format.full(metric("money", 0), -1204331.4), "−$1,204,331");
  assert.equal(format.full(metric("unit_money", 2), 0.5), "$0.50");
  assert.equal(format.full(metric("percent", 1), 0.1234), "12.3%");
  assert.equal(format.full(metric("ratio", 2), 2.8449), "2.84×");
  assert.equal(format.full(metric("months", 1), 8.9), "8.9 months");
  assert.equal(format.full(metric("count", 0), 999), "999");
  for (const none of [null, undefined, NaN, Infinity]) assert.equal(format.full(metric("money", 0), none), "–");
});

test("halves are rounded up on the digits that are written, and what rounds to zero has no sign", () => {
  assert.equal(format.full(metric("unit_money", 2), 1.005), "$1.01");
  assert.equal(format.full(metric("unit_money", 2), -1.005), "−$1.01");
  assert.equal(format.full(metric("money", 0), -0.4), "$0");
});

test("a card has three digits, the whole figure where it is small, and steps up where it rounds up", () => {
  assert.equal(format.brief(metric("money", 0), 999.4), "$999");
  assert.equal(format.brief(metric("money", 0), 999.5), "$1.00k");
  assert.equal(format.brief(metric("money", 0), 999_499), "$999k");
  assert.equal(format.brief(metric("money", 0), 999_500), "$1.00M");
  assert.equal(format.brief(metric("count", 0), -2_364_331), "−2.36M");
  assert.equal(format.brief(metric("percent", 1), 12.5), "1,250.0%");
});

test("percentages on hover have the sign as the locale writes it, and plotly's own where that is the same", () => {
  const trace = () => /** @type {any} */ ({ hovertemplate: "%{y:.2%} on %{customdata}", y: [0.0123, null] });
  const [usual, german] = [trace(), trace()];
  format.hover([usual, { hovertemplate: "%{y:$,.0f}", y: [1] }]);
  assert.equal(usual.hovertemplate, "%{y:.2%} on %{customdata}");
  format.use({ formats: { ...FORMATS, decimal: ",", percent: ["", "\u00a0%"] } });
  format.hover([german]);
  assert.equal(german.hovertemplate, "%{text} on %{customdata}");
  assert.deepEqual(german.text, ["1,23\u00a0%", "–"]);
  format.use({ formats: FORMATS });
});

test("Indian groups are of two digits after the first three", () => {
  format.use({ formats: { ...FORMATS, groups: [3, 2] } });
  assert.equal(format.count(1234567890), "1,23,45,67,890");
  format.use({ formats: FORMATS });
});

test("plotly's tick labels become those of the locale", () => {
  format.use({ formats: { ...FORMATS, decimal: ",", group: ".", money: ["", " €"], compact_money: [[1e6, 1e6, "", " Mio. €"]] } });
  assert.equal(format.tick("money", "250k €"), "250.000 €");
  assert.equal(format.tick("money", "−2,5M €"), "−2,5 Mio. €");
  assert.equal(format.tick("money", "500m €"), "0,5 €");
  assert.equal(format.tick("percent", "20%"), "20%");
  assert.equal(format.tick("money", "Sep"), "Sep");
  format.use({ formats: FORMATS });
});

test("names of ticks are made when plotly asks, and kept for copies of the figure", () => {
  assert.equal(format.ticks({ tickformat: "%b %Y" }), undefined);
  const names = /** @type {Record<string, string>} */ (format.ticks({ tickformat: "$~s" }));
  assert.equal(names["$1500k"], "$1.5M");
  assert.equal(names.other, undefined);
  assert.deepEqual({ ...names }, { "": "", "$1500k": "$1.5M" });
});

test("labels of all months are there to be measured", () => {
  assert.deepEqual(format.days("dayMonth").slice(8, 10), ["Sep 28", "Oct 28"]);
  assert.equal(format.days("month").length, 12);
  assert.equal(format.days("month")[8], "Sep 2028");
});
