// Where it begins: the first answer, what Dash calls (callbacks/selection.py), and the one set of listeners for all else.
(() => {
  const { dashboard } = window;
  const { byId } = dashboard;
  /** @type {Wire.Spec} */
  let spec;

  /** What a click on [data-do] does. @type {Record<string, (button: HTMLElement) => unknown>} */
  const CLICKS = {
    clear: (button) => dashboard.controls.choose(button.dataset.dimension ?? "", []),
    only: (button) => dashboard.controls.only(button),
    unpick: (button) => dashboard.campaigns.unpick(button),
    pick: (button) => dashboard.explore.row(button),
    prove: (button) => dashboard.later("proof").then(() => dashboard.proof.open(button)),
    sort: (button) => dashboard.tables.sort(button),
    link: (button) => taken(button, (visual) => copyLink(visual)),
    picture: (button) => taken(button, (visual) => {
      dashboard.chapters.reveal(visual);
      return lazily("picture", () => dashboard.picture.save(visual));
    }),
    rows: (button) => taken(button, rows),
    print: (button) => {
      menuOf(button).open = false;
      dashboard.paper.print();
    },
    theme: () => dashboard.theme.next(),
    rolling: () => dashboard.view.change({ rolling: dashboard.view.wanted().chosen?.rolling ? null : "7d" }),
    loosen: (button) => dashboard.view.go(dashboard.view.wanted().page, button.dataset.query ?? ""),
    reset: () => dashboard.view.go(dashboard.view.wanted().page, ""),
    "copy-link": () => copyLink(),
    fold: (button) => dashboard.chapters.fold(button),
    "open-filters": () => dashboard.drawer.open(),
    "close-filters": () => dashboard.drawer.close(),
    stop: () => dashboard.view.stop(),
    "show-newer": () => dashboard.freshness.show(),
    "show-today": () => dashboard.view.go(dashboard.view.shown().page, dashboard.view.shown().as_of?.query ?? ""),
    "retry-lost": () => dashboard.view.again(),
    "retry-error": () => dashboard.freshness.retry(),
  };
  /** What a change of [data-do] does. @type {Record<string, (control: HTMLInputElement) => unknown>} */
  const CHANGES = {
    preset: () => dashboard.toolbar.choosePreset(),
    days: () => dashboard.toolbar.chooseDays(),
    columns: (select) => dashboard.columns.choose(/** @type {any} */ (select)),
    rank: (select) => dashboard.view.change({ rank: select.value }),
    itself: (box) => dashboard.freshness.chooseItself(box),
  };

  const menuOf = (/** @type {Element} */ entry) => /** @type {HTMLDetailsElement} */ (entry.closest("details"));
  const visualOf = (/** @type {Element} */ part) => /** @type {HTMLElement} */ (part.closest("[data-visual]"));
  const targetOf = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target);
  const linkOf = (/** @type {Event} */ event) => /** @type {HTMLAnchorElement | null} */ (targetOf(event).closest("a[data-go]"));

  /** @param {MouseEvent} event */
  function clicked(event) {
    const target = targetOf(event);
    const doing = target.closest("[data-do]");
    const click = doing && CLICKS[doing.dataset.do ?? ""];
    if (click) return click(doing);
    const jump = target.closest(".jump a");
    if (jump && plain(event)) {
      event.preventDefault();
      return dashboard.chapters.jump(jump);
    }
    if (target.id === "scrim") return dashboard.drawer.close();
    const link = linkOf(event);
    if (link && plain(event)) {
      event.preventDefault();
      dashboard.view.go(link.dataset.go ?? "", queryOf(link), link.hash);
    }
  }

  /** @param {MouseEvent} event */
  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const queryOf = (/** @type {HTMLElement} */ link) => link.dataset.query ?? dashboard.view.wanted().query;

  /** A mouse went down: most presses are let go where they began. A finger that goes down may be about to scroll.
      @param {PointerEvent} event */
  function down(event) {
    if (event.pointerType !== "mouse" || !plain(event)) return;
    const link = linkOf(event);
    const box = targetOf(event).closest(".option")?.querySelector("input");
    if (link) dashboard.view.ahead(link.dataset.go ?? "", queryOf(link));
    else if (box?.type === "checkbox") dashboard.controls.pressed(box);
  }

  /** @param {Event} event */
  function changed(event) {
    const target = targetOf(event);
    if (target.dataset.do) CHANGES[target.dataset.do]?.(target);
    else if (target.matches(".searched input[type=checkbox]")) dashboard.campaigns.toggled(target);
    else if (target.matches(".slot select")) dashboard.controls.heard(target);
  }

  /** A box or a choice of Dash's was clicked: heard before React, whose own work would hold up the request.
      @param {Event} event */
  function chosen(event) {
    const target = targetOf(event);
    if (target.matches(".options input, .slot input[type=radio]")) dashboard.controls.heard(target);
  }

  /** @param {Element | null} [except] */
  function closeMenus(except = null) {
    const menus = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details.menu[open]"));
    for (const menu of menus) if (menu !== except) menu.open = false;
  }

  /** The menu that a click leaves open: one whose head it is on, or one that is worked in. @param {MouseEvent} event */
  function kept(event) {
    if (linkOf(event)) return null;
    const path = /** @type {HTMLElement[]} */ (event.composedPath());
    return path.find((each) => each.matches?.("summary, .stays"))?.parentElement;
  }

  /** A menu near the lower edge opens upwards: below the last visual there is nothing to scroll to.
      @param {Event} event */
  function opened(event) {
    const target = targetOf(event);
    if (!target.matches("details.menu[open]")) return;
    if (target.id === "views") lazily("views", () => dashboard.views.open(target, spec));
    const list = dashboard.one(target, ".menu-list");
    list.classList.remove("up");
    const { bottom, height } = list.getBoundingClientRect();
    list.classList.toggle("up", bottom > innerHeight && target.getBoundingClientRect().top > height + 64);
  }

  /** A chart's data as a table in its place, or the chart again. */
  function rows(/** @type {HTMLElement} */ visual) {
    dashboard.chapters.reveal(visual);
    return lazily("rows", () => dashboard.rows.toggle(visual));
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const target = targetOf(event);
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
    const chart = event.key.toLowerCase() === "t" && bare ? target.closest?.(".visual-chart") : null;
    if (chart) rows(chart);
    dashboard.drawer.keep(event);
    dashboard.tables.move(event);
    if (event.key !== "Escape") return;
    const menu = target.closest?.("details.menu[open]");
    closeMenus();
    if (menu) dashboard.one(menu, "summary").focus();
    else dashboard.drawer.close();
  }

  function listen() {
    document.addEventListener("pointerdown", down);
    document.addEventListener("click", chosen, true);
    document.addEventListener("click", clicked);
    document.addEventListener("click", (event) => closeMenus(kept(event)));
    document.addEventListener("toggle", opened, true);
    document.addEventListener("change", changed, true);
    document.addEventListener("keydown", pressed);
    document.addEventListener("input", (event) => {
      const target = targetOf(event);
      if (target.dataset?.do === "search") dashboard.campaigns.searched(target);
    });
    addEventListener("popstate", (event) => {
      const { page, query } = dashboard.address.here();
      dashboard.view.show(page, query, { scroll: event.state?.scroll }).then(dashboard.explore.panel);
    });
    addEventListener("pagehide", () => history.replaceState({ ...history.state, scroll: window.scrollY }, ""));
  }

  /** An entry of a visual's menu: the menu closes, and what it says is done for the visual.
      @param {HTMLElement} button @param {(visual: HTMLElement) => unknown} doing */
  function taken(button, doing) {
    const menu = menuOf(button);
    menu.open = false;
    dashboard.one(menu, "summary").focus();
    doing(visualOf(button));
  }

  /** What a module of assets/later does; where it cannot be had or done, that is said.
      @param {string} name @param {() => unknown} doing */
  async function lazily(name, doing) {
    try {
      await dashboard.later(name);
      await doing();
    } catch (problem) {
      console.warn(`${name} failed`, problem);
      dashboard.freshness.refused("That could not be done. Check the connection and try again.");
    }
  }

  /** Copies the address of what is shown, or of one visual in it. @param {HTMLElement | null} [visual] */
  async function copyLink(visual = null) {
    const button = byId("copy-link");
    const { page, query } = dashboard.view.wanted();
    const part = visual ? `#${visual.dataset.visual?.split(".")[1]}` : dashboard.chapters.hash();
    const link = new URL(dashboard.address.page(page, query) + part, location.href).href;
    let copied = true;
    try {
      await navigator.clipboard.writeText(link);
    } catch { // as on plain http: who wants it takes it from the address bar
      copied = false;
      history.replaceState(history.state, "", link);
    }
    if (!visual) button.classList.toggle("done", copied);
    const done = visual ? `Link to “${title(visual)}” copied.` : "Link copied.";
    byId("announcer").textContent = copied ? done : "The link could not be copied; it stands in the address bar.";
    setTimeout(() => button.classList.remove("done"), 1600);
  }

  const title = (/** @type {HTMLElement} */ visual) => dashboard.one(visual, "h2, h3").textContent;

  /** Dash's code stands in the document at rest: it runs once the figures are there, one script after the other. */
  function beginDash() {
    const [code, ...rest] = /** @type {NodeListOf<HTMLScriptElement>} */ (document.querySelectorAll("footer script[data-dash]"));
    const run = (/** @type {object} */ what) => document.body.append(Object.assign(document.createElement("script"), what));
    run({ src: code.src, onload: () => rest.forEach(({ id, textContent }) => run({ id, textContent })) });
  }

  const data = (/** @type {string} */ name) => JSON.parse(byId(name)?.textContent ?? "null");

  function start() {
    dashboard.spec = spec = data("spec");
    const parts = /** @type {const} */ (["format", "address", "controls", "charts"]);
    for (const part of parts) dashboard[part].use(spec);
    dashboard.visuals.find(spec);
    dashboard.theme.put();
    listen();
    dashboard.page.awaitDash();
    history.scrollRestoration = "manual";
    /** @type {Wire.View | null} */
    const first = dashboard.moved ? null : data("first");
    const scroll = history.state?.scroll;
    if (first) dashboard.view.first(first, scroll);
    else {
      const { page: key, query } = dashboard.address.here();
      dashboard.page.show(key, query);
      dashboard.view.show(key, query, { scroll }).then(dashboard.explore.panel);
    }
    if (first) dashboard.explore.panel();
    dashboard.freshness.watch();
    setTimeout(() => {
      dashboard.charts.library().catch(() => {}); // after the figures' text, in time for the charts
      beginDash();
    });
  }

  const clientside = (window.dash_clientside ??= /** @type {DashClientside} */ ({}));
  clientside.dashboard = {
    /** @type {Dashboard["controls"]["control"]} */
    control: (...given) => dashboard.controls.control(...given),
    /** @type {Dashboard["carrier"]["follow"]} */
    follow: (selection) => dashboard.carrier.follow(selection),
  };
  queueMicrotask(start); // once the modules after this one are there
})();
