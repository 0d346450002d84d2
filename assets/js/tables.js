// Tables: plain HTML, made once and filled again; sorted here, without a request; shaded by the server.
(() => {
  const { dashboard } = window;
  const { make, text, attribute } = dashboard;

  /** @type {Dashboard["tables"]["draw"]} */
  function draw(item, visual, answer) {
    if (item.root.querySelector(".rank")) showRanked(item, answer.chosen.rank);
    place(item, visual);
    dashboard.visuals.line(item, visual.line);
  }

  /** @param {TableItem} item @param {Wire.Table} visual */
  function place(item, visual) {
    const metrics = visual.metrics ?? item.spec.metrics;
    const shown = dashboard.columns.fitting(item, visual, metrics, columnsOf(item.spec.keys));
    const shape = `${metrics.length} ${shown.join()}`;
    if (item.parts?.shape !== shape) build(item, metrics, shown, shape);
    const part = item.parts;
    part.visual = visual;
    dashboard.hide(part.key, !visual.shades.some(Boolean));
    fill(item);
  }

  /** The same figures in other columns. @type {Dashboard["tables"]["refit"]} */
  function refit(item) {
    const { line } = item.parts.visual;
    place(item, item.parts.visual);
    dashboard.visuals.line(item, line);
  }

  /** What is newly ranked by is the first column of a telephone. @param {TableItem} item @param {string} rank */
  function showRanked({ root, spec }, rank) {
    if (root.dataset.ranked === rank) return; // a column chosen since stays
    root.dataset.ranked = rank;
    const columns = /** @type {HTMLSelectElement | null} */ (root.querySelector("[data-do=columns]"));
    if (!columns || !spec.metrics.includes(rank) || root.dataset.columns === "all") return;
    root.dataset.columns = columns.value = rank;
  }

  /** Platform and campaign share a column: the name, and below it where it runs; a company's own dimensions follow.
      @type {(keys: string[]) => NameColumn[]} */
  const columnsOf = (keys) => {
    const columns = keys.map((key, place) => ({ key, place }));
    return ofCampaigns(keys) ? [{ key: "campaign", place: 1, below: 0 }, ...columns.slice(2)] : columns;
  };
  const ofCampaigns = (/** @type {string[]} */ keys) => keys[0] === "platform" && keys[1] === "campaign";

  /** @param {TableItem} item @param {string[]} every @param {string[]} metrics those that are shown @param {string} shape */
  function build(item, every, metrics, shape) {
    const sort = item.parts?.sort ?? null;
    item.body.replaceChildren();
    item.line = null;
    const columns = columnsOf(item.spec.keys);
    /** @type {TableHead[]} */
    const heads = [];
    const row = make("tr");
    const shaded = item.spec.gradient;
    for (const { key } of columns) row.append(head(heads, key, dashboard.spec.dimensions[key]));
    for (const key of metrics) row.append(head(heads, key, dashboard.metric(key).short, dashboard.metric(key), shaded[key]));
    const body = /** @type {TableBody} */ (Object.assign(make("tbody"), { item }));
    const foot = make("tfoot");
    const table = make("table", { class: "figures" }, make("thead", {}, row), body, foot);
    const how = `${item.title}. Arrow keys go from figure to figure, Enter shows how one comes about.`;
    const scroll = make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": how }, table);
    const note = make("p", { class: "line shade-note", text: item.spec.shaded });
    item.body.append(scroll, note);
    const known = sort && [...every, ...columns.map(({ key }) => key)].includes(sort.key);
    const dimensions = ofCampaigns(item.spec.keys) ? ["platform", "campaign"] : item.spec.keys; // which name a row
    const places = metrics.map((key) => every.indexOf(key));
    const parts = { shape, every, metrics, places, dimensions, columns, heads, body, foot, rows: [], total: null, key: note };
    item.parts = /** @type {any} */ ({ ...parts, sort: known ? sort : null }); // `draw` adds the answer
  }

  const SHADED = {
    zero: "Shaded against zero: teal is above it, orange below.",
    average: "Shaded against the average, the whole selection’s: teal is better, orange is worse.",
  };

  /** @type {(heads: TableHead[], key: string, label: string, metric?: Wire.Metric | null, shaded?: Wire.Center) => HTMLElement} */
  function head(heads, key, label, metric = null, shaded = null) {
    const words = metric === null;
    const mark = make("span", { class: "sort-mark", "aria-hidden": "true" });
    const doing = { type: "button", class: "sort", "data-do": "sort", "data-column": key };
    const button = make("button", doing, make("span", { text: label }), mark);
    if (metric) {
      const title = { kind: "title", text: metric.label };
      dashboard.tips.set(button, () => [title, ...dashboard.tips.metric(key, shaded ? SHADED[shaded] : "")]);
    }
    const cell = make("th", { scope: "col", class: words ? "words" : null }, button);
    heads.push({ key, cell, words });
    return cell;
  }

  /** @param {TableItem} item */
  function fill(item) {
    const { body, rows, visual, columns, metrics, places, sort } = item.parts;
    const { total } = visual;
    const order = ordered(item.parts);
    while (rows.length < order.length) rows.push(newRow(body, columns, metrics, !item.still));
    let lost = false;
    for (const { row } of rows.splice(order.length)) {
      lost ||= row.contains(document.activeElement);
      row.remove();
    }
    order.forEach((from, place) => fillRow(item.parts, rows[place], from, sort ? null : order[place - 1]));
    if (lost) rows[0]?.names[0].main.focus({ preventScroll: true }); // the row that was picked stands first
    if (total) {
      const last = (item.parts.total ??= newRow(item.parts.foot, columns, metrics, false));
      last.names.forEach((name, place) => text(name.main, place === 0 ? "Total" : ""));
      last.cells.forEach((cell, place) => text(cell, dashboard.format.full(dashboard.metric(metrics[place]), total[places[place]])));
    }
    dashboard.hide(item.parts.foot, !total);
    marks(item);
  }

  /** @param {HTMLElement} section @param {NameColumn[]} columns @param {string[]} metrics @returns {TableRow} */
  function newRow(section, columns, metrics, picks = true) {
    const row = make("tr");
    const names = columns.map(({ below }, place) => {
      const first = place === 0;
      const opens = below !== undefined;
      const doing = { type: "button", "data-do": "pick", "data-opens": opens && "campaign", "aria-haspopup": opens && "dialog" };
      const acts = picks && (first || columns[0].below === undefined); // a campaign's own dimensions only say what it is
      const main = acts ? make("button", { class: "name", ...doing, tabindex: first ? null : "-1" }) : make("span", { class: "name" });
      const small = opens ? make("span", { class: "below" }) : null;
      const cell = make(first ? "th" : "td", { class: opens ? "words wide" : "words", scope: first ? "row" : null }, main, small);
      row.append(cell);
      return { cell, main, dot: null, below: small };
    });
    const cells = metrics.map((key) => {
      const doing = { type: "button", "data-do": "prove", "data-column": key, "aria-haspopup": "dialog" };
      const cell = make("button", { class: "figure", tabindex: "-1", ...doing });
      row.append(make("td", {}, cell));
      return cell;
    });
    section.append(row);
    return { row, names, cells };
  }

  /** @param {TableParts} parts @param {TableRow} row @param {number} from @param {number | null} [above] */
  function fillRow({ visual, columns, metrics, places, dimensions }, { row, names, cells }, from, above) {
    row.pairs = dimensions.map((dimension, place) => [dimension, visual.keys[place][from]]);
    columns.forEach(({ key, place, below }, at) => {
      const name = names[at];
      const value = visual.keys[place][from];
      const steady = dashboard.steady(value);
      if (name.main.textContent !== steady) {
        name.main.textContent = steady;
        const does = below === undefined ? "click to filter" : "click for its figures";
        name.main.title = name.main.matches("button") ? `${steady}: ${does}` : steady;
      }
      const platform = key === "platform" ? value : below !== undefined ? visual.keys[below][from] : null;
      if (platform !== null) {
        if (!name.dot) name.cell.prepend((name.dot = dashboard.dot(platform)));
        else if (name.dot.dataset.platform !== platform) name.dot.dataset.platform = platform;
      }
      if (name.below) text(name.below, platform ?? "");
      const same = above !== undefined && above !== null && visual.keys[place][above] === value;
      name.cell.classList.toggle("repeats", at === 0 && columns.length > 1 && same);
    });
    metrics.forEach((key, place) => {
      const at = places[place];
      const value = visual.values[at][from];
      text(cells[place], dashboard.format.full(dashboard.metric(key), value));
      const why = value === null ? visual.why?.[key]?.[from] ?? "" : "";
      if (cells[place].title !== why) cells[place].title = why;
      const shade = visual.shades[at]?.[from] ?? 0;
      const tone = shade > 0 ? `better-${shade}` : shade < 0 ? `worse${shade}` : "";
      const cell = /** @type {HTMLElement} */ (cells[place].parentNode);
      if (cell.className !== tone) cell.className = tone;
    });
  }

  /** The rows' order: as it came, or by a column; what has no value comes last either way. @param {TableParts} parts */
  function ordered({ visual, sort, every, columns }) {
    const order = visual.keys[0].map((_, place) => place);
    if (!sort) return order;
    const column = columns.find((each) => each.key === sort.key);
    /** @type {any[]} */
    const values = column ? visual.keys[column.place] : visual.values[every.indexOf(sort.key)];
    /** @type {(a: any, b: any) => number} */
    const compare = column ? (a, b) => a.localeCompare(b) : (a, b) => a - b;
    return order.sort((a, b) => {
      if (values[a] === null || values[b] === null) return Number(values[a] === null) - Number(values[b] === null);
      return sort.down ? compare(values[b], values[a]) : compare(values[a], values[b]);
    });
  }

  /** Says by which column the rows stand, in words for who cannot see it. @param {TableItem} item */
  function marks({ parts: { heads, sort, visual, every } }) {
    let by = sort;
    if (!by && visual.sort && every.includes(visual.sort)) {
      const values = visual.values[every.indexOf(visual.sort)];
      const [first, last] = [values[0] ?? null, values.at(-1) ?? null];
      by = { key: visual.sort, down: last === null || Number(first) >= last };
    }
    for (const { key, cell } of heads) {
      attribute(cell, "aria-sort", by?.key === key ? (by.down ? "descending" : "ascending") : null);
    }
  }

  /** A click on a head: first the usual direction, then the other, then as it came. @type {Dashboard["tables"]["sort"]} */
  function sort(button) {
    const { item } = /** @type {TableBody} */ (/** @type {HTMLTableElement} */ (button.closest("table")).tBodies[0]);
    const part = item.parts;
    const key = /** @type {string} */ (button.dataset.column);
    const down = !part.heads.find((each) => each.key === key)?.words;
    if (part.sort?.key !== key) part.sort = { key, down };
    else part.sort = part.sort.down === down ? { key, down: !down } : null;
    fill(item);
  }

  /** @type {Record<string, [rows: number, cells: number]>} */
  const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  /** Arrow keys go from cell to cell: a table is few stops for Tab. @type {Dashboard["tables"]["move"]} */
  function move(event) {
    const target = /** @type {Element} */ (event.target);
    const from = target.closest?.(".figures tbody button, .figures tfoot button, .table-scroll");
    const step = STEPS[event.key];
    if (!from || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    const table = from.closest("table") ?? from.querySelector("table");
    const cell = from.closest("td") ?? from.closest("th");
    const rows = [...(table?.rows ?? [])].filter((row) => row.parentElement?.tagName !== "THEAD");
    const row = rows.findIndex((each) => each === cell?.parentNode);
    const seen = (/** @type {number} */ at) => [...(rows[at]?.cells ?? [])].filter((each) => each.checkVisibility());
    const to = cell ? seen(row + step[0])[seen(row).indexOf(cell) + step[1]] : seen(0)[0];
    const stop = to?.querySelector("button");
    if (!stop) return;
    event.preventDefault();
    stop.focus();
  }

  dashboard.tables = { draw, refit, sort, move };
})();
