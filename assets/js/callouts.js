// Call-outs: a sentence each, with a link that filters to what it says.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  /** @type {Record<string, string>} */
  const KINDS = { good: "Good news", bad: "Bad news", warning: "Warning", info: "Note" };

  /** @type {Dashboard["callouts"]["draw"]} */
  function draw(item, visual, answer) {
    const list = make("ul", { class: "callouts" }, ...visual.items.map((each) => callout(each, answer.page, answer.query)));
    if (item.parts) item.parts.replaceWith(list);
    else item.body.append(list);
    item.parts = list;
  }

  /** @param {Wire.Callout} callout @param {string} page @param {string} now */
  function callout({ kind, title, text, query }, page, now) {
    const tone = KINDS[kind] ? kind : "info";
    const head = make("p", { class: "callout-title" }, make("span", { class: "visually-hidden", text: `${KINDS[tone]}: ` }), title);
    const words = make("div", { class: "callout-words" }, head, make("p", { text }));
    // A link to what is shown already would lead nowhere.
    const link = query !== null && query !== now
      ? make("a", {
        class: "callout-link", href: dashboard.address.page(page, query), "data-go": page, "data-query": query,
        "aria-label": `Show only this: ${title}`, text: "Show",
      })
      : null;
    return make("li", { class: `callout ${tone}` }, dashboard.icon(tone), words, link);
  }

  dashboard.callouts = { draw };
})();
