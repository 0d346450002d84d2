"""The two places where our plotly.js is changed answer as the ones they replace, whatever they are asked."""

import json
import re
import subprocess

import pytest

from components.bundles import ROOT, SMALL_PLOTLY
from tests.js.node import NODE

BUNDLES = ROOT / "bundles"

pytestmark = pytest.mark.skipif(
    not (BUNDLES / "node_modules" / "plotly.js").exists(), reason="needs bundles/node_modules (make bundle)"
)

_BOTH = """
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { changed } from "./quicker.mjs";

globalThis.self = globalThis; // plotly.js takes itself to be in a browser
const require = createRequire(process.cwd() + "/");
const path = (file) => require.resolve(`./node_modules/plotly.js/${file}`);
function both(file) {
  const ours = new Module(path(file));
  ours.filename = path(file);
  ours.paths = Module._nodeModulePaths(path(file));
  ours._compile(changed(file, readFileSync(path(file), "utf8")), path(file));
  return [require(path(file)), ours.exports];
}
const tried = (act) => {
  try { return act() ?? null; } catch (problem) { return `refused: ${problem.message ?? problem}`; }
};
let seed = 7;
const random = (n) => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 8) % n;
const pick = (list) => list[random(list.length)];
let different = [];
let asked = 0;
const compare = (what, [theirs, ours]) => {
  asked++;
  const [a, b] = [theirs, ours].map((act) => JSON.stringify(tried(act)));
  if (a !== b) different.push([what, a, b]);
};
"""


def _compared(script: str) -> tuple[int, list[list[str]]]:
    found = subprocess.run(
        [NODE, "--input-type=module", "-"],
        input=f"{_BOTH}{script}\nconsole.log(JSON.stringify([asked, different.slice(0, 5)]));",
        cwd=BUNDLES,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    asked, different = json.loads(found.stdout)
    return asked, different


def test_a_property_is_found_and_set_as_before():
    asked, different = _compared("""
    const modules = both("src/lib/nested_property.js");
    const PARTS = ["a", "b", ".", ".", "[", "]", "0", "1", "-1", "[0]", "[-1]", "_", "__", " ", "length", "args[0]"];
    const ODD = [3, null, undefined, 1.5, {}, ""];
    const container = () => pick([
      { a: { b: 1, a: [{ b: 2 }, null] }, b: [0, { a: 3 }], 0: { 1: "x" }, "": 4, length: 5, _: 6 },
      { a: null, b: "text" }, {}, null, [{ a: 1 }, { a: 1 }], [[1, 2], [3]], 7, "text", undefined,
    ]);
    for (let turn = 0; turn < 20000; turn++) {
      const name = random(50) ? Array.from({ length: 1 + random(6) }, () => pick(PARTS)).join("") : pick(ODD);
      const value = pick([1, null, undefined, "x", [1, 2], { c: 1 }]);
      const text = JSON.stringify(container()) ?? "undefined";
      compare([name, value, text], modules.map((nested) => () => {
        const given = text === "undefined" ? undefined : JSON.parse(text);
        const found = nested(given, name);
        const before = [found.get(), found.get(true), found.astr, [...found.parts]];
        return [before, tried(() => found.set(value)), given, found.get(), found.obj === given];
      }));
    }""")
    assert asked == 20_000
    assert different == []


def test_a_colour_is_read_as_before_also_the_second_time():
    asked, different = _compared("""
    const modules = both("src/components/color/index.js");
    console.warn = console.log = () => {};
    const COLOURS = ["#fff", "#4338ca", "#4338CA80", "fff", "red", " Red ", "rebeccapurple", "nocolour", "",
      "transparent", "rgb(1,2,3)", "RGBA(1, 2, 3, .5)", "rgba(0,0,0,0)", "hsl(0DEG 100% 50%)", "rgb(0px 1 2)",
      "oklch(0.6 0.1 20)", "lab(50 20 30)", "color(display-p3 1 0 0)", "#12",
      "rgb(300, -5, 2)", null, undefined, 5, ["red"], {}];
    const DRAW = ["fill", "stroke"]; // take a selection of d3
    const isAsked = (name) => typeof modules[0][name] === "function" && !DRAW.includes(name);
    const names = Object.keys(modules[0]).filter(isAsked);
    for (let turn = 0; turn < 8000; turn++) {
      const [name, one, other, share] = [pick(names), pick(COLOURS), pick(COLOURS), random(11) / 10];
      const more = pick([[other], [share], [other, share], [share * 100, share * 50], []]);
      compare([name, one, ...more], modules.map((color) => () => color[name](one, ...more)));
    }
    if (names.length < 8) different.push(["too few functions", names]);
    const log = process.stdout.write.bind(process.stdout);
    console.log = (text) => log(`${text}\\n`);""")
    assert asked == 8_000
    assert different == []


def test_the_small_plotly_has_both_changes():
    small = SMALL_PLOTLY.read_text()
    assert re.search(r'\.indexOf\("\["\)<0&&\w+\.indexOf\("__"\)<0', small)
    assert re.search(r"\.size>1e3&&\w+\.clear\(\)", small)


def test_another_plotly_fails_the_build():
    result = subprocess.run(
        [NODE, "--input-type=module", "-"],
        input='import { FILES, changed } from "./quicker.mjs"; FILES.forEach((file) => changed(file, "another"));',
        cwd=BUNDLES,
        capture_output=True,
        text=True,
    )
    assert result.returncode != 0
    assert "is not as bundles/quicker.mjs expects it" in result.stderr
