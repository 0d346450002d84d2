// Light, dark, or as the system has it: a change of attributes, no request. Charts read their colours from CSS here.
(() => {
  const { dashboard } = window;
  const KEY = "dashboard-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  /** In this order, so that the first press is one that shows. */
  const MODES = system.matches ? ["system", "light", "dark"] : ["system", "dark", "light"];
  /** @type {Map<string, string>} */
  let colours = new Map();

  const stored = dashboard.stored(KEY);
  let mode = MODES.find((each) => each === stored) ?? "system";

  /** The value of a CSS variable; "--name/0.2" at that opacity. Its values are written as #rrggbb (tokens.css).
      @type {Dashboard["theme"]["colour"]} */
  function colour(name) {
    let found = colours.get(name);
    if (found === undefined) {
      const [variable, opacity] = name.split("/");
      found = getComputedStyle(root).getPropertyValue(variable).trim() || name;
      const parts = /^#(..)(..)(..)$/.exec(found);
      if (opacity && parts) found = `rgba(${parts.slice(1).map((part) => parseInt(part, 16)).join(",")},${opacity})`;
      colours.set(name, found);
    }
    return found;
  }

  /** @type {string | null} */
  let forced = null;

  function put() {
    const dark = forced ? forced === "dark" : mode === "dark" || (mode === "system" && system.matches);
    const now = dark ? "dark" : "light";
    say();
    if (root.dataset.bsTheme === now) return;
    root.dataset.bsTheme = now;
    root.style.colorScheme = now;
    colours = new Map();
    dashboard.charts.recolour();
  }

  function say() {
    const button = dashboard.byId("theme");
    const then = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
    button.dataset.mode = mode;
    dashboard.text(dashboard.one(button, ".visually-hidden"), `Theme: ${mode}. Change to ${then}`);
    button.dataset.tip = `Theme: ${mode}`;
  }

  function next() {
    mode = MODES[(MODES.indexOf(mode) + 1) % MODES.length];
    dashboard.stored(KEY, mode);
    put();
    dashboard.tips.renew(dashboard.byId("theme"));
  }

  system.addEventListener("change", () => mode === "system" && put());

  /** A theme that stands whatever the reader chose, as on paper; null gives theirs back. @type {Dashboard["theme"]["force"]} */
  const force = (theme) => {
    forced = theme;
    put();
  };

  dashboard.theme = { colour, next, put, force, now: () => root.dataset.bsTheme };
})();
