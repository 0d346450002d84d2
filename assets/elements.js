// Making and changing DOM elements. Text goes in as text, never as markup. Before all of js/ (components/bundles.py).
(() => {
  const dashboard = (window.dashboard ??= /** @type {Dashboard} */ ({})); // early.js made it

  /** An element with attributes and children; `text` is its text, `class` its classes, false and null are left out. */
  dashboard.make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") element.textContent = String(value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.filter((child) => child !== null));
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
    if (element.textContent !== text) element.textContent = text;
  };
  dashboard.attribute = (element, name, value) => {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
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

  /** The coloured mark of a platform; its colour is in tokens.css. */
  dashboard.dot = (platform) => dashboard.make("span", { class: "dot", "data-platform": platform, "aria-hidden": "true" });
})();
