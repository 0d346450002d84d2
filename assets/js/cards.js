// Cards: the figure, its change in sign, arrow, words and colour, and its course as a small line.
(() => {
  const { dashboard } = window;
  const { make, makeSvg, text, attribute } = dashboard;

  /** By the sign of a change. @type {Record<string, string>} */
  const ARROWS = { "+": "▲", "−": "▼", "±": "■" };

  /** @type {Dashboard["cards"]["draw"]} */
  function draw(item, visual, answer) {
    const shape = visual.metrics.join();
    if (item.parts?.shape !== shape) item.parts = { shape, cards: build(item, visual.metrics) };
    visual.cards.forEach((card, place) => fill(item.parts.cards[place], card, answer.period));
    dashboard.visuals.line(item, visual.line);
  }

  /** @param {CardsItem} item @param {string[]} keys @returns {CardParts[]} */
  function build(item, keys) {
    const grid = make("div", { class: "cards", "data-cards": keys.length, style: `--cards: ${keys.length}` });
    const parts = keys.map((key) => {
      const metric = dashboard.metric(key);
      const label = make("button", { type: "button", class: "term", text: metric.short });
      const value = make("button", {
        type: "button", class: "card-value", "data-metric": key, "data-do": "prove", "aria-haspopup": "dialog",
        title: "How this comes about",
      });
      const arrow = make("span", { class: "card-arrow", "aria-hidden": "true" });
      const step = make("span", { class: "card-step" });
      const change = make("span", { class: "card-change" }, arrow, step);
      const since = make("span", { class: "card-since" });
      const path = makeSvg("path", { class: "spark-line" });
      const area = makeSvg("path", { class: "spark-area" });
      const spark = makeSvg("svg", { class: "spark", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
      spark.append(area, path);
      /** @type {CardParts} */
      const part = { key, metric, label, value, change, arrow, step, since, path, area, spark };
      dashboard.tips.set(label, () => explain(part));
      const against = make("div", { class: "card-against" }, change, since);
      grid.append(make("div", { class: "card-box" }, make("div", { class: "card-label" }, label), value, against, spark));
      return part;
    });
    item.body.replaceChildren(grid);
    item.line = null;
    return parts;
  }

  /** @param {CardParts} part @param {Wire.Card} card @param {Wire.Period} period */
  function fill(part, card, period) {
    Object.assign(part, { card, period });
    text(part.value, card.text);
    attribute(part.value, "data-value", card.value === null ? "" : String(card.value));
    const { step, tone } = card;
    attribute(part.change, "class", `card-change ${tone}`.trim());
    text(part.arrow, ARROWS[step?.[0] ?? ""] ?? "");
    text(part.step, step ?? "");
    dashboard.hide(part.change, !step);
    part.label.classList.toggle("noted", card.noted);
    const { baseline, baseline_note: note } = period;
    const against = baseline ? (step ? `vs ${baseline}` : `no value in ${baseline}`) : note ?? "not compared";
    text(part.since, card.value === null && card.notes.length ? card.notes[0] : against);
    line(part, card.spark);
  }

  /** A path through the points that have a value; gaps stay gaps. @param {CardParts} part @param {Wire.Figure[]} points */
  function line(part, points) {
    const known = points.filter((point) => point !== null);
    const flat = known.length < 2;
    part.spark.classList.toggle("none", flat);
    if (flat) return;
    const low = Math.min(...known);
    const span = Math.max(...known) - low || 1;
    const step = 100 / (points.length - 1);
    let path = "";
    let pen = false;
    points.forEach((point, place) => {
      if (point === null) {
        pen = false;
        return;
      }
      path += `${pen ? "L" : "M"}${(place * step).toFixed(1)} ${(28 - (26 * (point - low)) / span).toFixed(1)}`;
      pen = true;
    });
    attribute(part.path, "d", path);
    attribute(part.area, "d", known.length === points.length ? `${path}L100 30L0 30Z` : "");
  }

  /** What the label says on demand: the name, the whole figure, the definition and the formula.
      @param {CardParts} part @returns {TipLine[]} */
  function explain({ key, metric, card, period }) {
    if (!card || !period) return [];
    const { full } = dashboard.format;
    /** @type {TipLine[]} */
    const found = [{ kind: "title", text: metric.label }];
    if (metric.unit === "people" && card.value !== null) {
      found.push({ kind: "figure", text: `Between ${full(metric, card.low)} and ${full(metric, card.value)}` });
    } else found.push({ kind: "figure", text: full(metric, card.value) });
    if (card.baseline !== null && period.baseline) found.push({ text: `${full(metric, card.baseline)} in ${period.baseline}` });
    found.push(...card.notes.map((note) => ({ kind: "note", text: note })));
    return [...found, ...dashboard.tips.metric(key)];
  }

  dashboard.cards = { draw };
})();
