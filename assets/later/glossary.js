// The glossary: the catalogue of the spec, so that it holds what its reader may see and nothing else; searched here.
(() => {
  const { dashboard } = window;
  const { make, text, hide } = dashboard;
  /** @type {Record<string, string>} */
  const UNITS = {
    money: "Amount of money", unit_money: "Money for one", count: "Count", people: "People, at most",
    percent: "Percent", ratio: "Ratio", months: "Months",
  };
  const BETTER = { up: "Higher is better", down: "Lower is better", neither: "Neither is better" };
  const RULE = "Every figure is a sum, or a sum divided by a sum: first added up over the rows that the filters leave, then divided. "
    + "An average of rates would count a day with ten impressions like one with a million.";
  const GROUPS = ["What happened", "Money", "Rates", "Costs", "Returns", "Shares of the whole"];
  /** @type {HTMLElement} */
  let section;
  /** @type {{ root: HTMLElement, words: string, heading: HTMLElement }[]} */
  let entries = []; // { root, words, heading }
  /** @type {HTMLElement} */
  let none;

  /** @type {Dashboard["bodies"][string]["show"]} */
  function show(given, spec) {
    if (section !== given) {
      section = given;
      build(spec);
      addEventListener("hashchange", reveal);
    }
    reveal();
  }

  /** @param {Wire.Spec} spec */
  function build(spec) {
    const name = "Search the glossary";
    const plain = { autocomplete: "off", spellcheck: "false" };
    const input = make("input", { type: "search", class: "form-control", placeholder: name, "aria-label": name, ...plain });
    input.addEventListener("input", () => search(input.value));
    none = make("p", { class: "glossary-none", role: "status" });
    section.replaceChildren(make("div", { class: "glossary-head" }, make("p", { class: "glossary-rule", text: RULE }), input), none);
    entries = [];
    const keys = Object.keys(spec.metrics);
    const groups = [...new Set([...GROUPS, ...keys.map((key) => spec.metrics[key].group)])];
    for (const group of groups) {
      const members = keys.filter((key) => spec.metrics[key].group === group);
      if (members.length === 0) continue;
      const heading = make("h2", { text: group });
      const list = make("div", { class: "glossary-list" }, ...members.map((key) => entry(key, spec.metrics[key], heading)));
      section.append(make("div", { class: "glossary-group" }, heading, list));
    }
    search("");
  }

  /** @param {string} key @param {Wire.Metric} metric @param {HTMLElement} heading */
  function entry(key, metric, heading) {
    const link = make("a", { class: "glossary-link", href: `#${key}`, "aria-label": `Link to ${metric.label}`, text: "#" });
    const short = metric.short !== metric.label ? make("span", { class: "glossary-short", text: metric.short }) : null;
    const facts = make("p", { class: "glossary-facts", text: `${UNITS[metric.unit] ?? metric.unit}. ${BETTER[metric.better]}.` });
    const formula = metric.formula ? dashboard.format.formula(metric) || `sum of ${metric.formula}` : "";
    const why = metric.why ? make("p", { class: "glossary-why" }, make("strong", { text: "Why so: " }), metric.why) : null;
    const root = make("article", { class: "glossary-entry", id: key, tabindex: "-1", "data-term": key },
      make("div", { class: "glossary-name" }, make("h3", {}, metric.label, link), short, facts),
      make("div", { class: "glossary-words" }, make("p", { text: metric.definition }), why),
      make("p", { class: "glossary-formula", text: formula }));
    const words = [key, metric.label, metric.short, metric.definition, metric.formula, metric.why].join(" ").toLocaleLowerCase();
    entries.push({ root, heading, words });
    return root;
  }

  /** @param {string} sought */
  function search(sought) {
    const words = sought.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    const groups = new Map();
    for (const { root, heading, words: own } of entries) {
      const fits = words.every((word) => own.includes(word));
      hide(root, !fits);
      found += Number(fits);
      groups.set(heading, groups.get(heading) || fits);
    }
    for (const [heading, any] of groups) if (heading.parentElement) hide(heading.parentElement, !any);
    text(none, found === 0 ? `Nothing here is called “${sought.trim()}”.` : words.length ? `${found} of ${entries.length}` : "");
  }

  /** What the address names after "#". */
  function reveal() {
    if (section.hidden) return;
    const wanted = entries.find(({ root }) => [root.id, encodeURIComponent(root.id)].includes(location.hash.slice(1)));
    for (const { root } of entries) root.classList.toggle("wanted", root === wanted?.root);
    if (!wanted) return;
    dashboard.one(section, "input").value = "";
    search("");
    wanted.root.scrollIntoView({ block: "center" });
    wanted.root.focus({ preventScroll: true });
  }

  dashboard.bodies.glossary = { show };
})();
