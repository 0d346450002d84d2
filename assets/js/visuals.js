// All visuals of a page: each drawn by its kind, each guarded by itself; what is not in sight is drawn after the rest.
(() => {
  const { dashboard } = window;
  const { make, text } = dashboard;
  /** @type {Map<string, Item[]>} */
  const items = new Map(); // by page

  /** What the layout holds: one item a visual, with its element, its empty body and its spec.
      @type {Dashboard["visuals"]["find"]} */
  function find(spec) {
    for (const [page, { visuals }] of Object.entries(spec.pages)) {
      items.set(page, Object.entries(visuals).map(([name, visual]) => {
        const root = dashboard.one(document, `[data-visual="${page}.${name}"]`);
        const own = {
          page, name, spec: visual, root, body: dashboard.one(root, ".body"), title: dashboard.one(root, "h2, h3").textContent,
          drawn: null, // the answer on the glass, as text
          state: "loading",
        };
        return /** @type {any} */ (own); // the module of its kind adds the rest
      }));
    }
  }

  /** Only the open page's visuals go by their name: a page that is not shown has none. @type {Dashboard["visuals"]["open"]} */
  function open(page) {
    for (const item of all()) {
      if (item.page === page) item.root.dataset.visual = `${item.page}.${item.name}`;
      else delete item.root.dataset.visual;
    }
    dashboard.chapters.open();
  }

  /** @type {HTMLElement | null} */
  let pointed = null;
  /** What an address names behind its # is brought into sight, a visual is marked; `scroll` is where a reader was.
      @type {Dashboard["visuals"]["point"]} */
  function point(name, scroll) {
    pointed?.classList.remove("pointed");
    pointed = dashboard.chapters.follow(name);
    if (!pointed) return;
    if (pointed.matches(".visual")) pointed.classList.add("pointed");
    if (scroll !== null && scroll !== undefined) return;
    pointed.scrollIntoView({ block: "start", behavior: "instant" }); // not slowly: what is above may still take its size
    pointed.tabIndex = -1;
    pointed.focus({ preventScroll: true });
  }

  /** Visuals that the layout did not hold. @type {Dashboard["visuals"]["add"]} */
  function add(page, more) {
    items.set(page, more);
    return more;
  }

  const all = () => [...items.values()].flat();

  /** @type {ChartItem[]} */
  let later = []; // charts out of sight, waiting for their turn
  let turnTaken = false;

  /** Draw an answer: text first, then the charts in sight, in one go; the rest one by one when the screen is free.
      @type {Dashboard["visuals"]["draw"]} */
  function draw(answer) {
    /** @type {{ item: ChartItem, visual: Wire.Chart }[]} */
    const charts = [];
    later = [];
    dashboard.chapters.leave(answer);
    for (const item of items.get(answer.page) ?? []) {
      /** @type {Wire.Visual} */
      const visual = answer.visuals[item.name] ?? { state: "error", text: "The server sent nothing for this visual." };
      const context = { answer, visual };
      const { baseline, baseline_note: note } = answer.period;
      const now = [JSON.stringify(visual), baseline, note, isChart(item) && dashboard.explore.undoes(item)].join();
      const waits = item.pending?.now !== now;
      item.pending = { context, now };
      if (item.drawn === now) {
        if (waits && !item.said) state(item, "ready"); // another answer was to be drawn over it, and is no longer wanted
        continue;
      }
      if (isChart(item) && visual.state === "ready") charts.push({ item, visual: /** @type {Wire.Chart} */ (visual) });
      else place(item);
    }
    for (const { item, visual } of charts) {
      if (dashboard.charts.near(item)) place(item);
      else {
        dashboard.charts.prepare(item, visual, answer); // so that nothing moves when it is drawn
        state(item, "loading"); // what it shows is of the answer before
        later.push(item);
      }
    }
    takeTurns();
    dashboard.rows?.follow(answer.page);
  }

  function takeTurns() {
    if (turnTaken || later.length === 0) return;
    turnTaken = true;
    const next = () => {
      const item = later.shift();
      if (item) place(item);
      if (later.length) setTimeout(next);
      else turnTaken = false;
    };
    requestAnimationFrame(() => setTimeout(next));
  }

  /** @param {Item} item @returns {item is ChartItem} */
  const isChart = (item) => item.spec.kind === "chart";

  /** What draws each kind.
      @returns {Record<string, { draw(item: any, visual: any, answer: Wire.View): Promise<unknown> | null | void }>} */
  const kinds = () => ({ cards: dashboard.cards, table: dashboard.tables, chart: dashboard.charts, callouts: dashboard.callouts });

  /** @param {Item} item */
  function place(item) {
    const { context, now } = pendingOf(item);
    item.drawn = now;
    const rank = /** @type {HTMLSelectElement | null} */ (item.root.querySelector(".rank select")); // also where nothing can be ranked
    if (rank) rank.value = context.answer.chosen.rank;
    try {
      if (context.visual.state === "ready") {
        if (item.said) clear(item);
        const drawing = kinds()[item.spec.kind].draw(item, context.visual, context.answer);
        const then = (/** @type {() => void} */ act) => item.drawn === now && act();
        if (drawing) drawing.then(() => then(() => state(item, "ready")), (problem) => then(() => broken(item, problem)));
        else state(item, "ready");
      } else say(item, context.visual.state, context.visual.text);
    } catch (problem) {
      broken(item, problem);
    }
  }

  const pendingOf = (/** @type {Item} */ item) => /** @type {NonNullable<AnyItem["pending"]>} */ (item.pending);

  /** @param {Item} item @param {unknown} problem */
  function broken(item, problem) {
    console.warn(`${item.page}.${item.name} could not be drawn`, problem);
    say(item, "error", "This visual could not be drawn. The other figures are not affected.");
  }

  /** @param {Item} item @param {string} now */
  function state(item, now) {
    if (item.state === now) return;
    item.state = now;
    item.root.dataset.state = now;
  }

  /** A sentence in the place of the figure; an error can be tried again.
      @param {Item} item @param {"empty" | "error"} kind @param {string} sentence */
  function say(item, kind, sentence) {
    clear(item);
    const icon = dashboard.icon(kind === "error" ? "warning" : "empty");
    const retry = kind === "error" ? dashboard.retry(() => redraw(item)) : null;
    item.said = make("div", { class: "said" }, icon, make("p", { text: sentence ?? "" }), retry);
    item.body.append(item.said);
    state(item, kind);
  }

  /** @param {Item} item */
  function clear(item) {
    if (isChart(item)) dashboard.charts.forget(item);
    /** @type {{ parts: unknown }} */ (item).parts = null;
    item.said = null;
    item.body.replaceChildren();
  }

  /** The Retry of one visual: what failed here is drawn again, what failed on the server is asked again. @param {Item} item */
  function redraw(item) {
    item.drawn = null;
    if (pendingOf(item).context.visual.state === "error") (item.again ?? dashboard.view.again)();
    else {
      clear(item);
      place(item);
    }
  }

  /** The sentence below a table or chart. @type {Dashboard["visuals"]["line"]} */
  function line(item, sentence) {
    if (!item.line?.isConnected) {
      if (!sentence) return;
      item.line = make("p", { class: "line" });
      item.body.append(item.line);
    }
    text(item.line, sentence ?? "");
    dashboard.hide(item.line, !sentence);
  }

  dashboard.visuals = { find, add, open, point, draw, line, all, again: place };
})();
