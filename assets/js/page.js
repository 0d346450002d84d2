// What stands around the figures: which page is open, its links, the period, the chips, and what is said aloud.
(() => {
  const { dashboard } = window;
  const { make, text, attribute, hide, byId } = dashboard;
  let open = ""; // the key of the page that is shown

  /** Show page `key`, and let all links carry `query`. @type {Dashboard["page"]["show"]} */
  function show(key, query) {
    for (const link of document.querySelectorAll("a[data-go]:not([data-query])")) {
      attribute(link, "href", dashboard.address.page(link.dataset.go ?? "", query));
      if (link.closest(".topbar") && !link.matches(".brand")) attribute(link, "aria-current", link.dataset.go === key ? "page" : null);
    }
    if (open === key) return;
    const first = open === "";
    open = key;
    for (const part of document.querySelectorAll("[data-page]")) hide(part, part.dataset.page !== key);
    hide(dashboard.one(document, "#empty"), true); // of the page before
    dashboard.visuals.open(key);
    mount();
    attribute(document.documentElement, "data-body", dashboard.spec.pages[key].body ?? null);
    if (dashboard.spec.pages[key].body) body(key);
    document.title = `${dashboard.spec.pages[key].title} · Marketing dashboard`;
    fit();
    const busy = document.activeElement?.closest("details.menu[open]"); // opened while the answer was on its way
    if (!first && !busy) byId(`title-${key}`)?.focus({ preventScroll: true });
    const reveal = () => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    requestAnimationFrame(() => setTimeout(reveal)); // once it is painted: it asks where things stand
  }

  /** Time steps are offered where a chart runs over time, or somebody's own may. */
  function fit() {
    const { own, visuals } = dashboard.spec.pages[open];
    dashboard.toolbar.fit(own || Object.values(visuals).some((visual) => "grain" in visual && visual.grain));
  }

  /** A page of somebody's own is Dash's to draw: it is put up when it is opened and taken away when it is left. */
  function mount() {
    if (ready) dashboard.own.mount(dashboard.spec.pages[open].own ? open : null);
  }

  let ready = false;
  /** Dash can be told of what happens here: an answer that came after its layout, and before this, was not told. */
  function reachable() {
    ready = true;
    mount();
    const answer = dashboard.view.shown();
    if (answer) dashboard.controls.fill(answer);
  }

  /** Dash has drawn its part, and nothing of it has been painted: what held its place goes, and ours is put into it. */
  function awaitDash() {
    const waiting = new MutationObserver(() => {
      if (!document.querySelector(".dash-part")) return;
      waiting.disconnect();
      byId("before")?.remove();
      const answer = dashboard.view.shown();
      if (answer) say(answer, true);
      fit();
    });
    waiting.observe(dashboard.one(document, "#react-entry-point"), { childList: true, subtree: true });
  }

  const sectionOf = (/** @type {string} */ key) => dashboard.one(document, `section[data-page="${key}"]`);

  /** What stands on a page without visuals: its own document has it. */
  const content = dashboard.loadOnce(async (key) => {
    const section = sectionOf(key);
    if (section.firstChild) return;
    const response = await fetch(dashboard.address.page(key, ""), { redirect: "manual" });
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    section.replaceChildren(...dashboard.one(parsed, `section[data-page="${key}"]`).childNodes);
  });

  /** A page without visuals: the module of its name serves it, every time it is turned to. @param {string} key */
  async function body(key) {
    const section = sectionOf(key);
    const { body: name = "" } = dashboard.spec.pages[key];
    section.querySelector(":scope > .said")?.remove();
    try {
      await Promise.all([content(key), dashboard.later(name)]);
      if (open === key) dashboard.bodies[name].show(section);
    } catch (problem) {
      console.warn(`${key} could not be drawn`, problem);
      const sentence = make("p", { text: "This page could not be loaded. Check the connection." });
      section.prepend(make("div", { class: "said" }, dashboard.icon("warning"), sentence, dashboard.retry(() => body(key))));
    }
  }

  /** Everything an answer says beside its figures; `whole` also in a box that is being written in.
      @type {Dashboard["page"]["say"]} */
  function say(answer, whole) {
    dashboard.controls.fill(answer);
    dashboard.toolbar.fill(answer, whole);
    period(answer.period);
    for (const place of document.querySelectorAll(`[data-page="${answer.page}"] > :is(p:not([class]), .headline)`)) {
      if (answer.headline) text(place, answer.headline);
    }
    dashboard.freshness.past(answer.as_of);
    nothing(answer.empty);
    chips(answer);
    for (const button of document.querySelectorAll(`[data-page="${answer.page}"] .mean`)) {
      attribute(button, "aria-pressed", String(Boolean(answer.chosen.rolling)));
      hide(button, answer.period.grain !== "day");
    }
    const notes = byId("notes");
    hide(notes, answer.notes.length === 0);
    text(notes, answer.notes.join(" "));
    attribute(byId("workbook"), "href", dashboard.address.workbook(answer.page, answer.files));
    for (const link of document.querySelectorAll(`[data-page="${answer.page}"] a[data-form]`)) {
      const [, visual] = link.closest("[data-visual]")?.dataset.visual?.split(".") ?? [];
      attribute(link, "href", dashboard.address.data(answer.page, visual, link.dataset.form ?? "", answer.files));
    }
  }

  /** Where nothing matches, one sentence stands in the place of all visuals, with what to do about it.
      @param {Wire.View["empty"]} empty */
  function nothing(empty) {
    const place = dashboard.one(document, "#empty");
    const left = place.contains(document.activeElement); // its button brought figures
    hide(place, !empty);
    text(dashboard.one(place, "p"), empty?.text ?? "");
    const what = { type: "button", "data-do": "loosen" };
    dashboard.one(place, ".ways").replaceChildren(...(empty?.ways ?? []).map(({ label, query }, at) =>
      make("button", { ...what, class: `btn btn-${at ? "light" : "primary"}`, "data-query": query, text: label })));
    if (left) (place.querySelector("button") ?? byId(`title-${open}`))?.focus({ preventScroll: true });
  }

  /** @param {Wire.Period} period */
  function period({ label, sentence }) {
    text(dashboard.one(document, "#period strong"), label);
    text(dashboard.one(document, "#period span"), sentence);
  }

  /** One chip a narrowed filter; each takes its filter away. @param {Wire.View} answer */
  function chips({ chips: found, empty, period: { label } }) {
    const place = byId("chips");
    const now = JSON.stringify(found);
    if (place.dataset.now !== now) {
      place.dataset.now = now;
      const within = place.contains(document.activeElement); // its chip was just removed
      place.replaceChildren(...found.map(chip));
      if (within) (place.querySelector("button") ?? byId(`title-${open}`))?.focus({ preventScroll: true });
    }
    const count = byId("filter-count");
    text(count, String(found.length || ""));
    hide(count, found.length === 0);
    const words = found.map((each) => `${each.label}: ${each.named}`);
    text(byId("announcer"), empty?.text ?? `Figures for ${label}. ${words.join(". ")}`);
  }

  /** @param {Wire.Chip} narrowed */
  function chip({ dimension, label, named, all }) {
    const what = { "data-do": "clear", "data-dimension": dimension, "aria-label": `Remove filter ${label}: ${all}` };
    const take = make("button", { type: "button", ...what }, dashboard.icon("close"));
    const value = make("span", { class: "chip-value", text: named });
    return make("span", { class: "chip", title: all }, make("span", { class: "chip-label", text: label }), value, take);
  }

  dashboard.bodies = {};
  dashboard.page = {
    show, say, ready: reachable, awaitDash,
    own: (key) => Boolean(dashboard.spec.pages[key].own),
    known: (key) => Object.hasOwn(dashboard.spec.pages, key),
    open: () => open,
  };
  dashboard.metric = (key) => dashboard.spec.metrics[key];
})();
