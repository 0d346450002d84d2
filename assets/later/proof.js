// The proof of a figure: the server writes it (components/proof_panel.py), a dialog shows it. One request.
(() => {
  const { dashboard } = window;
  const { make, text } = dashboard;
  /** @type {ReturnType<typeof build>} */
  let parts;
  /** @type {AbortController | null} */
  let asking = null;

  function build() {
    const title = make("h2", { id: "proof-title" });
    const shut = make("button", { type: "button", class: "btn btn-link icon-button", "aria-label": "Close" }, dashboard.icon("close"));
    const content = make("div", { class: "proof-content" });
    const inner = make("div", { class: "proof-inner" }, make("header", { class: "proof-head" }, title, shut), content);
    const root = make("dialog", { class: "proof", "aria-labelledby": "proof-title" }, inner);
    root.addEventListener("click", ({ target }) => {
      const link = /** @type {Element} */ (target).closest("a[data-go]");
      if (link || target === root) root.close();
      if (link) dashboard.panel?.hide();
    });
    shut.addEventListener("click", () => root.close());
    root.addEventListener("close", () => asking?.abort());
    document.body.append(root);
    return { root, title, shut, content };
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
    parts ??= build();
    const { label } = dashboard.metric(metric);
    text(parts.title, key.length ? `${label}: ${key.join(", ")}` : label);
    put(make("p", { class: "proof-wait", role: "status", text: "Loading…" }));
    if (!parts.root.open) parts.root.showModal();
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const fields = [["metric", metric], ...key.map((each) => ["key", each])];
      const address = `${dashboard.prefix}proof/${item.page}/${item.name}?${new URLSearchParams(fields)}${query ? `&${query}` : ""}`;
      const proof = await dashboard.carrier.get(address, "Your sign-in has ended. Sign in again to see this.", mine.signal);
      put();
      parts.content.innerHTML = proof.markup; // the server's: whatever it holds is text there (components/markup.py)
    } catch (/** @type {any} */ problem) {
      if (problem.name === "AbortError") return;
      const known = problem instanceof dashboard.carrier.Refused;
      const sentence = known ? problem.message : "This could not be loaded. Check the connection.";
      put(make("p", { role: "alert", text: sentence }), dashboard.retry(() => open(button)));
    }
  }

  /** @param {HTMLElement[]} content */
  function put(...content) {
    if (parts.content.contains(document.activeElement)) parts.shut.focus();
    parts.content.replaceChildren(...content);
  }

  dashboard.proof = { open };
})();
