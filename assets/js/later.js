// Code that few visits need: assets/later/<name>.js, with <name>.css where there is one, loaded on first use.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  /** @type {Map<string, Promise<undefined>>} */
  const loading = new Map(); // name -> promise

  /** Puts a script or a style sheet into the document; resolves once it is loaded. @type {Dashboard["attach"]} */
  const attach = (element) =>
    new Promise((resolve, reject) => {
      element.addEventListener("load", () => resolve());
      element.addEventListener("error", () => {
        element.remove(); // so that the next try asks again
        reject(new Error("a part of the dashboard could not be loaded"));
      });
      document.head.append(element);
    });

  /** @param {string} name */
  async function load(name) {
    const { js, css } = dashboard.parts[name] ?? {};
    if (!js) throw new Error(`there is no assets/later/${name}.js`);
    await Promise.all([css && attach(make("link", { rel: "stylesheet", href: css })), attach(make("script", { src: js }))]);
    return undefined;
  }

  /** Loads assets/later/<name> once; rejects where it cannot be had, and tries again at the next call. @type {Dashboard["later"]} */
  function later(name) {
    const known = loading.get(name);
    if (known) return known;
    const both = load(name);
    both.catch(() => loading.delete(name));
    loading.set(name, both);
    return both;
  }

  dashboard.later = later;
  dashboard.attach = attach;
})();
