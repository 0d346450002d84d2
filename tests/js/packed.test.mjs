import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { packed } = await load("packed");

test("a digit is its place after #, and the backslash is none", () => {
  assert.deepEqual(packed.figures("10:0:1:$%["), [10, 11, 65]);
  assert.deepEqual(packed.figures("0:0:1:]~"), [56, 89]);
});

test("figures have decimals, a lowest one below zero, and none where the number is 0", () => {
  assert.deepEqual(packed.figures("-150:2:1:$#&"), [-1.5, null, -1.48]);
});

test("of two digits, all first ones come first", () => {
  assert.deepEqual(packed.figures("0:0:2:$##$"), [90, 0]);
});

test("a list is left as it is", () => {
  const list = [1, null, 2.5];
  assert.equal(packed.figures(list), list);
});

test("a small line's points are heights from 1, null where there is none", () => {
  assert.deepEqual(packed.course("$#~"), [1, null, 90]);
  assert.deepEqual(packed.course(""), []);
});
