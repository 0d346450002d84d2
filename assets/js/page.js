// What stands around the figures: which page is open, its links, the period, the chips, and what is said aloud.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text, attribute, hide, byId } = dashboard;
  let spec = null;
  let open = null;

  /** Show page `key`, and let all links carry `query`. */
  function turn(key, query) {
    for (const link of document.querySelectorAll("a[data-go]:not([data-query])")) {
      attribute(link, "href", dashboard.address.page(link.dataset.go, query));
      if (link.closest(".topbar") && !link.matches(".brand")) attribute(link, "aria-current", link.dataset.go === key ? "page" : null);
    }
    if (open === key) return;
    const first = open === null;
    open = key;
    for (const part of document.querySelectorAll("[data-page]")) hide(part, part.dataset.page !== key);
    dashboard.visuals.open(key);
    mount();
    attribute(document.documentElement, "data-body", spec.pages[key].body ?? null);
    if (spec.pages[key].body) body(key);
    document.title = `${spec.pages[key].title} · Marketing dashboard`;
    fit();
    const busy = document.activeElement?.closest("details.menu[open]"); // opened while the answer was on its way
    if (!first && !busy) byId(`title-${key}`).focus({ preventScroll: true });
  }

  /** Time steps are offered where a chart runs over time, or somebody's own may. */
  const fit = () => dashboard.toolbar.fit(spec.pages[open].own || Object.values(spec.pages[open].visuals).some((visual) => visual.grain));

  let mounted = null;
  /** A page of somebody's own is Dash's to draw: it is put up when it is opened and taken away when it is left. */
  async function mount() {
    const next = spec.pages[open].own ? open : null;
    if (next === mounted || !ready) return;
    mounted = next;
    if (!next) return dashboard.carrier.set("own-page", { children: null });
    if (spec.pages[next].plotly) await dashboard.charts.whole();
    if (next === mounted) dashboard.carrier.set("opened", { data: next });
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
      byId("before").remove();
      const shown = dashboard.view.shown();
      if (shown) say(shown, true);
      fit();
    });
    waiting.observe(byId("react-entry-point"), { childList: true, subtree: true });
  }

  /** A page without visuals: the module of its name draws it, every time it is turned to. */
  async function body(key) {
    const section = document.querySelector(`section[data-page="${key}"]`);
    const name = spec.pages[key].body;
    try {
      await dashboard.later(name);
      if (open === key) dashboard.bodies[name].show(section, spec);
    } catch (problem) {
      console.warn(`${key} could not be drawn`, problem);
      const retry = make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", text: "Retry" });
      retry.addEventListener("click", () => body(key));
      section.replaceChildren(make("div", { class: "said" }, dashboard.icon("warning"), make("p", { text: "This page could not be loaded. Check the connection." }), retry));
    }
  }

  /** Everything an answer says beside its figures; `whole` also in a box that is being written in. */
  function say(answer, whole) {
    dashboard.controls.fill(answer);
    dashboard.toolbar.fill(answer, whole);
    period(answer.period);
    dashboard.freshness.past(answer.as_of);
    chips(answer);
    const notes = byId("notes");
    hide(notes, answer.notes.length === 0);
    text(notes, answer.notes.join(" "));
    attribute(byId("workbook"), "href", dashboard.address.workbook(answer.page, answer.query));
    for (const link of document.querySelectorAll(`[data-page="${answer.page}"] a[data-form]`)) {
      const visual = link.closest("[data-visual]").dataset.visual.split(".")[1];
      attribute(link, "href", dashboard.address.data(answer.page, visual, link.dataset.form, answer.query));
    }
  }

  function period({ label, days, baseline, baseline_note: note, caveats }) {
    const place = byId("period");
    if (!place.firstChild) place.append(make("strong"), make("span"));
    text(place.firstChild, label);
    const length = days === 1 ? "1 day" : `${dashboard.format.count(days)} days`;
    const against = baseline ? `compared with ${baseline}` : note ? `${note} to compare with` : "not compared";
    text(place.lastChild, `${length}, ${against}${caveats ? `. ${caveats}` : ""}`);
  }

  /** One chip a narrowed filter; each takes its filter away. */
  function chips({ chosen, options, period: { label } }) {
    const narrowed = Object.keys(spec.dimensions).filter((dimension) => chosen[dimension]?.length);
    const found = narrowed.map((dimension) => {
      const known = options[dimension].filter((value) => chosen[dimension].includes(value)); // in the lists' order
      const values = known.length === chosen[dimension].length ? known : chosen[dimension]; // a long list comes in part
      const named = values.length > 3 ? `${values.slice(0, 2).join(", ")} and ${values.length - 2} more` : values.join(", ");
      return { dimension, label: spec.dimensions[dimension], named, all: values.join(", ") };
    });
    const place = byId("chips");
    const now = JSON.stringify(found);
    if (place.dataset.now !== now) {
      place.dataset.now = now;
      const within = place.contains(document.activeElement); // its chip was just removed
      place.replaceChildren(...found.map(chip));
      if (within) (place.querySelector("button") ?? byId(`title-${open}`)).focus({ preventScroll: true });
    }
    const count = byId("filter-count");
    text(count, narrowed.length ? String(narrowed.length) : "");
    hide(count, narrowed.length === 0);
    const words = found.map((each) => `${each.label}: ${each.named}`);
    text(byId("announcer"), `Figures for ${label}. ${words.join(". ")}`);
  }

  function chip({ dimension, label, named, all }) {
    const take = make("button", { type: "button", "data-do": "clear", "data-dimension": dimension, "aria-label": `Remove filter ${label}: ${all}` }, dashboard.icon("close"));
    return make("span", { class: "chip", title: all }, make("span", { class: "chip-label", text: label }), make("span", { class: "chip-value", text: named }), take);
  }

  dashboard.bodies = {};
  dashboard.page = {
    turn, say, ready: reachable, awaitDash,
    own: (key) => Boolean(spec.pages[key].own),
    known: (key) => key in spec.pages,
    open: () => open, use: (given) => (spec = given) };
  dashboard.metric = (key) => spec.metrics[key];
})();
