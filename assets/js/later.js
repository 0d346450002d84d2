// Code that few visits need: assets/later/<name>.js, with <name>.css where there is one, loaded on first use.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make } = dashboard;
  const loading = new Map(); // name -> promise

  const loaded = (element) =>
    new Promise((resolve, reject) => {
      element.addEventListener("load", () => resolve());
      element.addEventListener("error", () => {
        element.remove(); // so that the next try asks again
        reject(new Error("a part of the dashboard could not be loaded"));
      });
      document.head.append(element);
    });

  /** Loads assets/later/<name> once; rejects where it cannot be had, and tries again at the next call. */
  function later(name) {
    if (!loading.has(name)) {
      const { js, css } = dashboard.parts[name] ?? {};
      const wanted = js ? [css && loaded(make("link", { rel: "stylesheet", href: css })), loaded(make("script", { src: js }))] : [Promise.reject(new Error(`there is no assets/later/${name}.js`))];
      const both = Promise.all(wanted).then(() => undefined);
      both.catch(() => loading.delete(name));
      loading.set(name, both);
    }
    return loading.get(name);
  }

  dashboard.later = later;
})();
