// The browser's modules in Node, for the parts of them that need no page.

/** Letters are 7 px wide at the 13 px of a tick label: what a canvas measures depends on the machine's fonts. */
const pen = {
  font: "",
  measureText: (/** @type {string} */ text) => ({ width: (text.length * 7 * parseFloat(pen.font)) / 13 }),
};

/** `dashboard` with the modules assets/js/<name>.js, which are scripts: they find it at `window`.
    @param {string[]} names @returns {Promise<Dashboard>} */
export async function load(...names) {
  Object.assign(globalThis, { window: globalThis, document: { createElement: () => ({ getContext: () => pen }) } });
  Object.assign(globalThis, { dashboard: { prefix: "/below/" } });
  return more("../elements", ...names);
}

/** The same with more of them, where something was put in their place before. @param {string[]} names @returns {Promise<Dashboard>} */
export async function more(...names) {
  for (const name of names) await import(`../../assets/js/${name}.js`);
  return window.dashboard;
}

/** How en-US writes dollars (kpi/formats.py). @type {Wire.Formats} */
export const FORMATS = {
  decimal: ".",
  group: ",",
  groups: [3, 3],
  money: ["$", ""],
  percent: ["", "%"],
  compact: [[1e3, 1e3, "", "k"], [1e6, 1e6, "", "M"]],
  compact_money: [[1e3, 1e3, "$", "k"], [1e6, 1e6, "$", "M"]],
  plotly: {
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    month: "%b %Y",
    dayMonth: "%b %-d",
    dayMonthYear: "%b %-d, %Y",
  },
};
