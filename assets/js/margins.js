// Room for the axes' words, measured here: plotly's own automargin draws a chart two to four times until it fits.
(() => {
  const { dashboard } = window;
  const TITLE = 22;
  const TICKS = 18; // height of one line of tick labels, with its distance to the axis
  const LINE = 15;
  const GAP = 10;
  const HALF = 28; // of the last label below: plotly would measure all of them, for each, to hide what does not fit
  /** @type {Pen | null} */
  let pen = null;
  /** @type {Map<string, number>} */
  const widths = new Map();

  /** How wide `text` is as a tick label, in px. @type {Dashboard["margins"]["width"]} */
  function width(text, size = 13) {
    const key = `${size} ${text}`;
    let found = widths.get(key);
    if (found === undefined) {
      pen ??= /** @type {Pen} */ (document.createElement("canvas").getContext("2d"));
      pen.font = `${size}px Inter, system-ui, sans-serif`;
      if (widths.size > 2000) widths.clear();
      widths.set(key, (found = Math.ceil(pen.measureText(plain(text)).width)));
    }
    return found;
  }

  /** Names arrive escaped for plotly; what is measured is what is seen. @type {(text: unknown) => string} */
  const plain = (text) => String(text).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

  /** `text` in lines of at most `room` px, cut where a single word is wider. @param {string} text @param {number} room */
  function wrapped(text, room, lines = 2) {
    const found = [""];
    for (const word of text.split(" ")) {
      const longer = found.at(-1) ? `${found.at(-1)} ${word}` : word;
      if (width(longer) <= room || !found.at(-1)) found[found.length - 1] = longer;
      else found.push(word);
    }
    if (found.length > lines) found.splice(lines - 1, Infinity, found.slice(lines - 1).join(" ")); // too long: cut below
    return found.map((line) => shortened(line, room));
  }

  /** @param {string} line @param {number} room */
  function shortened(line, room) {
    if (width(line) <= room) return line;
    let cut = plain(line);
    while (cut.length > 2 && width(`${cut}…`) > room) cut = cut.slice(0, -1);
    return `${cut.trimEnd()}…`.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }

  /** The names on a category axis: as it orders them, else as the first trace has them.
      @type {(axis: Axis, data: Trace[], letter: "x" | "y") => unknown[]} */
  const names = (axis, data, letter) => axis.categoryarray ?? data.find((trace) => Array.isArray(trace[letter]))?.[letter] ?? [];

  /** Names as tick labels that fit: wrapped, at their places, or at every `dtick`th; returns the most lines and the widest.
      @param {Axis} axis @param {unknown[]} known @param {number} room */
  function label(axis, known, room) {
    const widestWord = Math.max(0, ...known.flatMap((value) => String(value).split(" ")).map((word) => width(word)));
    let every = axis.dtick ?? 1;
    while (axis.dtick && every < known.length && room * every < widestWord) every *= 2;
    const values = known.filter((_, place) => place % every === 0);
    room *= every;
    const words = values.flatMap((value) => String(value).split(" "));
    if (words.some((word) => width(word) > room)) {
      axis.tickfont = { ...axis.tickfont, size: 11 };
      room *= 13 / 11; // in px of the usual size
    }
    const lines = values.map((value) => wrapped(String(value), room));
    axis.tickmode = "array";
    axis.tickvals = values.map((_, place) => place * every);
    axis.ticktext = lines.map((each) => each.join("<br>"));
    const most = Math.max(1, ...lines.map((each) => each.length));
    const cut = lines.flat().some((line) => line.endsWith("…"));
    return { every, most, cut, widest: Math.max(0, ...lines.flat().map((line) => width(line))) };
  }

  const LONGEST = 150; // px that an upright name may be long
  const SMALL = 11;
  /** Names below a plot that would be cut stand upright; returns how far they reach down.
      @param {Axis} axis @param {unknown[]} known */
  function upend(axis, known) {
    axis.tickangle = -90;
    axis.tickfont = { ...axis.tickfont, size: SMALL };
    axis.ticktext = known.map((value) => shortened(String(value), (LONGEST * 13) / SMALL));
    return Math.max(...axis.ticktext.map((/** @type {string} */ text) => width(text, SMALL))) + SMALL;
  }

  /** @param {Axis} axis */
  const ofNames = (axis) => axis.type === "category";
  const WIDEST = ["80k", "800k", "1.5M"]; // of what stands on an axis of money
  const ofMoney = () => {
    const widths = WIDEST.map((label) => width(dashboard.format.tick("money", label), 12));
    return Math.max(32 + width(dashboard.format.sign()), ...widths);
  };
  /** @param {Axis} axis */
  const ofFigures = ({ tickformat = "", showticklabels }) => (showticklabels === false ? 0 : tickformat.includes("$") ? ofMoney() : 34);

  /** @param {string} name */
  const ofDays = (name) => Math.max(...dashboard.format.days(name).map((label) => width(label, 12)));

  const WEEK = 604_800_000;
  const MONTH = 2_629_800_000; // a twelfth of a year, as axes have it
  /** Labels of weeks' and months' first days come every `dtick`, about eight of them: fewer where they would touch.
      @param {Axis} axis @param {Trace[]} data @param {number} room */
  function thin(axis, data, room) {
    const days = data.flatMap(({ x }) => (x?.length ? [x[0], x.at(-1)] : [])).map(Date.parse);
    const span = Math.max(...days) - Math.min(...days);
    const months = typeof axis.dtick === "string";
    const step = months ? MONTH : WEEK;
    const needs = () => GAP + ofDays(every * step < MONTH ? "dayMonth" : "month"); // as trend.py has plotly write them
    let every = months ? Number(axis.dtick.slice(1)) : axis.dtick / WEEK;
    while (every * step < span && (every * step * room) / span < needs()) every += months ? every : 1;
    axis.dtick = months ? `M${every}` : every * WEEK;
  }

  /** Put margins on `layout` that its axes fit into; only where an axis asks for it (`automargin`). @type {Dashboard["margins"]["fit"]} */
  function fit(layout, data, wide) {
    const { xaxis } = layout;
    const upright = axesOf(layout).map((name) => layout[name]);
    const margin = { l: 8, r: 8, t: 8, b: 8, ...layout.margin };
    layout.margin = margin;
    for (const axis of [xaxis, ...upright]) if (axis?.tickformat) axis.labelalias = dashboard.format.ticks(axis);
    for (const axis of upright) {
      if (!axis?.automargin || axis.visible === false) continue;
      axis.automargin = false;
      const side = axis.side === "right" ? "r" : "l";
      const words = ofNames(axis) ? label(axis, names(axis, data, "y"), Math.max(56, wide * 0.3)).widest : ofFigures(axis);
      margin[side] = Math.max(margin[side], words + GAP + (axis.title?.text ? TITLE : 0));
    }
    if (xaxis?.automargin && xaxis.visible !== false) {
      xaxis.automargin = false;
      xaxis.tickangle = 0;
      let lines = 1;
      if (ofNames(xaxis)) {
        const values = names(xaxis, data, "x");
        const step = (wide - margin.l - margin.r) / Math.max(1, values.length);
        const { most, every, cut } = label(xaxis, values, step - 4);
        lines = most;
        if (cut && !xaxis.dtick) {
          margin.b = Math.max(margin.b, upend(xaxis, values) + (xaxis.title?.text ? TITLE : 0));
        }
        // What is written above the bars is written where a name stands below.
        for (const trace of /** @type {Written[]} */ (xaxis.dtick ? data : [])) {
          if (trace.mode === "text") trace.text = trace.text.map((text, place) => (place % every ? "" : text));
        }
      } else {
        margin.r = Math.max(margin.r, HALF, xaxis.type === "date" ? ofDays("month") / 2 : 0);
        const room = wide - margin.l - margin.r;
        if (xaxis.type === "date" && xaxis.dtick) thin(xaxis, data, room);
        else if (xaxis.type === "date") xaxis.nticks = Math.max(2, Math.floor(room / (GAP + ofDays("dayMonth"))));
        if (xaxis.tickformat?.includes("$")) xaxis.nticks = Math.max(2, Math.floor(room / (ofMoney() + 12)));
      }
      margin.b = Math.max(margin.b, TICKS + (lines - 1) * LINE + 6 + (xaxis.title?.text ? TITLE : 0));
    }
    for (const trace of data) if (trace.type === "pie") round(trace, margin, wide);
  }

  /** A ring's labels stand outside: their width on both sides.
      @param {Trace} trace @param {Record<string, number>} margin @param {number} wide */
  function round(trace, margin, wide) {
    trace.automargin = false;
    const widest = Math.max(0, ...trace.labels.map((/** @type {string} */ each) => width(each)));
    const side = Math.min(widest + 24, wide * 0.3);
    if (widest > side && Array.isArray(trace.text)) { // names in lines, over their shares
      trace.customdata = trace.text;
      trace.hovertemplate = trace.hovertemplate?.replace("%{text}", "%{customdata}");
      trace.textinfo = "text";
      trace.text = trace.text.map((share, place) => [...wrapped(String(trace.labels[place]), side), share].join("<br>"));
    }
    Object.assign(margin, { l: side, r: side, t: 30, b: 30 });
  }

  /** The names of a layout's y axes. @param {Layout} layout */
  function axesOf(layout) {
    return Object.keys(layout).filter((name) => /^yaxis\d*$/.test(name));
  }

  dashboard.margins = { fit, width, upright: axesOf };
})();
