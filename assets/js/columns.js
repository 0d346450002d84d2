// Which columns of a table a telephone shows beside its names: as many as fit, the one that is chosen first.
(() => {
  const { dashboard } = window;
  const NARROW = matchMedia("(max-width: 480px)");
  const NARROWEST = matchMedia("(max-width: 360px)");
  const LETTER = 13; // px of a figure's and a name's letters
  const HEAD = 12; // and of a head's, beside which stands the mark of its order
  const MARK = 11;
  const BESIDE = 8; // px on both sides of a cell
  const DOT = 20; // px of a platform's dot before its name
  const NAME = { campaign: 108, wide: 150, narrow: 92 }; // px of a column of names, at least or at most (telephone.css)

  /** @param {string} text @param {number} size */
  const wide = (text, size) => Math.ceil(dashboard.cards.ems(text) * size);
  const AS_WORDS = 0.8; // of what letters take at most, words take less: few of their letters are the widest
  /** @param {string} text @param {number} size */
  const wideWords = (text, size) => Math.ceil(wide(text, size) * AS_WORDS);
  /** The longest word, as heads and names are broken between words. @param {string} text @param {number} size */
  const widestWord = (text, size) => Math.max(...text.split(/[ -]/).map((word) => wideWords(word, size)));

  /** How wide the columns of names are. @param {Wire.Table} visual @param {NameColumn[]} columns */
  function ofNames(visual, columns) {
    const most = NARROWEST.matches ? NAME.narrow : NAME.wide;
    const shown = columns[0].below === undefined ? columns : columns.slice(0, 1);
    return shown.reduce((sum, { place, below, key }) => {
      if (below !== undefined) return sum + NAME.campaign + BESIDE;
      const words = [dashboard.spec.dimensions[key] ?? key, ...visual.keys[place]];
      const room = Math.max(...words.map((name) => widestWord(name, LETTER))) + (key === "platform" ? DOT : 0);
      return sum + Math.min(room, most) + BESIDE;
    }, 0);
  }

  /** How wide the column of a metric is. @param {Wire.Table} visual @param {string} key @param {number} place */
  function ofFigures({ values, total }, key, place) {
    const metric = dashboard.metric(key);
    const figures = total ? [...values[place], total[place]] : values[place];
    const widest = Math.max(0, ...figures.map((value) => wide(dashboard.format.full(metric, value), LETTER)));
    return Math.max(widest, widestWord(metric.short, HEAD) + MARK) + BESIDE;
  }

  /** The metrics whose columns are shown, in their order: all of them but on a telephone, where those that fit stand from the
      chosen one on, behind the one that campaigns are ranked by where a table has a column more for it.
      @type {Dashboard["columns"]["fitting"]} */
  function fitting(item, visual, metrics, columns) {
    const { root, spec, body } = item;
    const chosen = root.dataset.columns ?? "all";
    if (!NARROW.matches || chosen === "all" || document.documentElement.dataset.paper !== undefined) return metrics;
    const first = metrics.length - spec.metrics.length;
    const own = metrics.slice(first);
    const from = Math.max(0, own.indexOf(chosen));
    const order = [...own.slice(from), ...own.slice(0, from)];
    let room = (body.clientWidth || innerWidth - 58) - ofNames(visual, columns);
    /** @param {string} key */
    const fits = (key) => (room -= ofFigures(visual, key, metrics.indexOf(key))) >= 0;
    const chosenTakes = ofFigures(visual, order[0], metrics.indexOf(order[0]));
    const ranked = metrics.slice(0, first).filter((key) => room >= ofFigures(visual, key, 0) + chosenTakes && fits(key));
    return [...ranked, ...order.filter((key, place) => fits(key) || place === 0)];
  }

  /** Another column is chosen to be the first. @param {HTMLSelectElement} select */
  function choose(select) {
    const root = /** @type {HTMLElement} */ (select.closest("[data-visual]"));
    root.dataset.columns = select.value;
    again(({ root: each }) => each === root);
  }

  /** Tables that stand are drawn for the width that there is now. @param {(item: Item) => boolean} which */
  function again(which = () => true) {
    for (const item of dashboard.visuals.all()) {
      if (item.spec.kind === "table" && item.parts && item.pending && which(item)) dashboard.tables.refit(/** @type {TableItem} */ (item));
    }
  }

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width || Math.min(innerWidth, width) > 480) return void (width = innerWidth);
    width = innerWidth;
    again();
  });

  dashboard.columns = { fitting, choose, again };
})();
