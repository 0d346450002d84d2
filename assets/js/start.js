// Where it begins: the first answer, what Dash calls (callbacks/selection.py), and the one set of listeners for all else.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { byId } = dashboard;
  let spec = null;

  /** What a click on [data-do] does. */
  const CLICKS = {
    clear: (button) => dashboard.controls.choose(button.dataset.dimension, []),
    only: (button) => dashboard.controls.only(button),
    unpick: (button) => dashboard.campaigns.unpick(button),
    pick: (button) => dashboard.explore.row(button),
    prove: (button) => dashboard.later("proof").then(() => dashboard.proof.open(button)),
    sort: (button) => dashboard.tables.sort(button),
    link: (button) => taken(button, (visual) => copyLink(visual)),
    picture: (button) => taken(button, (visual) => lazily("picture", (picture) => picture.save(visual))),
    rows: (button) => taken(button, rows),
    print: (button) => {
      button.closest("details").open = false;
      printed();
    },
    theme: () => dashboard.theme.next(),
    reset: () => dashboard.view.go(dashboard.view.wanted().page, ""),
    "copy-link": () => copyLink(),
    "open-filters": () => dashboard.drawer.open(),
    "close-filters": () => dashboard.drawer.close(),
    "show-newer": () => dashboard.freshness.show(),
    "show-today": () => dashboard.view.go(dashboard.view.shown().page, dashboard.view.shown().as_of?.query ?? ""),
    "retry-lost": () => dashboard.freshness.retry(),
    "retry-error": () => dashboard.freshness.retry(),
    redraw: (button) => dashboard.visuals.redraw(button.closest("[data-visual]")),
  };
  /** What a change of [data-do] does. */
  const CHANGES = {
    preset: () => dashboard.toolbar.choosePreset(),
    days: () => dashboard.toolbar.chooseDays(),
    rank: (select) => dashboard.view.change({ rank: select.value }),
    itself: (box) => dashboard.freshness.chooseItself(box),
  };

  function clicked(event) {
    const doing = event.target.closest("[data-do]");
    if (doing && CLICKS[doing.dataset.do]) return CLICKS[doing.dataset.do](doing);
    if (event.target.id === "scrim") return dashboard.drawer.close();
    const link = event.target.closest("a[data-go]");
    if (link && plain(event)) {
      event.preventDefault();
      dashboard.view.go(link.dataset.go, queryOf(link), link.hash);
    }
  }

  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const queryOf = (link) => link.dataset.query ?? dashboard.view.wanted().query;

  /** A mouse went down: most presses are let go where they began. A finger that goes down may be about to scroll. */
  function down(event) {
    if (event.pointerType !== "mouse" || !plain(event)) return;
    const link = event.target.closest("a[data-go]");
    const box = event.target.closest(".option")?.querySelector("input");
    if (link) dashboard.view.ahead(link.dataset.go, queryOf(link));
    else if (box?.type === "checkbox") dashboard.controls.pressed(box);
  }

  function changed(event) {
    const { target } = event;
    if (target.dataset.do) CHANGES[target.dataset.do]?.(target);
    else if (target.matches(".searched input[type=checkbox]")) dashboard.campaigns.toggled(target);
    else if (target.matches(":is(.options, .slot) :is(input, select)")) dashboard.controls.heard(target);
  }

  function closeMenus(except = null) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  }

  /** The menu that a click leaves open: one whose head it is on, or one that is worked in. */
  function kept(event) {
    if (event.target.closest("a[data-go]")) return null;
    return event.composedPath().find((each) => each.matches?.("summary, .stays"))?.parentElement;
  }

  /** A menu near the lower edge opens upwards: below the last visual there is nothing to scroll to. */
  function opened({ target }) {
    if (!target.matches("details.menu[open]")) return;
    if (target.id === "views") lazily("views", (views) => views.open(target, spec));
    const list = target.querySelector(".menu-list");
    list.classList.remove("up");
    const { bottom, height } = list.getBoundingClientRect();
    list.classList.toggle("up", bottom > innerHeight && target.getBoundingClientRect().top > height + 64);
  }

  /** A chart's data as a table in its place, or the chart again. */
  const rows = (visual) => lazily("rows", (module) => module.toggle(visual, spec));

  const printed = () => lazily("paper", (paper) => paper.print());

  function pressed(event) {
    if (event.key === "p" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      printed();
    }
    const chart = event.key.toLowerCase() === "t" && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.closest?.(".visual-chart");
    if (chart) rows(chart);
    dashboard.drawer.keep(event);
    dashboard.tables.move(event);
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    closeMenus();
    if (menu) menu.querySelector("summary").focus();
    else dashboard.drawer.close();
  }

  function listen() {
    document.addEventListener("pointerdown", down);
    document.addEventListener("click", clicked);
    document.addEventListener("click", (event) => closeMenus(kept(event)));
    document.addEventListener("toggle", opened, true);
    document.addEventListener("change", changed);
    document.addEventListener("keydown", pressed);
    document.addEventListener("input", (event) => event.target.dataset?.do === "search" && dashboard.campaigns.searched(event.target));
    addEventListener("popstate", (event) => {
      const { page, query } = dashboard.address.here();
      dashboard.view.show(page, query, { scroll: event.state?.scroll }).then(dashboard.explore.panel);
    });
    addEventListener("pagehide", () => history.replaceState({ ...history.state, scroll: window.scrollY }, ""));
  }

  /** An entry of a visual's menu: the menu closes, and what it says is done for the visual. */
  function taken(button, doing) {
    const menu = button.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
    doing(button.closest("[data-visual]"));
  }

  /** What a module of assets/later does; where it cannot be had or done, that is said. */
  async function lazily(name, doing) {
    try {
      await dashboard.later(name);
      await doing(dashboard[name]);
    } catch (problem) {
      console.warn(`${name} failed`, problem);
      dashboard.freshness.refused("That could not be done. Check the connection and try again.");
    }
  }

  /** Copies the address of what is shown, or of one visual in it. */
  async function copyLink(visual = null) {
    const button = byId("copy-link");
    const { page, query } = dashboard.view.wanted();
    const part = visual ? `#${visual.dataset.visual.split(".")[1]}` : "";
    const link = new URL(dashboard.address.page(page, query) + part, location.href).href;
    let copied = true;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      copied = copyByHand(link);
    }
    if (!visual) button.classList.toggle("done", copied);
    byId("announcer").textContent = copied ? visual ? `Link to “${title(visual)}” copied.` : "Link copied." : "The link could not be copied; it stands in the address bar.";
    setTimeout(() => button.classList.remove("done"), 1600);
  }

  const title = (visual) => visual.querySelector("h2").textContent;

  /** Where there is no clipboard: a page that is not served over TLS. */
  function copyByHand(link) {
    const field = dashboard.make("textarea", { class: "visually-hidden", readonly: true });
    field.value = link;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }

  const data = (name) => JSON.parse(byId(name).textContent);

  function start() {
    spec = data("spec");
    for (const part of ["format", "address", "page", "tips", "cards", "tables", "toolbar", "controls", "charts"]) dashboard[part].use(spec);
    dashboard.visuals.find(spec);
    dashboard.theme.put();
    listen();
    dashboard.page.awaitDash();
    history.scrollRestoration = "manual";
    const first = dashboard.moved ? null : data("first");
    const scroll = history.state?.scroll;
    if (first) dashboard.view.first(first, scroll);
    else {
      const { page, query } = dashboard.address.here();
      dashboard.page.turn(page, query);
      dashboard.view.show(page, query, { scroll }).then(dashboard.explore.panel);
    }
    if (first) dashboard.explore.panel();
    dashboard.freshness.watch();
    setTimeout(() => dashboard.charts.library().catch(() => {})); // after the figures' text, in time for the charts
  }

  window.dash_clientside = window.dash_clientside ?? {};
  window.dash_clientside.dashboard = {
    control: (...given) => dashboard.controls.control(...given),
    follow: (selection) => dashboard.carrier.follow(selection),
  };
  queueMicrotask(start); // once the modules after this one are there
})();
