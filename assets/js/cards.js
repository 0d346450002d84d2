// Cards: the figure, its change in sign, arrow, words and colour, and its course as a small line.
(() => {
  const { dashboard } = window;
  const { make, makeSvg, text, attribute } = dashboard;
  /** By the sign of a change. @type {Record<string, [mark: string, word: string]>} */
  const ARROWS = { "+": ["▲", "up"], "−": ["▼", "down"], "±": ["■", "level"] };
  /** Kinds of letters and how wide they are at most, in sizes of the letters; others are as wide as they are high.
      @type {[RegExp, number][]} */
  const WIDTHS = [
    [/[\s.,’،٫fijlrt]|\p{Cf}/u, 0.4],
    [/\d/, 0.64],
    [/[%≤MWmwЖМШЩЮжмшщыю]/, 1.08],
    [/\p{Mn}/u, 0.3],
    [/\p{Script=Latin}|\p{Script=Arabic}|\p{S}/u, 0.74],
    [/\p{Script=Cyrillic}|\p{Script=Greek}/u, 0.84],
    [/[^]/, 1.04],
  ];

  /** @type {Dashboard["cards"]["draw"]} */
  function draw(item, visual, answer) {
    const shape = visual.metrics.join();
    if (item.parts?.shape !== shape) item.parts = { shape, cards: build(item, visual.metrics) };
    const { cards } = item.parts;
    visual.cards.forEach((card, place) => fill(cards[place], card, answer.period, card.days ?? visual.days));
    const widest = Math.max(...cards.map(({ value }) => ems(value.textContent ?? "")));
    attribute(dashboard.one(item.body, ".cards"), "style", `--cards: ${cards.length}; --ems: ${widest.toFixed(2)}`);
    dashboard.visuals.line(item, visual.line);
  }

  /** At most how wide a figure is, in sizes of its letters: cards.css makes all figures of a row as small as the widest
      needs. Nothing is measured, so that nothing is laid out for it. @type {Dashboard["cards"]["ems"]} */
  const ems = (text) => [...text].reduce((sum, letter) => sum + (WIDTHS.find(([kind]) => kind.test(letter))?.[1] ?? 0), 0);

  /** @param {CardsItem} item @param {string[]} keys @returns {CardParts[]} */
  function build(item, keys) {
    const grid = make("div", { class: "cards", "data-cards": keys.length });
    const parts = keys.map((key) => {
      const metric = dashboard.metric(key);
      const label = make("button", { type: "button", class: "term", text: metric.short });
      const value = make("button", {
        type: "button", class: "card-value", "data-metric": key, "data-do": "prove", "aria-haspopup": "dialog",
        title: "How this comes about",
      });
      const arrow = make("span", { class: "card-arrow", role: "img" });
      const step = make("span");
      const change = make("span", { class: "card-change" }, arrow, step);
      const words = make("span");
      const old = make("bdi", { dir: "ltr" }); // as the figure above it, also in Arabic
      const spark = makeSvg("svg", { class: "spark", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
      const [area, before, path, mark] = ["area", "before", "line", "mark"].map((name) => makeSvg("path", { class: `spark-${name}` }));
      spark.append(area, before, path, mark);
      /** @type {CardParts} */
      const part = /** @type {any} */ ({ key, metric, label, value, change, arrow, step, words, old, at: 0 });
      Object.assign(part, { spark, path, before, area, mark });
      dashboard.tips.set(label, () => explain(part));
      dashboard.tips.set(spark, () => course(part));
      for (const name of /** @type {const} */ (["pointermove", "pointerdown"])) {
        spark.addEventListener(name, (event) => point(part, event));
      }
      const against = make("div", { class: "card-against" }, change, make("span", { class: "card-since" }, words, old));
      const foot = make("div", { class: "card-foot" }, against, spark);
      grid.append(make("div", { class: "card-box" }, make("div", { class: "card-label" }, label), value, foot));
      return part;
    });
    item.body.replaceChildren(grid);
    item.line = null;
    return parts;
  }

  /** Reach adds up people whom several campaigns reach: there are at most so many.
      @param {Wire.Metric} metric @param {Wire.Figure} value */
  const brief = (metric, value) => (metric.unit === "people" && value !== null ? "≤ " : "") + dashboard.format.brief(metric, value);

  /** @param {CardParts} part @param {Wire.Card} card @param {Wire.Period} period @param {string[][]} days */
  function fill(part, card, period, days) {
    Object.assign(part, { card, period, days });
    text(part.label, card.label ?? part.metric.short);
    text(part.value, card.text);
    attribute(part.value, "data-value", card.value === null ? "" : String(card.value));
    const [words, step] = against(card, period);
    attribute(part.change, "class", `card-change ${card.tone}`.trim());
    const [mark, word] = ARROWS[step?.[0] ?? ""] ?? ["", ""];
    text(part.arrow, mark);
    attribute(part.arrow, "aria-label", word);
    text(part.step, word === "level" ? step ?? "" : step?.slice(1) ?? ""); // the arrow is its sign
    dashboard.hide(part.change, !step);
    text(part.words, words);
    text(part.old, step ? card.was : "");
    part.label.classList.toggle("noted", card.noted);
    lines(part, card);
  }

  /** What the figure is compared with: the words before the figure that it comes from, and the change with its sign; words
      alone where there is none. @param {Wire.Card} card @param {Wire.Period} period @returns {[words: string, step: string | null]} */
  function against({ value, baseline, step, turned, notes }, { baseline: days, baseline_note: note }) {
    if (value === null && notes.length) return [notes[0], null];
    if (!days) return [note ?? "not compared", null];
    if (value === null || baseline === null) return [value === null ? "no value" : "no value before", null];
    return [turned ? "turned from " : "from ", step];
  }

  /** Both courses on one scale. @param {CardParts} part @param {Wire.Card} card */
  function lines(part, { spark, spark_before: before }) {
    const known = [...spark, ...before].filter((value) => value !== null);
    const low = Math.min(...known);
    const span = Math.max(...known) - low || 1;
    /** @param {number} value */
    const height = (value) => 28 - (26 * (value - low)) / span;
    part.spark.classList.toggle("none", spark.filter((value) => value !== null).length < 2);
    const path = line(spark, height);
    attribute(part.path, "d", path);
    attribute(part.before, "d", line(before, height));
    attribute(part.area, "d", spark.includes(null) ? "" : `${path}L100 30L0 30Z`);
    attribute(part.mark, "d", "");
    dashboard.tips.renew(part.spark);
  }

  /** A path through the points that have a value; gaps stay gaps, and what stands alone is a dot.
      @param {Wire.Figure[]} points @param {(value: number) => number} height */
  function line(points, height) {
    const step = 100 / (points.length - 1 || 1);
    let path = "";
    points.forEach((value, place) => {
      if (value === null) return;
      const joined = place > 0 && points[place - 1] !== null;
      path += `${joined ? "L" : "M"}${(place * step).toFixed(1)} ${height(value).toFixed(1)}${joined ? "" : "h0"}`;
    });
    return path;
  }

  /** The point below the pointer is marked, and its figures are told. @param {CardParts} part @param {PointerEvent} event */
  function point(part, { clientX }) {
    const { left, width } = part.spark.getBoundingClientRect();
    const last = part.card.spark.length - 1;
    const at = Math.max(0, Math.min(last, Math.round(((clientX - left) / width) * last)));
    const place = ((100 * at) / last).toFixed(1);
    attribute(part.mark, "d", `M${place} 0V30`);
    if (part.at === at) return;
    part.at = at;
    dashboard.tips.renew(part.spark);
  }

  /** The days and figures of a point of both courses. @param {CardParts} part @returns {TipLine[]} */
  function course({ metric, card, days: [now, then], at }) {
    const { spark, spark_before: before } = card;
    const beside = Math.round((at * (before.length - 1)) / (spark.length - 1 || 1));
    /** @param {string} day @param {Wire.Figure} value */
    const say = (day, value) => `${day}: ${value === null ? "no value" : brief(metric, value)}`;
    return [{ kind: "figure", text: say(now[at], spark[at]) }, ...(before.length ? [{ text: say(then[beside], before[beside]) }] : [])];
  }

  /** What the label says on demand: the name, the whole figure, the definition and the formula.
      @param {CardParts} part @returns {TipLine[]} */
  function explain({ key, metric, card, period }) {
    const { full } = dashboard.format;
    /** @type {TipLine[]} */
    const found = [{ kind: "title", text: card.label ?? metric.label }];
    if (metric.unit === "people" && card.value !== null) {
      found.push({ kind: "figure", text: `Between ${full(metric, card.low)} and ${full(metric, card.value)}` });
    } else found.push({ kind: "figure", text: full(metric, card.value) });
    if (card.baseline !== null && period.baseline) found.push({ text: `${full(metric, card.baseline)} in ${period.baseline}` });
    found.push(...card.notes.map((note) => ({ kind: "note", text: note })));
    return [...found, ...dashboard.tips.metric(key)];
  }

  dashboard.cards = { draw, ems };
})();
