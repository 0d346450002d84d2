// Answers questions about the browser's code, one JSON line each (tests/js/node.py): how it writes, and what a parser says.
import { createInterface } from "node:readline";
import espree from "../../scripts/js/node_modules/espree/dist/espree.cjs";
import { load } from "./modules.mjs";

const { address, format } = await load("address", "format");

/** @type {Record<string, (...question: any[]) => unknown>} */
const ANSWERS = {
  /** Figures as they are written: [function, metric, value] each. */
  figures: (formats, asked) => {
    format.use({ formats });
    return asked.map((/** @type {any[]} */ [how, ...given]) => /** @type {any} */ (format)[how](...given));
  },
  query: (spec, chosen) => {
    address.use(spec);
    return address.write(chosen);
  },
  /** The tokens of a script, each with its line break before it; what is refused as a sentence. */
  tokens: (script) => {
    try {
      const options = /** @type {const} */ ({ ecmaVersion: "latest", loc: true, tokens: true });
      const { tokens: all } = /** @type {any} */ (espree.parse(script, options));
      return all.map((/** @type {any} */ { type, value, loc }, /** @type {number} */ place) =>
        [type, value, place > 0 && loc.start.line > all[place - 1].loc.end.line]);
    } catch (problem) {
      return String(problem);
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...question] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(ANSWERS[name](...question))}\n`);
}
