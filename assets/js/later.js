// Code that few visits need: assets/later/<name>.js, with <name>.css where there is one, loaded on first use.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
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

  /** `load`, once for each name; what could not be had is tried again at the next call. @type {Dashboard["loadOnce"]} */
  function loadOnce(load) {
    /** @type {Map<string, ReturnType<typeof load>>} */
    const loads = new Map();
    return (name) => {
      const earlier = loads.get(name);
      if (earlier) return earlier;
      const promise = load(name);
      promise.catch(() => loads.delete(name));
      loads.set(name, promise);
      return promise;
    };
  }

  dashboard.loadOnce = loadOnce;
  dashboard.later = loadOnce(load);
  dashboard.attach = attach;
})();
