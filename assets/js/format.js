// Figures as a person reads them, by the signs and patterns that the server sends (kpi/formats.py): not by Intl, whose
// answers differ from one browser's version to the next and from what the server writes into sentences and files.
(() => {
  const { dashboard } = window;
  const NOTHING = "–";
  const MINUS = "−";
  /** @type {Wire.Around} */
  const NONE = ["", ""];
  /** @type {Wire.Formats} */
  let signs;

  /** @param {Wire.Figure | undefined} value @returns {value is null | undefined} */
  const missing = (value) => value === null || value === undefined || !Number.isFinite(value);

  /** `size` × 10^`shift` rounded at `decimals`, halves up, on the digits that its shortest writing has; as an integer.
      @param {number} size @param {number} decimals */
  function rounded(size, decimals, shift = 0) {
    const [digits, exponent = 0] = String(size).split("e");
    return Math.round(Number(`${digits}e${Number(exponent) + decimals + shift}`));
  }

  /** @param {number} size */
  const magnitude = (size) => Number(size.toExponential().split("e")[1]);

  /** A number between two texts, its sign before all of it. @param {Wire.Around} around @param {number} value @param {number} decimals */
  function between([before, after], value, decimals, shift = 0) {
    const units = rounded(Math.abs(value), decimals, shift);
    const digits = units.toFixed(0).padStart(decimals + 1, "0");
    let rest = digits.slice(0, digits.length - decimals);
    const [first, further] = signs.groups;
    let whole = rest.slice(-first);
    rest = rest.slice(0, -first);
    for (; rest; rest = rest.slice(0, -further)) whole = rest.slice(-further) + signs.group + whole;
    const part = decimals ? signs.decimal + digits.slice(-decimals) : "";
    return `${value < 0 && units ? MINUS : ""}${before}${whole}${part}${after}`;
  }

  /** The whole figure with its unit: "$1,204,331", "12.3%", "2.84×", "8.9 months". @type {Dashboard["format"]["full"]} */
  function full({ unit, decimals }, value) {
    if (missing(value)) return NOTHING;
    switch (unit) {
      case "money":
      case "unit_money":
        return between(signs.money, value, decimals);
      case "percent":
        return between(signs.percent, value, decimals, 2);
      case "ratio":
        return between(["", "×"], value, decimals);
      case "months":
        return between(["", " months"], value, decimals);
      default:
        return between(NONE, value, decimals);
    }
  }

  /** Amounts and counts in three digits ("$2.36M"), everything else in full. @type {Dashboard["format"]["brief"]} */
  function brief(metric, value) {
    const shortened = metric.unit === "money" || metric.unit === "count" || metric.unit === "people";
    if (!shortened || missing(value) || Math.abs(value) < 999.5) return full(metric, value);
    const steps = metric.unit === "money" ? signs.compact_money : signs.compact;
    const most = 2 - magnitude(Math.abs(value));
    const size = Number(`${rounded(Math.abs(value), most)}e${-most}`);
    const step = steps.findLast(([limit]) => size >= limit);
    if (!step) return between(metric.unit === "money" ? signs.money : NONE, value, 0);
    const scaled = size / step[1];
    return between([step[2], step[3]], value < 0 ? -scaled : scaled, Math.max(0, 2 - magnitude(scaled)));
  }

  /** @type {Dashboard["format"]["count"]} */
  const count = (value) => between(NONE, value, 0);

  /** @type {Record<string, number>} */
  const LETTERS = { m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  /** A tick label of plotly's ("250k €", "20%") as the locale writes it ("250.000 €", "20 %"). @type {Dashboard["format"]["tick"]} */
  function tick(unit, label) {
    const [, minus, digits, letter] = /^([−-]?)\D*?([\d.,\u00a0\u202f’']*\d)\s?([mkMGT]?)/.exec(label) ?? [];
    if (!digits) return label;
    const plain = digits.replaceAll(signs.group, "").replace(signs.decimal, ".");
    const size = Number(plain) * (LETTERS[letter] ?? 1);
    const value = minus ? -size : size;
    /** @param {string | number} number */
    const decimals = (number) => Number((String(number).split(".")[1] ?? "").length);
    if (unit === "percent") return between(signs.percent, value / 100, decimals(plain), 2);
    const around = unit === "money" ? signs.money : NONE;
    const step = (unit === "money" ? signs.compact_money : signs.compact).findLast(([limit]) => size >= limit);
    if (!step) return between(around, value, decimals(size));
    const scaled = Number((size / step[1]).toPrecision(6));
    return between([step[2], step[3]], value < 0 ? -scaled : scaled, decimals(scaled));
  }

  /** A percentage that plotly would write in its own way on hover ("1.20%"). */
  const PERCENT = "%{y:.2%}";
  /** Where the locale writes percentages in another way ("1,20 %"), points bring them as words.
      @type {Dashboard["format"]["hover"]} */
  function hover(traces) {
    if (signs.percent.join("") === "%" && !signs.percent[0]) return;
    for (const trace of traces.filter(({ hovertemplate }) => hovertemplate?.includes(PERCENT))) {
      trace.hovertemplate = trace.hovertemplate?.replace(PERCENT, "%{text}");
      trace.text = trace.y.map((/** @type {Wire.Figure} */ value) => full({ unit: "percent", decimals: 2 }, value));
    }
  }

  /** @type {Record<string, string>} */
  const KINDS = { "$~s": "money", "~s": "count", ".2~%": "percent" };
  /** What plotly takes for names of ticks, made when it asks: only it knows its ticks (docs/decisions/0025).
      What was asked for is kept, for copies of the figure.
      @type {Dashboard["format"]["ticks"]} */
  function ticks({ tickformat }) {
    const unit = KINDS[tickformat];
    if (!unit) return undefined;
    const has = () => true;
    /** @param {any} made @param {any} label */
    const get = (made, label) => {
      if (label === "hasOwnProperty") return has;
      return /\d/.test(String(label)) ? (made[label] ??= tick(unit, label)) : made[label];
    };
    return new Proxy({ "": "" }, { get }); // plotly drops what is empty
  }

  /** A label of each month as plotly writes them by a pattern of ours ("Sep 2028", "28 Sep"), to measure the widest.
      @type {Dashboard["format"]["days"]} */
  const days = (name) => signs.plotly.months.map((month) =>
    signs.plotly[name].replace("%b", month).replace("%Y", "2028").replace(/%-?[a-z]/g, "28"));

  dashboard.format = {
    full, brief, count, hover, tick, ticks, days,
    /** The currency's sign alone. */
    sign: () => signs.money.join("").trim(),
    use: ({ formats }) => (signs = formats),
  };
})();
