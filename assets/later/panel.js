// One campaign over the page: the visuals of the page "campaign", asked for by one request, in a dialog of their own.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text } = dashboard;
  let parts = null;
  let asking = null;
  let pushed = false; // whether Back leads to the page without the panel
  let subject = null;

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
    root.addEventListener("click", (event) => event.target === root && leave());
    document.body.append(root);
    return { root, title, dot, period, said, grid, filter, items: null };
  }

  /** A row of a ranking was pressed. */
  function open(platform, campaign) {
    dashboard.view.write(); // a view whose entry still waits comes before the panel's
    history.pushState({ ...history.state, scroll: window.scrollY }, "", `${location.pathname}${location.search}#${new URLSearchParams({ campaign, platform })}`);
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
      const strange = answer.notes.length > 0;
      parts.grid.hidden = parts.filter.disabled = strange;
      say(strange ? answer.notes.join(" ") : "");
      if (!strange) draw(answer);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      const again = make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", text: "Retry" });
      again.addEventListener("click", () => show(platform, campaign));
      say(problem instanceof dashboard.carrier.Refused ? problem.message : "The figures could not be loaded. Check the connection.", again);
    } finally {
      clearTimeout(slow);
    }
  }

  async function ask(platform, campaign) {
    asking?.abort();
    const mine = (asking = new AbortController());
    const query = dashboard.address.write({ ...dashboard.view.wanted().chosen, platform: [platform], campaign: [campaign] });
    const answer = await dashboard.carrier.aside({ page: "campaign", query }, mine.signal);
    return mine === asking ? answer : null;
  }

  function say(sentence, button = null) {
    parts.said.replaceChildren(...(sentence ? [make("p", { text: sentence })] : []), ...(button ? [button] : []));
  }

  function draw(answer) {
    parts.items ??= dashboard.visuals.add("campaign", Object.entries(answer.spec).map(([name, spec]) => item(name, spec)));
    parts.grid.classList.remove("waiting");
    const { label, baseline } = answer.period;
    text(parts.period, baseline ? `${label}, against ${baseline}` : label);
    for (const { root, name } of parts.items) root.dataset.visual = `campaign.${name}`;
    dashboard.visuals.draw(answer);
  }

  function item(name, spec) {
    const body = make("div", { class: "body", style: spec.kind === "chart" ? `min-height: ${spec.height}px` : null });
    const root = make("article", { class: `visual visual-${spec.kind}`, "data-visual": `campaign.${name}`, "data-state": "loading" },
      make("div", { class: "visual-head" }, make("h3", { text: spec.title })), body);
    parts.grid.append(root);
    return { page: "campaign", name, spec, root, body, title: spec.title, drawn: null, state: "loading", still: true, again: () => show(subject.platform, subject.campaign) };
  }

  dashboard.panel = { open, show, hide };
})();
