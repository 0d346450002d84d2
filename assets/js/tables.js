// Tables: plain HTML, made once and filled again; sorted here, without a request; shaded towards "better".
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text, attribute } = dashboard;
  let spec = null;

  function draw(item, visual, answer) {
    const metrics = visual.metrics ?? item.spec.metrics;
    const shape = metrics.join();
    if (item.parts?.shape !== shape) build(item, metrics, shape);
    const part = item.parts;
    part.visual = visual;
    part.tones = metrics.map((key, place) => (item.spec.gradient.includes(key) ? tones(key, visual.values[place], (visual.total ?? visual.centre)?.[place] ?? null) : null));
    if (part.rank) part.rank.value = answer.chosen.rank;
    fill(item);
    dashboard.visuals.line(item, visual.line);
  }

  /** Platform and campaign share a column: the name, and below it where it runs. */
  const columnsOf = (keys) => (keys.join() === "platform,campaign" ? [{ key: "campaign", place: 1, below: 0 }] : keys.map((key, place) => ({ key, place })));

  function build(item, metrics, shape) {
    const sort = item.parts?.sort ?? null;
    item.body.replaceChildren();
    item.line = null;
    const columns = columnsOf(item.spec.keys);
    const heads = [];
    const row = make("tr");
    for (const { key } of columns) row.append(head(heads, key, spec.dimensions[key], true));
    for (const key of metrics) row.append(head(heads, key, spec.metrics[key].short, false, spec.metrics[key], item.spec.gradient.includes(key)));
    const body = make("tbody");
    const foot = make("tfoot");
    const table = make("table", { class: "figures" }, make("thead", {}, row), body, foot);
    const scroll = make("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": `${item.title}. Arrow keys go from figure to figure, Enter shows how one comes about.` }, table);
    const rank = item.spec.rank ? rankBy(item) : null;
    item.root.querySelector(".rank")?.remove();
    if (rank) item.root.querySelector(".menu").before(rank.closest("label"));
    item.body.append(scroll);
    const known = sort && heads.some((each) => each.key === sort.key);
    item.parts = { shape, metrics, dimensions: item.spec.keys, columns, heads, body, foot, rows: [], total: null, rank, sort: known ? sort : null };
    body.item = item;
  }

  function head(heads, key, label, words, metric = null, shaded = false) {
    const button = make("button", { type: "button", class: "sort", "data-do": "sort", "data-column": key }, make("span", { text: label }), make("span", { class: "sort-mark", "aria-hidden": "true" }));
    if (metric) {
      const notes = [{ kind: "title", text: metric.label }, { text: metric.definition }, { kind: "formula", text: dashboard.format.formula(metric) }];
      if (shaded) notes.push({ kind: "small", text: "Shaded by how far it is from zero, for rates from the whole selection’s: teal is better, orange is worse." });
      dashboard.tips.set(button, () => [...notes, dashboard.tips.glossary(key)]);
    }
    const cell = make("th", { scope: "col", class: words ? "words" : null }, button);
    heads.push({ key, cell, words });
    return cell;
  }

  function rankBy(item) {
    const select = make("select", { class: "form-select form-select-sm", "data-do": "rank" });
    const labels = new Map(spec.ranks ?? []);
    for (const key of item.spec.ranks) select.append(make("option", { value: key, text: labels.get(key) ?? spec.metrics[key]?.short ?? key }));
    make("label", { class: "rank" }, make("span", { text: "Rank by" }), select);
    return select;
  }

  /** A shade from −4 (worse) to 4 (better) for each value; the centre is zero for sums, for rates the whole selection's. */
  function tones(key, values, total) {
    const { better, unit } = spec.metrics[key];
    const known = values.filter((value) => value !== null);
    if (known.length < 2 || better === "neither") return null;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const sum = unit === "money" || unit === "count" || unit === "people";
    const centre = sum ? 0 : total ?? (low + high) / 2;
    const reach = Math.max(high - centre, centre - low);
    if (!(reach > 0)) return null;
    const sign = better === "up" ? 1 : -1;
    return values.map((value) => (value === null ? 0 : Math.round((4 * sign * (value - centre)) / reach)));
  }

  function fill(item) {
    const { body, rows, visual, columns, metrics, sort } = item.parts;
    const order = ordered(item.parts);
    while (rows.length < order.length) rows.push(newRow(body, columns, metrics, !item.still));
    let lost = false;
    while (rows.length > order.length) {
      const { row } = rows.pop();
      lost ||= row.contains(document.activeElement);
      row.remove();
    }
    order.forEach((from, place) => fillRow(item.parts, rows[place], from, sort ? null : order[place - 1]));
    if (lost) rows[0]?.names[0].main.focus({ preventScroll: true }); // the row that was picked stands first
    if (visual.total) {
      item.parts.total ??= newRow(item.parts.foot, columns, metrics, false);
      item.parts.total.names.forEach((name, place) => text(name.main, place === 0 ? "Total" : ""));
      item.parts.total.cells.forEach((cell, place) => text(cell, dashboard.format.full(spec.metrics[metrics[place]], visual.total[place])));
    }
    dashboard.hide(item.parts.foot, !visual.total);
    marks(item);
  }

  function newRow(section, columns, metrics, picks = true) {
    const row = make("tr");
    const names = columns.map(({ below }, place) => {
      const name = { cell: make(place === 0 ? "th" : "td", { class: below === undefined ? "words" : "words wide", scope: place === 0 ? "row" : null }), main: picks ? make("button", { type: "button", class: "name", "data-do": "pick", "data-opens": below !== undefined && "campaign", "aria-haspopup": below !== undefined && "dialog", tabindex: place === 0 ? null : "-1" }) : make("span", { class: "name" }), dot: null, below: null };
      name.cell.append(name.main);
      if (below !== undefined) name.cell.append((name.below = make("span", { class: "below" })));
      row.append(name.cell);
      return name;
    });
    const cells = metrics.map((key) => {
      const cell = make("button", { type: "button", class: "figure", tabindex: "-1", "data-do": "prove", "data-column": key, "aria-haspopup": "dialog" });
      row.append(make("td", {}, cell));
      return cell;
    });
    section.append(row);
    return { row, names, cells };
  }

  function fillRow({ visual, columns, metrics, tones: shades, dimensions }, { row, names, cells }, from, above) {
    row.pairs = dimensions.map((dimension, place) => [dimension, visual.keys[place][from]]);
    columns.forEach(({ key, place, below }, at) => {
      const name = names[at];
      const value = visual.keys[place][from];
      const steady = dashboard.steady(value);
      if (name.main.textContent !== steady) {
        name.main.textContent = steady;
        name.main.title = below === undefined ? `${steady}: click to filter` : `${steady}: click for its figures`;
      }
      const platform = key === "platform" ? value : below !== undefined ? visual.keys[below][from] : null;
      if (platform !== null) {
        if (!name.dot) name.cell.prepend((name.dot = dashboard.dot(platform)));
        else if (name.dot.dataset.platform !== platform) name.dot.dataset.platform = platform;
      }
      if (name.below) text(name.below, platform);
      const repeats = at === 0 && columns.length > 1 && above !== undefined && above !== null && visual.keys[place][above] === value;
      name.cell.classList.toggle("repeats", repeats);
    });
    metrics.forEach((key, place) => {
      const value = visual.values[place][from];
      text(cells[place], dashboard.format.full(spec.metrics[key], value));
      const why = value === null ? visual.why?.[key]?.[platformOf(visual, columns, from)] ?? "" : "";
      if (cells[place].title !== why) cells[place].title = why;
      const shade = shades[place]?.[from] ?? 0;
      const tone = shade > 0 ? `better-${shade}` : shade < 0 ? `worse${shade}` : "";
      const { parentNode: cell } = cells[place];
      if (cell.className !== tone) cell.className = tone;
    });
  }

  /** The platform that a row is of, "" where rows are of no single one. */
  function platformOf(visual, columns, from) {
    const column = columns.find(({ key, below }) => key === "platform" || below !== undefined);
    return column ? visual.keys[column.below ?? column.place][from] : "";
  }

  /** The rows' order: as it came, or by a column; what has no value comes last either way. */
  function ordered({ visual, sort, metrics, columns }) {
    const order = visual.keys[0].map((_, place) => place);
    if (!sort) return order;
    const column = columns.find((each) => each.key === sort.key);
    const values = column ? visual.keys[column.place] : visual.values[metrics.indexOf(sort.key)];
    const compare = column ? (a, b) => a.localeCompare(b) : (a, b) => a - b;
    return order.sort((a, b) => {
      if (values[a] === null || values[b] === null) return (values[a] === null) - (values[b] === null);
      return sort.down ? compare(values[b], values[a]) : compare(values[a], values[b]);
    });
  }

  /** Says by which column the rows stand, in words for who cannot see it. */
  function marks({ parts: { heads, sort, visual, metrics } }) {
    let by = sort;
    if (!by && visual.sort && metrics.includes(visual.sort)) {
      const values = visual.values[metrics.indexOf(visual.sort)];
      by = { key: visual.sort, down: values.at(-1) === null || values[0] >= values.at(-1) };
    }
    for (const { key, cell } of heads) {
      attribute(cell, "aria-sort", by?.key === key ? (by.down ? "descending" : "ascending") : null);
    }
  }

  /** A click on a head: first the usual direction, then the other, then as it came. */
  function sort(button) {
    const { item } = button.closest("table").tBodies[0];
    const part = item.parts;
    const key = button.dataset.column;
    const down = !part.heads.find((each) => each.key === key).words;
    if (part.sort?.key !== key) part.sort = { key, down };
    else part.sort = part.sort.down === down ? { key, down: !down } : null;
    fill(item);
  }

  /** Arrow keys go from cell to cell: a table is few stops for Tab. */
  function move(event) {
    const from = event.target.closest?.(".figures tbody button, .figures tfoot button, .table-scroll");
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!from || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    const table = from.closest(".figures") ?? from.querySelector(".figures");
    const cell = from.closest("th, td");
    const rows = [...table.rows].filter((row) => row.parentNode.tagName !== "THEAD");
    const to = cell ? rows[rows.indexOf(cell.parentNode) + step[0]]?.cells[cell.cellIndex + step[1]] : rows[0]?.cells[0];
    const stop = to?.querySelector("button");
    if (!stop) return;
    event.preventDefault();
    stop.focus();
  }

  dashboard.tables = { draw, sort, move, use: (given) => (spec = given) };
})();
