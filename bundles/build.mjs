// Makes built/plotly.min.js from plotly.js, the same with brotli at its best, and LICENSES.txt of what is in it. Run by `make bundle`.
import { build } from "esbuild";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { quicker } from "./quicker.mjs";

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const { version } = JSON.parse(readFileSync(here("node_modules/plotly.js/package.json"), "utf8"));
const made = here("built/plotly.min.js");

const { metafile } = await build({
  absWorkingDir: here("."),
  metafile: true,
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
    js: `/* plotly.js v${version}, bar heatmap pie scatter scatterpolar. changed by quicker.mjs. `
      + "Copyright Plotly, Inc. MIT licence; those of all that is in it: bundles/built/LICENSES.txt. */",
  },
  logLevel: "warning",
});
const packed = brotliCompressSync(readFileSync(`${made}.new`), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
writeFileSync(`${made}.br.new`, packed);
renameSync(`${made}.br.new`, `${made}.br`);
renameSync(`${made}.new`, made);

/** The licences of the packages that esbuild took something of, each package once. @param {string[]} files */
function licences(files) {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  return [...packages].sort().map((folder) => {
    const about = JSON.parse(readFileSync(here(`${folder}/package.json`), "utf8"));
    const texts = readdirSync(here(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const body = texts.map((name) => readFileSync(here(`${folder}/${name}`), "utf8").trim());
    return [`${about.name} ${about.version}: ${about.license ?? "no licence named"}`, ...body].join("\n\n");
  });
}
writeFileSync(here("built/LICENSES.txt"), `${licences(Object.keys(metafile.inputs)).join("\n\n----\n\n")}\n`);
