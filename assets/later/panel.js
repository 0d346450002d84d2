// One campaign over the page: the visuals of the page "campaign", asked for by one request, in a dialog of their own.
(() => {
  const { dashboard } = window;
  const { make, text } = dashboard;
  /** @type {ReturnType<typeof build>} */
  let parts;
  /** @type {AbortController | null} */
  let asking = null;
  let pushed = false; // whether Back leads to the page without the panel
  /** @type {{ platform: string, campaign: string }} */
  let subject;

  function build() {
    const title = make("h2", { id: "panel-title" });
    const dot = make("span", { class: "panel-platform" });
    const filter = make("button", { type: "button", class: "btn btn-sm btn-primary", text: "Filter the page to it" });
    const shut = make("button", { type: "button", class: "btn btn-link icon-button", "aria-label": "Close" }, dashboard.icon("close"));
    const period = make("p", { class: "panel-period" });
    const said = make("div", { class: "panel-said", role: "status" });
    const grid = make("div", { class: "panel-grid" });
    const root = make("dialog", { class: "panel", "aria-labelledby": "panel-title" },
      make("header", { class: "panel-head" }, make("div", { class: "panel-names" }, title, dot, period), filter, shut), said, grid);
    shut.addEventListener("click", leave);
    filter.addEventListener("click", () => {
      const { platform, campaign } = subject;
      const own = pushed; // the panel's entry, which without the panel would be the one before it once more
      hide();
      history.replaceState(history.state, "", location.pathname + location.search);
      const asked = dashboard.view.change({ platform: [platform], campaign: [campaign] }, own ? "over" : "push");
      if (own && !asked) history.back();
    });
    root.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    root.addEventListener("click", (event) => {
      if (event.target === root) leave();
    });
    document.body.append(root);
    return { root, title, dot, period, said, grid, filter, items: /** @type {Item[] | null} */ (null) };
  }

  /** A row of a ranking was pressed. @type {Dashboard["panel"]["open"]} */
  function open(platform, campaign) {
    dashboard.view.write(); // a view whose entry still waits comes before the panel's
    const address = `${location.pathname}${location.search}#${new URLSearchParams({ campaign, platform })}`;
    history.pushState({ ...history.state, scroll: window.scrollY }, "", address);
    pushed = true;
    show(platform, campaign);
  }

  function leave() {
    if (pushed) return history.back();
    history.replaceState(history.state, "", location.pathname + location.search);
    hide();
  }

  function hide() {
    asking?.abort();
    pushed = false;
    if (parts?.root.open) parts.root.close();
  }

  /** @type {Dashboard["panel"]["show"]} */
  async function show(platform, campaign) {
    parts ??= build();
    subject = { platform, campaign };
    text(parts.title, campaign);
    parts.dot.replaceChildren(dashboard.dot(platform), platform);
    text(parts.period, "");
    if (!parts.root.open) parts.root.showModal();
    parts.root.scrollTop = 0;
    parts.grid.classList.add("waiting");
    say("");
    const slow = setTimeout(() => say("Loading…"), 200);
    try {
      const answer = await ask(platform, campaign);
      if (!answer) return;
      const strange = answer.notes.join(" ") || (answer.empty?.text ?? "");
      parts.grid.hidden = parts.filter.disabled = Boolean(strange);
      say(strange);
      if (!strange) draw(answer);
    } catch (/** @type {any} */ problem) {
      if (problem.name === "AbortError") return;
      const again = dashboard.retry(() => show(platform, campaign));
      say(problem instanceof dashboard.carrier.Refused ? problem.message : "The figures could not be loaded. Check the connection.", again);
    } finally {
      clearTimeout(slow);
    }
  }

  /** @param {string} platform @param {string} campaign */
  async function ask(platform, campaign) {
    asking?.abort();
    const mine = (asking = new AbortController());
    const query = dashboard.address.write({ ...dashboard.view.wanted().chosen, platform: [platform], campaign: [campaign] });
    const answer = await dashboard.carrier.fetchView({ page: "campaign", query }, mine.signal);
    return mine === asking ? answer : null;
  }

  /** @param {string} sentence @param {HTMLElement | null} [button] */
  function say(sentence, button = null) {
    parts.said.replaceChildren(...(sentence ? [make("p", { text: sentence })] : []), ...(button ? [button] : []));
  }

  /** @param {Wire.View} answer */
  function draw(answer) {
    const entries = Object.entries(answer.spec ?? {});
    parts.items ??= dashboard.visuals.add("campaign", entries.map(([name, spec]) => item(name, spec)));
    parts.grid.classList.remove("waiting");
    const { label, baseline } = answer.period;
    text(parts.period, baseline ? `${label}, against ${baseline}` : label);
    for (const { root, name } of parts.items) root.dataset.visual = `campaign.${name}`;
    dashboard.visuals.draw(answer);
  }

  /** @param {string} name @param {Wire.VisualSpec & { title: string }} spec @returns {Item} */
  function item(name, spec) {
    const body = make("div", { class: "body", style: spec.kind === "chart" ? `min-height: ${spec.height}px` : null });
    const root = make("article", { class: `visual visual-${spec.kind}`, "data-visual": `campaign.${name}`, "data-state": "loading" },
      make("div", { class: "visual-head" }, make("h3", { text: spec.title })), body);
    parts.grid.append(root);
    const again = () => show(subject.platform, subject.campaign);
    const own = { page: "campaign", name, spec, root, body, title: spec.title, drawn: null, state: "loading", still: true, again };
    return /** @type {any} */ (own); // the module of its kind adds the rest
  }

  dashboard.panel = { open, show, hide };
})();
