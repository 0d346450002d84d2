// Makes built/plotly.min.js from plotly.js, and the same with brotli at its best. Run by `make bundle`.
import { build } from "esbuild";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { quicker } from "./quicker.mjs";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const { version } = JSON.parse(readFileSync(here("node_modules/plotly.js/package.json"), "utf8"));
const made = here("built/plotly.min.js");

await build({
  entryPoints: [here("plotly.js")],
  outfile: `${made}.new`,
  bundle: true,
  plugins: [quicker],
  minify: true,
  format: "iife",
  globalName: "Plotly",
  target: "es2020",
  define: { global: "window" },
  loader: { ".css": "empty" },
  banner: {
    js: `/* plotly.js v${version}, bar funnel heatmap pie scatter scatterpolar. changed by quicker.mjs. `
      + "Copyright Plotly, Inc. MIT licence. */",
  },
  logLevel: "warning",
});
const packed = brotliCompressSync(readFileSync(`${made}.new`), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
writeFileSync(`${made}.br.new`, packed);
renameSync(`${made}.br.new`, `${made}.br`);
renameSync(`${made}.new`, made);
