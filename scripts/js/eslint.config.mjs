// What `make check` says of JavaScript beyond its types: ESLint's own list of mistakes, and lines of 140 characters.
import js from "@eslint/js";
import globals from "globals";

const browser = ["assets/*.js", "assets/js/*.js", "assets/later/*.js"];
const worker = { importScripts: "readonly", sha256: "readonly" }; // of import-digest.js
const node = ["bundles/*.mjs", "scripts/js/*.mjs", "tests/js/*.mjs"];

export default [
  { ignores: ["bundles/built/", "assets/later/*.min.js"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "max-len": ["error", { code: 140 }],
      "no-console": ["error", { allow: ["warn"] }],
      "no-empty": ["error", { allowEmptyCatch: true }],
      "no-template-curly-in-string": "error",
      "no-unreachable-loop": "error",
      "no-unused-expressions": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  { files: browser, languageOptions: { sourceType: "script", globals: { ...globals.browser, ...worker } } },
  { files: node, languageOptions: { globals: { ...globals.node, window: "readonly" } } }, // tests have one of their own
  { files: ["bundles/plotly.js"], languageOptions: { sourceType: "commonjs", globals: globals.commonjs } },
];
