// What stands at the ends of bars is written by a trace of text, which can step aside from the line across them; plotly's own
// texts on bars cannot (docs/decisions/0025).
(() => {
  const { dashboard } = window;
  const GAP = 4.5; // px from a bar's end to its text

  /** Bars whose text stands outside keep it for the hover, and a trace of text is put over them. @type {Dashboard["labels"]["put"]} */
  function put(data, layout) {
    const written = /** @type {Written[]} */ (data);
    if (layout.xaxis?.type === "category" && layout.xaxis.dtick) {
      for (const trace of written) if (trace.mode === "text") lift(trace, data, layout);
    }
    for (const dots of written.filter(({ mode, x }) => mode === "markers+text" && layout.xaxis?.type === "category" && x)) {
      Object.assign(dots, narrowed(dots.text, dots.x.length, layout));
    }
    for (const cells of data.filter(({ type }) => type === "heatmap")) inCells(cells, layout);
    for (const bar of written.filter(({ type, textposition }) => type === "bar" && textposition === "outside")) {
      bar.textposition = "none";
      if (bar.orientation === "h") widen(bar, layout);
      data.push(atEnds(bar, layout));
    }
  }

  /** Figures that are wider than their cell come in lines, the number over its unit, and smaller if they must.
      @param {Trace} cells @param {Layout} layout */
  function inCells(cells, layout) {
    const room = LYING.room(layout) / cells.x.length - 8;
    const lacks = () => Math.max(0, ...cells.text.flat().flatMap((/** @type {string} */ words) => words.split("<br>"))
      .map((/** @type {string} */ words) => dashboard.margins.width(words) / room));
    if (lacks() <= 1) return;
    cells.text = cells.text.map((/** @type {string[]} */ row) => row.map((words) => words.replace(/\s/g, "<br>")));
    cells.textfont = { ...cells.textfont, size: Math.floor(13 / Math.max(1, lacks())) };
  }

  const MARK = 9.5; // px from a mark's middle to its edge
  /** A text above a narrow bar is as wide as several: it stands over the highest of them. Where two would lie side by side
      over each other, every second one goes, counted from the last. @param {Written} trace @param {Trace[]} data @param {Layout} layout */
  function lift(trace, data, layout) {
    const { y, text } = trace;
    const step = LYING.room(layout) / (y.length + 1); // the axis goes on a little, for the marks at its ends
    const bar = data.find(({ type }) => type === "bar");
    const aside = Math.max(MARK, ((bar?.width ?? 0) * step) / 2);
    const wide = Math.max(0, ...text.map((words) => dashboard.margins.width(words, 12)));
    let shown = text.flatMap((words, place) => (words ? [place] : []));
    while (shown.length > 1 && (shown[shown.length - 1] - shown[shown.length - 2]) * step < wide + GAP) {
      shown = shown.filter((_, place) => (shown.length - 1 - place) % 2 === 0);
    }
    const reach = Math.floor((wide / 2 + aside) / step);
    trace.text = text.map((words, place) => (shown.includes(place) ? words : ""));
    if (!reach) return;
    const near = (/** @type {number} */ place) => y.slice(Math.max(0, place - reach), place + reach + 1);
    trace.y = y.map((top, place) => (top === null ? null : Math.max(.../** @type {number[]} */ (near(place)))));
  }

  /** @typedef {{ along: string, gain: string, loss: string, room: (layout: Layout) => number }} Way @type {Way} */
  const UPRIGHT = {
    along: "y", gain: "top center", loss: "bottom center", room: ({ height, margin: { t, b } }) => height - t - b,
  };
  /** @type {Way} */
  const LYING = {
    along: "x", gain: "middle right", loss: "middle left", room: ({ width, margin: { l, r } }) => width - l - r,
  };

  /** Where a text would reach over the names beside the plot, or over its edge, the axis of lying bars goes on beyond it.
      @param {Written} bar @param {Layout} layout */
  function widen({ x, text }, layout) {
    const room = LYING.room(layout);
    const needs = text.map((words) => dashboard.margins.width(words) + 2 * GAP);
    for (let turn = 0; turn < 4; turn++) { // what is put on at an end makes the rest a little shorter
      const [low, high] = layout.xaxis.range;
      /** @param {number} value */
      const at = (value) => ((value - low) / (high - low)) * room;
      /** @param {number} side */
      const lacks = (side) => Math.max(0, ...x.map((value, place) => {
        const ends = value !== null && value < 0 === (side === 0);
        return ends ? needs[place] - Math.abs(at(value) - side) : 0;
      }));
      const [left, right] = [lacks(0), lacks(room)];
      const rest = room - left - right;
      if (left + right < 1 || rest < 40) return;
      layout.xaxis.range = [low - (left * (high - low)) / rest, high + (right * (high - low)) / rest];
    }
  }

  /** The texts of bars whose axis has a range, a little off their ends. @param {Written} bar @param {Layout} layout @returns {Trace} */
  function atEnds({ x, y, text, orientation, visible, yaxis }, layout) {
    const { along, gain, loss, room } = orientation === "h" ? LYING : UPRIGHT;
    const { range: [low, high], domain: [from, to] = [0, 1] } = layout[along === "x" ? "xaxis" : (yaxis ?? "y").replace("y", "yaxis")];
    const pixel = (high - low) / (room(layout) * (to - from));
    const values = along === "x" ? x : y;
    const line = layout.shapes?.[0]?.x0; // across lying bars: no text is written over it
    const ends = values.map((/** @type {Wire.Figure} */ value, place) => {
      if (value === null) return null;
      const way = (value < 0 ? -1 : 1) * pixel;
      const beyond = line === undefined ? -1 : (line - value) / way; // px from the bar's end to the line
      const crossed = along === "x" && beyond >= 0 && beyond < dashboard.margins.width(text[place]) + 2 * GAP;
      return (crossed ? line : value) + way * GAP;
    });
    const textposition = values.map((value) => (value !== null && value < 0 ? loss : gain));
    const plain = { hoverinfo: "skip", showlegend: false, cliponaxis: false };
    const fitting = along === "y" ? narrowed(text, x.length, layout) : {};
    const panel = yaxis ? { yaxis } : {};
    return { type: "scatter", mode: "text", x, y, [along]: ends, text, textposition, visible, ...panel, ...plain, ...fitting };
  }

  const SMALLEST = 9; // px of letters that can be read
  /** Figures side by side over `count` names are as small as they must be, and none where that is too small to read.
      @param {string[]} text @param {number} count @param {Layout} layout @returns {Partial<Trace>} */
  function narrowed(text, count, layout) {
    const size = Math.floor((13 * LYING.room(layout)) / count / (Math.max(1, ...text.map((words) => dashboard.margins.width(words))) + 4));
    if (size >= 13) return {};
    return size < SMALLEST ? { text: text.map(() => "") } : { textfont: { size } };
  }

  dashboard.labels = { put };
})();
