// What plotly.js does anew for every attribute of every trace and axis at each drawing, and need not. Each change puts a text
// in the place of one that must be there once: a plotly.js that differs fails the build. The answers are the same, which
// tests/components/test_quicker.py compares. Without them a click on the
// CFO page is a fifth slower (docs/decisions/0025); without Node the stock plotly.js is served, and only slower.
import { readFileSync } from "node:fs";

/** File of plotly.js -> [what stands there, what is put in its place]. @type {Record<string, [string, string]>} */
const CHANGES = {
  // Half of supplyDefaults was taking "xaxis.tickfont.size" to pieces, six times an attribute, by regular expressions.
  "src/lib/nested_property.js": [
    "module.exports = function nestedProperty(container, propStr) {",
    `module.exports = function nestedProperty(container, propStr) {
    if(typeof propStr === 'string' && typeof container === 'object' && propStr.indexOf('[') < 0 && propStr.indexOf('__') < 0) {
        var plain = propStr.split('.');
        return { set: npSet(container, plain, propStr), get: npGet(container, plain), astr: propStr, parts: plain, obj: container };
    }`,
  ],
  // A page has some thirty colours, and reads each of them hundreds of times.
  "src/components/color/index.js": [
    "const toColor = (cstr) => {",
    `const known = new Map();
const toColor = (cstr) => {
    if (typeof cstr !== 'string') return undefined;
    if (!known.has(cstr)) {
        if (known.size > 1000) known.clear();
        known.set(cstr, readColor(cstr));
    }
    const found = known.get(cstr);
    return found && { ...found }; // callers write into it
};
const readColor = (cstr) => {`,
  ],
};

export const FILES = Object.keys(CHANGES);

/** The text of one of FILES with its change. @param {string} file @param {string} text */
export function changed(file, text) {
  const [there, instead] = CHANGES[file];
  if (text.split(there).length !== 2) {
    throw new Error(`${file} of plotly.js is not as bundles/quicker.mjs expects it: look what is new, or drop the change`);
  }
  return text.replace(there, () => instead);
}

/** @type {import("esbuild").Plugin} */
export const quicker = {
  name: "quicker",
  setup(build) {
    const left = new Set(FILES);
    for (const file of FILES) {
      build.onLoad({ filter: new RegExp(`plotly\\.js/${file.replaceAll(".", "\\.")}$`) }, ({ path }) => {
        left.delete(file);
        return { contents: changed(file, readFileSync(path, "utf8")), loader: "js" };
      });
    }
    build.onEnd(() => (left.size ? { errors: [{ text: `plotly.js has no ${[...left].join(", ")} any more` }] } : null));
  },
};
