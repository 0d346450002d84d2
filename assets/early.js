// Runs in the head, before anything is painted: sets the theme, and asks for the first view where the document has none.
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { prefix, plotly, whole, parts, ask, font, own, dash } = /** @type {Record<string, string>} */ (script.dataset);
  const dashboard = (window.dashboard ??= /** @type {Dashboard} */ ({}));
  dashboard.prefix = prefix;
  dashboard.plotly = plotly;
  dashboard.whole = whole;
  dashboard.parts = JSON.parse(parts); // what dashboard.later(name) loads

  // What is needed later is on its way at once, but on a slow line, where the words would have to wait for it.
  const { effectiveType, saveData } = /** @type {any} */ (navigator).connection ?? {};
  const code = { as: "script" };
  const data = { as: "fetch", crossOrigin: "" };
  for (const ahead of /2g|3g/.test(effectiveType) || saveData ? [] : [
    { ...code, href: own },
    { as: "font", type: "font/woff2", href: font, crossOrigin: "" },
    { ...data, href: `${prefix}_dash-layout` },
    { ...data, href: `${prefix}_dash-dependencies` },
    { ...code, href: dash },
    { ...code, href: plotly, fetchPriority: "low" },
  ]) document.head.append(Object.assign(document.createElement("link"), { rel: "preload", ...ahead }));

  // Our code asks where things stand: not before the style sheet has come, or cannot.
  const begin = () => document.body.append(Object.assign(document.createElement("script"), { src: own }));
  document.addEventListener("DOMContentLoaded", () => {
    const style = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=stylesheet]"));
    if (style.sheet) return begin();
    for (const end of ["load", "error"]) style.addEventListener(end, begin, { once: true });
  });

  let chosen = null;
  try {
    chosen = localStorage.getItem("dashboard-theme");
  } catch {
    // Storage is closed to us: the system decides.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
  document.documentElement.style.colorScheme = dark ? "dark" : "light";

  try {
    // A change that the address did not tell of yet when the page was reloaded (view.js).
    const address = sessionStorage.getItem("dashboard-asked");
    sessionStorage.removeItem("dashboard-asked");
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
    const reloaded = navigation?.type === "reload";
    if (reloaded && address && address.split("#")[0] !== location.pathname + location.search) {
      history.pushState(null, "", address);
      dashboard.moved = true; // the document's answer is that of the address before
    }
  } catch {
    // Storage is closed to us: the address says what is shown.
  }

  /** Runs the server callback `output` with `value` for its input, as Dash's own code does. */
  dashboard.post = (output, input, value, options = {}) => {
    const part = (/** @type {string} */ name) => {
      const [id, property] = name.split(".");
      return { id, property };
    };
    const body = {
      output,
      outputs: part(output),
      inputs: [{ ...part(input), value }],
      changedPropIds: [input],
      parsedChangedPropsIds: [input],
    };
    return fetch(`${prefix}_dash-update-component`, {
      method: "POST", redirect: "manual", credentials: "same-origin", body: JSON.stringify(body), ...options,
      headers: { Accept: "application/json", "Content-Type": "application/json", ...options.headers },
    });
  };

  if (!ask) return;
  const page = dashboard.moved ? location.pathname.slice(prefix.length).replace(/\/+$/, "") || "executive" : ask;
  const query = location.search.slice(1);
  const selection = { page, query, request: 0 };
  const response = dashboard.post("view.data", "selection.data", selection);
  response.catch(() => {}); // whoever takes it sees the failure
  dashboard.early = { page, query, selection, response };
})();
