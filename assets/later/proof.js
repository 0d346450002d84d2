// The proof of a figure: the formula with the sums that went into it, and which rows these are of. One request.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make } = dashboard;
  let root = null;
  let inner = null;
  let asking = null;

  function build() {
    inner = make("div", { class: "proof-inner" });
    root = make("dialog", { class: "proof", "aria-labelledby": "proof-title" }, inner);
    root.addEventListener("click", (event) => event.target === root && root.close());
    root.addEventListener("close", () => asking?.abort());
    document.body.append(root);
  }

  /** The item, the metric and the row that a button with a figure belongs to. */
  function subjectOf(button) {
    const article = button.closest(".visual");
    const item = dashboard.visuals.all().find((each) => each.root === article);
    const pairs = button.closest("tr")?.parentNode.tagName === "TBODY" ? button.closest("tr").pairs : [];
    return { item, metric: button.dataset.metric ?? button.dataset.column, key: pairs.map(([, value]) => value) };
  }

  async function open(button) {
    const { item, metric, key } = subjectOf(button);
    const { query } = item.pending.context.answer;
    if (!root) build();
    fill(metric, key.join(", "), [make("p", { class: "proof-wait", role: "status", text: "Loading…" })], false);
    if (!root.open) root.showModal();
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const fields = [["metric", metric], ...key.map((each) => ["key", each])];
      const address = `${dashboard.prefix}proof/${item.page}/${item.name}?${new URLSearchParams(fields)}${query ? `&${query}` : ""}`;
      const response = await fetch(address, { signal: mine.signal, redirect: "manual", headers: { Accept: "application/json" } });
      if (response.type === "opaqueredirect" || response.status === 401) throw Object.assign(new Error("signed out"), { sentence: "Your sign-in has ended. Sign in again to see this." });
      const proof = await response.json();
      if (!response.ok) throw Object.assign(new Error("refused"), { sentence: proof.error });
      fill(metric, key.join(", "), told(proof));
    } catch (problem) {
      if (problem.name === "AbortError") return;
      const again = make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", text: "Retry" });
      again.addEventListener("click", () => open(button));
      fill(metric, key.join(", "), [make("p", { role: "alert", text: problem.sentence ?? "This could not be loaded. Check the connection." }), again]);
    }
  }

  function fill(key, of, content, ended = true) {
    const metric = dashboard.metric(key);
    const shut = make("button", { type: "button", class: "btn btn-link icon-button", "aria-label": "Close" }, dashboard.icon("close"));
    shut.addEventListener("click", () => root.close());
    const title = make("h2", { id: "proof-title", text: of ? `${metric.label}: ${of}` : metric.label });
    const more = make("p", { class: "proof-more" }, metric.definition, " ");
    if (dashboard.byId("title-glossary")) {
      const link = make("a", { href: `${dashboard.address.page("glossary", dashboard.view.wanted().query)}#${key}`, "data-go": "glossary", text: "In the glossary" });
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

  function told(proof) {
    const found = [make("p", { class: "proof-value", text: proof.text })];
    if (proof.sentence) found.push(equation(proof), make("p", { class: "visually-hidden", text: proof.sentence }));
    if (proof.note) found.push(make("p", { class: "proof-note", text: proof.note }));
    const facts = make("dl", { class: "proof-facts" });
    const fact = (name, ...value) => facts.append(make("div", {}, make("dt", { text: name }), make("dd", {}, ...value)));
    const named = (list) => list.map(([name, values]) => `${name}: ${values.join(", ")}`).join("; ");
    for (const [name, value] of proof.of) fact(name, value);
    fact("Days", proof.days);
    fact("Filters", proof.company ? "Only the days: it is the whole company’s" : proof.filters.length ? named(proof.filters) : "None");
    if (proof.scope.length) fact("You see", named(proof.scope));
    fact("Rows added up", dashboard.format.count(proof.rows));
    fact("Data", `${proof.data}, version ${proof.version}`);
    fact("Address", make("a", { href: dashboard.prefix + proof.address, target: "_blank", rel: "noopener", text: dashboard.prefix + proof.address }));
    found.push(facts);
    if (proof.before?.sentence) {
      found.push(make("h3", { text: `Compared with ${proof.before.days}` }), make("p", { class: "proof-line", text: proof.before.sentence }));
      if (proof.before.change) found.push(make("p", { class: "proof-line", text: proof.before.change }));
    }
    return found;
  }

  /** The formula as it is written by hand: terms above each other, a line, the denominator. */
  function equation({ over, by, scale, whole }) {
    const side = (parts, tail) => {
      const list = make("div", { class: "proof-side" });
      parts.forEach((part, place) => {
        const sign = part.taken ? "−" : place > 0 ? "+" : "";
        list.append(make("span", { class: "proof-sign", text: sign }), make("span", { class: "proof-amount", text: part.text }), make("span", { class: "proof-name", text: part.label + (tail && whole ? " of the whole selection" : "") }));
      });
      return list;
    };
    const box = make("div", { class: "proof-equation", "aria-hidden": "true" });
    const fraction = make("div", { class: "proof-fraction" }, side(over, false));
    if (by.length) fraction.append(make("hr"), side(by, true));
    if (scale !== 1) box.append(make("span", { class: "proof-scale", text: `${dashboard.format.count(scale)} ×` }));
    box.append(fraction);
    return box;
  }

  dashboard.proof = { open };
})();
