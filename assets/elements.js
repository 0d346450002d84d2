// Making and changing DOM elements. Text goes in as text, never as markup. Before all of js/ (components/bundles.py).
(() => {
  const dashboard = (window.dashboard ??= /** @type {Dashboard} */ ({})); // early.js made it

  // What turns the text after it around, up to the end of its element: names may hold it, the page does not show it.
  const TURNING = /(\u2067[^\u202A-\u202E\u2066-\u2069]*\u2069)|[\u202A-\u202E\u2066-\u2069]/g; // but a day from the right, kept apart
  const WORDS = new Set(["title", "aria-label", "data-tip", "placeholder"]);
  dashboard.steady = (/** @type {any} */ text) => (typeof text === "string" ? text.replace(TURNING, "$1") : text);

  /** An element with attributes and children; `text` is its text, a function hears the event of its name, false and null are
      left out. */
  dashboard.make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === "function") element.addEventListener(name, /** @type {EventListener} */ (value));
      else if (name === "text") element.textContent = dashboard.steady(String(value));
      else element.setAttribute(name, value === true ? "" : WORDS.has(name) ? dashboard.steady(String(value)) : String(value));
    }
    element.append(...children.filter((child) => child !== null).map(dashboard.steady));
    return element;
  };

  const NAMESPACE = "http://www.w3.org/2000/svg";
  dashboard.makeSvg = (tag, attributes) => {
    const element = document.createElementNS(NAMESPACE, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  /** Sets a text, an attribute or a class only where it differs: what is not touched is not laid out anew. */
  dashboard.text = (element, text) => {
    const steady = dashboard.steady(text);
    if (element.textContent !== steady) element.textContent = steady;
  };
  dashboard.attribute = (element, name, value) => {
    const steady = WORDS.has(name) ? dashboard.steady(value) : value;
    if (steady === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== steady) element.setAttribute(name, steady);
  };
  dashboard.hide = (element, hidden) => {
    if (element.hidden !== hidden) element.hidden = hidden;
  };

  dashboard.byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

  /** The element of `root` that a selector finds, where there must be one. */
  dashboard.one = (/** @type {ParentNode} */ root, /** @type {string} */ selector) => {
    const element = root.querySelector(selector);
    if (!element) throw new Error(`there is no ${selector}`);
    return element;
  };

  /** A picture from assets/css/icons.css. */
  dashboard.icon = (name) => dashboard.make("span", { class: `icon icon-${name}`, "aria-hidden": "true" });

  /** A button that tries again. */
  dashboard.retry = (act) =>
    dashboard.make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", text: "Retry", click: act });

  /** Has the browser save `blob` as a file. */
  dashboard.download = (blob, name) => {
    const href = URL.createObjectURL(blob);
    dashboard.make("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  };

  /** What this browser keeps under `key`, set where a `value` is given. Where its storage is closed to us: nothing. */
  dashboard.stored = (key, value) => {
    try {
      if (value !== undefined) localStorage.setItem(key, value);
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };

  /** Puts a script or a style sheet into the document; resolves once it is loaded. @type {Dashboard["attach"]} */
  dashboard.attach = (element) =>
    new Promise((resolve, reject) => {
      element.addEventListener("load", () => resolve());
      element.addEventListener("error", () => {
        element.remove(); // so that the next try asks again
        reject(new Error("a part of the dashboard could not be loaded"));
      });
      document.head.append(element);
    });

  /** `load`, once for each name; what could not be had is tried again at the next call. @type {Dashboard["loadOnce"]} */
  dashboard.loadOnce = (load) => {
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
  };

  /** The coloured mark of a platform; its colour is in tokens.css, one of three where it has none of its own. */
  dashboard.dot = (platform) => {
    const letters = [...platform].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0); // as in components/theme.py
    return dashboard.make("span", { class: "dot", "data-platform": platform, "data-spare": (letters % 3) + 1, "aria-hidden": "true" });
  };
})();
