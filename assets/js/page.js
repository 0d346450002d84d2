// What stands around the figures: which page is open, its links, the period, the chips, and what is said aloud.
(() => {
  const { dashboard } = window;
  const { make, text, attribute, hide, byId } = dashboard;
  /** @type {Wire.Spec} */
  let spec;
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
    dashboard.visuals.open(key);
    mount();
    attribute(document.documentElement, "data-body", spec.pages[key].body ?? null);
    if (spec.pages[key].body) body(key);
    document.title = `${spec.pages[key].title} · Marketing dashboard`;
    fit();
    const busy = document.activeElement?.closest("details.menu[open]"); // opened while the answer was on its way
    if (!first && !busy) byId(`title-${key}`)?.focus({ preventScroll: true });
    const reveal = () => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    requestAnimationFrame(() => setTimeout(reveal)); // once it is painted: it asks where things stand
  }

  /** Time steps are offered where a chart runs over time, or somebody's own may. */
  function fit() {
    const { own, visuals } = spec.pages[open];
    dashboard.toolbar.fit(own || Object.values(visuals).some((visual) => "grain" in visual && visual.grain));
  }

  /** A page of somebody's own is Dash's to draw: it is put up when it is opened and taken away when it is left. */
  function mount() {
    if (ready) dashboard.own.mount(spec.pages[open].own ? open : null);
  }

  let ready = false;
  /** Dash can be told of what happens here. */
  function reachable() {
    ready = true;
    mount();
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

  /** A page without visuals: the module of its name draws it, every time it is turned to. @param {string} key */
  async function body(key) {
    const section = dashboard.one(document, `section[data-page="${key}"]`);
    const { body: name = "" } = spec.pages[key];
    try {
      await dashboard.later(name);
      if (open === key) dashboard.bodies[name].show(section, spec);
    } catch (problem) {
      console.warn(`${key} could not be drawn`, problem);
      const sentence = make("p", { text: "This page could not be loaded. Check the connection." });
      section.replaceChildren(make("div", { class: "said" }, dashboard.icon("warning"), sentence, dashboard.retry(() => body(key))));
    }
  }

  /** Everything an answer says beside its figures; `whole` also in a box that is being written in.
      @type {Dashboard["page"]["say"]} */
  function say(answer, whole) {
    dashboard.controls.fill(answer);
    dashboard.toolbar.fill(answer, whole);
    period(answer.period);
    for (const place of document.querySelectorAll(`[data-page="${answer.page}"] > :is(p, .headline)`)) {
      if (answer.headline) text(place, answer.headline);
    }
    dashboard.freshness.past(answer.as_of);
    chips(answer);
    const notes = byId("notes");
    hide(notes, answer.notes.length === 0);
    text(notes, answer.notes.join(" "));
    attribute(byId("workbook"), "href", dashboard.address.workbook(answer.page, answer.files));
    for (const link of document.querySelectorAll(`[data-page="${answer.page}"] a[data-form]`)) {
      const [, visual] = link.closest("[data-visual]")?.dataset.visual?.split(".") ?? [];
      attribute(link, "href", dashboard.address.data(answer.page, visual, link.dataset.form ?? "", answer.files));
    }
  }

  /** @param {Wire.Period} period */
  function period({ label, days, baseline, baseline_note: note, caveats }) {
    const place = byId("period");
    if (!place.firstChild) place.append(make("strong"), make("span"));
    text(/** @type {Node} */ (place.firstChild), label);
    const length = days === 1 ? "1 day" : `${dashboard.format.count(days)} days`;
    const against = baseline ? `compared with ${baseline}` : note ? `${note} to compare with` : "not compared";
    text(/** @type {Node} */ (place.lastChild), `${length}, ${against}${caveats ? `. ${caveats}` : ""}`);
  }

  /** One chip a narrowed filter; each takes its filter away. @param {Wire.View} answer */
  function chips({ chosen, options, period: { label } }) {
    const narrowed = Object.keys(spec.dimensions).filter((dimension) => chosen[dimension]?.length);
    const found = narrowed.map((dimension) => {
      /** @type {string[]} */
      const wanted = chosen[dimension];
      const known = options[dimension].filter((value) => wanted.includes(value)); // in the lists' order
      const values = known.length === wanted.length ? known : wanted; // a long list comes in part
      const named = values.length > 3 ? `${values.slice(0, 2).join(", ")} and ${values.length - 2} more` : values.join(", ");
      return { dimension, label: spec.dimensions[dimension], named, all: values.join(", ") };
    });
    const place = byId("chips");
    const now = JSON.stringify(found);
    if (place.dataset.now !== now) {
      place.dataset.now = now;
      const within = place.contains(document.activeElement); // its chip was just removed
      place.replaceChildren(...found.map(chip));
      if (within) (place.querySelector("button") ?? byId(`title-${open}`))?.focus({ preventScroll: true });
    }
    const count = byId("filter-count");
    text(count, narrowed.length ? String(narrowed.length) : "");
    hide(count, narrowed.length === 0);
    const words = found.map((each) => `${each.label}: ${each.named}`);
    text(byId("announcer"), `Figures for ${label}. ${words.join(". ")}`);
  }

  /** @param {{ dimension: string, label: string, named: string, all: string }} narrowed */
  function chip({ dimension, label, named, all }) {
    const what = { "data-do": "clear", "data-dimension": dimension, "aria-label": `Remove filter ${label}: ${all}` };
    const take = make("button", { type: "button", ...what }, dashboard.icon("close"));
    const value = make("span", { class: "chip-value", text: named });
    return make("span", { class: "chip", title: all }, make("span", { class: "chip-label", text: label }), value, take);
  }

  dashboard.bodies = {};
  dashboard.page = {
    show, say, ready: reachable, awaitDash,
    own: (key) => Boolean(spec.pages[key].own),
    known: (key) => Object.hasOwn(spec.pages, key),
    open: () => open,
    use: (given) => (spec = given),
  };
  dashboard.metric = (key) => spec.metrics[key];
})();
