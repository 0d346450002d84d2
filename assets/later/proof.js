// The proof of a figure: the formula with the sums that went into it, and which rows these are of. One request.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  /** @type {HTMLDialogElement} */
  let root;
  /** @type {HTMLElement} */
  let inner;
  /** @type {AbortController | null} */
  let asking = null;

  function build() {
    inner = make("div", { class: "proof-inner" });
    root = make("dialog", { class: "proof", "aria-labelledby": "proof-title" }, inner);
    root.addEventListener("click", (event) => {
      if (event.target === root) root.close();
    });
    root.addEventListener("close", () => asking?.abort());
    document.body.append(root);
  }

  /** The item, the metric and the row that a button with a figure belongs to. @param {HTMLElement} button */
  function subjectOf(button) {
    const article = button.closest(".visual");
    const item = /** @type {Item} */ (dashboard.visuals.all().find((each) => each.root === article));
    const row = /** @type {NamedRow | null} */ (button.closest("tr"));
    const pairs = row?.parentElement?.tagName === "TBODY" ? row.pairs ?? [] : [];
    return { item, metric: button.dataset.metric ?? button.dataset.column ?? "", key: pairs.map(([, value]) => value) };
  }

  /** @type {Dashboard["proof"]["open"]} */
  async function open(button) {
    const { item, metric, key } = subjectOf(button);
    const query = item.pending?.context.answer.query;
    if (!root) build();
    fill(metric, key.join(", "), [make("p", { class: "proof-wait", role: "status", text: "Loading…" })], false);
    if (!root.open) root.showModal();
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const fields = [["metric", metric], ...key.map((each) => ["key", each])];
      const address = `${dashboard.prefix}proof/${item.page}/${item.name}?${new URLSearchParams(fields)}${query ? `&${query}` : ""}`;
      const proof = await dashboard.carrier.get(address, "Your sign-in has ended. Sign in again to see this.", mine.signal);
      fill(metric, key.join(", "), contentOf(proof));
    } catch (/** @type {any} */ problem) {
      if (problem.name === "AbortError") return;
      const known = problem instanceof dashboard.carrier.Refused;
      const sentence = known ? problem.message : "This could not be loaded. Check the connection.";
      fill(metric, key.join(", "), [make("p", { role: "alert", text: sentence }), dashboard.retry(() => open(button))]);
    }
  }

  /** @param {string} key @param {string} of @param {HTMLElement[]} content */
  function fill(key, of, content, ended = true) {
    const metric = dashboard.metric(key);
    const shut = make("button", { type: "button", class: "btn btn-link icon-button", "aria-label": "Close" }, dashboard.icon("close"));
    shut.addEventListener("click", () => root.close());
    const title = make("h2", { id: "proof-title", text: of ? `${metric.label}: ${of}` : metric.label });
    const more = make("p", { class: "proof-more" }, metric.definition, " ");
    if (dashboard.byId("title-glossary")) {
      const href = `${dashboard.address.page("glossary", dashboard.view.wanted().query)}#${key}`;
      const link = make("a", { href, "data-go": "glossary", text: "In the glossary" });
      link.addEventListener("click", () => {
        root.close();
        dashboard.panel?.hide();
      });
      more.append(link);
    }
    const focused = inner.contains(document.activeElement);
    inner.replaceChildren(make("header", { class: "proof-head" }, title, shut), ...content, ...(ended ? [more] : []));
    if (focused) shut.focus();
  }

  /** @param {Wire.Proof} proof */
  function contentOf(proof) {
    /** @type {HTMLElement[]} */
    const found = [make("p", { class: "proof-value", text: proof.text })];
    if (proof.sentence) found.push(equation(proof), make("p", { class: "visually-hidden", text: proof.sentence }));
    if (proof.note) found.push(make("p", { class: "proof-note", text: proof.note }));
    const facts = make("dl", { class: "proof-facts" });
    /** @param {string} name @param {Child[]} value */
    const fact = (name, ...value) => facts.append(make("div", {}, make("dt", { text: name }), make("dd", {}, ...value)));
    /** @param {[string, string[]][]} list */
    const named = (list) => list.map(([name, values]) => `${name}: ${values.join(", ")}`).join("; ");
    for (const [name, value] of proof.of) fact(name, value);
    fact("Days", proof.days);
    fact("Filters", proof.company ? "Only the days: it is the whole company’s" : proof.filters.length ? named(proof.filters) : "None");
    if (proof.scope.length) fact("You see", named(proof.scope));
    fact("Rows added up", dashboard.format.count(proof.rows));
    fact("Data", `${proof.data}, version ${proof.version}`);
    const address = dashboard.prefix + proof.address;
    fact("Address", make("a", { href: address, target: "_blank", rel: "noopener", text: address }));
    found.push(facts);
    const { before } = proof;
    if (before?.sentence) {
      const line = (/** @type {string} */ text) => make("p", { class: "proof-line", text });
      found.push(make("h3", { text: `Compared with ${before.days}` }), line(before.sentence));
      if (before.change) found.push(line(before.change));
    }
    return found;
  }

  /** The formula as it is written by hand: terms above each other, a line, the denominator. @param {Wire.Proof} proof */
  function equation({ over, by, scale, whole }) {
    /** @param {Wire.Part[]} parts @param {boolean} tail */
    const side = (parts, tail) => {
      const list = make("div", { class: "proof-side" });
      parts.forEach((part, place) => {
        const sign = part.taken ? "−" : place > 0 ? "+" : "";
        const name = part.label + (tail && whole ? " of the whole selection" : "");
        const amount = make("span", { class: "proof-amount", text: part.text });
        list.append(make("span", { class: "proof-sign", text: sign }), amount, make("span", { class: "proof-name", text: name }));
      });
      return list;
    };
    const box = make("div", { class: "proof-equation", "aria-hidden": "true" });
    const fraction = make("div", { class: "proof-fraction" }, side(over ?? [], false));
    if (by?.length) fraction.append(make("hr"), side(by, true));
    if (scale !== 1) box.append(make("span", { class: "proof-scale", text: `${dashboard.format.count(scale)} ×` }));
    box.append(fraction);
    return box;
  }

  dashboard.proof = { open };
})();
