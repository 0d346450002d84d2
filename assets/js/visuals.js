// All visuals of a page: each drawn by its kind, each guarded by itself; what is not in sight is drawn after the rest.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text } = dashboard;
  const items = new Map(); // page -> [item]

  /** What the layout holds: one item a visual, with its element, its empty body and its spec. */
  function find(spec) {
    for (const [page, { visuals }] of Object.entries(spec.pages)) {
      items.set(page, Object.entries(visuals).map(([name, visual]) => {
        const root = document.querySelector(`[data-visual="${page}.${name}"]`);
        return {
          page, name, spec: visual, root, body: root.querySelector(".body"), title: root.querySelector("h2").textContent,
          drawn: null, // the answer on the glass, as text
          state: "loading",
        };
      }));
    }
  }

  /** Only the open page's visuals go by their name: a page that is not shown has none. */
  function open(page) {
    for (const item of all()) {
      if (item.page === page) item.root.dataset.visual = `${item.page}.${item.name}`;
      else delete item.root.dataset.visual;
    }
  }

  let pointed = null;
  /** The visual that an address names behind its # is brought into sight and marked; `scroll` is where a reader was. */
  function point(name, scroll) {
    pointed?.classList.remove("pointed");
    pointed = name ? document.querySelector(`[data-visual="${dashboard.page.open()}.${CSS.escape(name)}"]`) : null;
    if (!pointed) return;
    pointed.classList.add("pointed");
    if (scroll !== null && scroll !== undefined) return;
    pointed.scrollIntoView({ block: "start", behavior: "instant" }); // not slowly: what is above may still take its size
    pointed.tabIndex = -1;
    pointed.focus({ preventScroll: true });
  }

  /** Visuals that the layout did not hold. */
  function add(page, more) {
    items.set(page, more);
    return more;
  }

  const all = () => [...items.values()].flat();

  let later = []; // charts out of sight, waiting for their turn
  let turnTaken = false;

  /** Draw an answer: text first, then the charts in sight, in one go; the rest one by one when the screen is free. */
  function draw(answer) {
    const charts = [];
    later = [];
    for (const item of items.get(answer.page)) {
      const visual = answer.visuals[item.name] ?? { state: "error", text: "The server sent nothing for this visual." };
      const context = { answer, visual };
      const now = JSON.stringify(visual) + answer.period.baseline + answer.period.baseline_note;
      if (item.drawn === now) continue;
      item.pending = { context, now };
      if (item.spec.kind === "chart" && visual.state === "ready") charts.push(item);
      else place(item);
    }
    for (const item of charts) {
      if (dashboard.charts.near(item)) place(item);
      else {
        dashboard.charts.prepare(item, item.pending.context.visual, answer); // so that nothing moves when it is drawn
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

  const kinds = () => ({ cards: dashboard.cards, table: dashboard.tables, chart: dashboard.charts, callouts: dashboard.callouts });

  function place(item) {
    const { context, now } = item.pending;
    item.drawn = now;
    try {
      if (context.visual.state === "ready") {
        if (item.said) clear(item);
        const drawing = kinds()[item.spec.kind].draw(item, context.visual, context.answer);
        if (drawing?.then) drawing.then(() => item.drawn === now && state(item, "ready"), (problem) => item.drawn === now && broken(item, problem));
        else state(item, "ready");
      } else say(item, context.visual.state, context.visual.text);
    } catch (problem) {
      broken(item, problem);
    }
  }

  function broken(item, problem) {
    console.warn(`${item.page}.${item.name} could not be drawn`, problem);
    say(item, "error", "This visual could not be drawn. The other figures are not affected.");
  }

  function state(item, now) {
    if (item.state === now) return;
    item.state = now;
    item.root.dataset.state = now;
  }

  /** A sentence in the place of the figure; an error can be tried again. */
  function say(item, kind, sentence) {
    clear(item);
    const retry = kind === "error" ? make("button", { type: "button", class: "btn btn-sm btn-outline-secondary", "data-do": "redraw", text: "Retry" }) : null;
    item.said = make("div", { class: "said" }, dashboard.icon(kind === "error" ? "warning" : "empty"), make("p", { text: sentence ?? "" }), retry);
    item.body.append(item.said);
    state(item, kind);
  }

  function clear(item) {
    if (item.spec.kind === "chart") dashboard.charts.forget(item);
    item.parts = null;
    item.said = null;
    item.body.replaceChildren();
  }

  /** The Retry of one visual: what failed here is drawn again, what failed on the server is asked again. */
  function redraw(root) {
    const item = all().find((each) => each.root === root);
    item.drawn = null;
    if (item.pending.context.visual.state === "error") (item.again ?? dashboard.view.again)();
    else {
      clear(item);
      place(item);
    }
  }

  /** The sentence below a table or chart. */
  function line(item, sentence) {
    if (!item.line?.isConnected) {
      if (!sentence) return;
      item.line = make("p", { class: "line" });
      item.body.append(item.line);
    }
    text(item.line, sentence ?? "");
    dashboard.hide(item.line, !sentence);
  }

  dashboard.visuals = { find, add, open, point, draw, redraw, line, all };
})();
