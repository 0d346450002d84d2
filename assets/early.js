// Runs in the head, before anything is painted: sets the theme, and asks for the first view while the rest still loads.
(() => {
  const { prefix, plotly, parts } = document.currentScript.dataset;
  const dashboard = (window.dashboard ??= {});
  dashboard.prefix = prefix;
  dashboard.plotly = plotly;
  dashboard.parts = JSON.parse(parts); // what dashboard.later(name) loads

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
    // Asked for, and reloaded before the address told of it (view.js).
    const [left, asked] = JSON.parse(sessionStorage.getItem("dashboard-asked") ?? "[]");
    sessionStorage.removeItem("dashboard-asked");
    const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (reloaded && left === location.pathname + location.search) history.pushState(null, "", asked);
  } catch {
    // Storage is closed to us: the address says what is shown.
  }

  const page = location.pathname.slice(prefix.length).replace(/\/+$/, "") || "executive";
  const query = location.search.slice(1);
  const address = `${prefix}view/${encodeURIComponent(page)}${query ? `?${query}` : ""}`;
  const response = fetch(address, { redirect: "manual", headers: { Accept: "application/json" } });
  response.catch(() => {}); // whoever takes it sees the failure
  dashboard.early = { page, query, response };
})();
