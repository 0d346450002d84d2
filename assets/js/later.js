// Code that few visits need: assets/later/<name>.js, with <name>.css where there is one, loaded on first use.
(() => {
  const { dashboard } = window;
  const { make, attach } = dashboard;
  /** @param {string} name */
  async function load(name) {
    const { js, css } = dashboard.parts[name] ?? {};
    if (!js) throw new Error(`there is no assets/later/${name}.js`);
    await Promise.all([css && attach(make("link", { rel: "stylesheet", href: css })), attach(make("script", { src: js }))]);
    return undefined;
  }

  dashboard.later = dashboard.loadOnce(load);
})();
