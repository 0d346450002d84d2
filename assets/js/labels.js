// What stands at the ends of bars is written by a trace of text: to put a text on a bar itself, plotly has the page laid
// out for each of them.
(() => {
  const dashboard = (window.dashboard ??= {});
  const GAP = 4.5; // px from a bar's end to its text

  /** Bars whose text stands outside keep it for the hover, and a trace of text is put over them. */
  function put(data, layout) {
    for (const bar of data.filter(({ type, textposition }) => type === "bar" && textposition === "outside")) {
      bar.textposition = "none";
      data.push(atEnds(bar, layout));
    }
  }

  const UPRIGHT = { along: "y", range: "yaxis", gain: "top center", loss: "bottom center", room: ({ height, margin: { t, b } }) => height - t - b };
  const LYING = { along: "x", range: "xaxis", gain: "middle right", loss: "middle left", room: ({ width, margin: { l, r } }) => width - l - r };

  /** The texts of bars whose axis has a range, a little off their ends. */
  function atEnds({ x, y, text, orientation, visible }, layout) {
    const { along, range, gain, loss, room } = orientation === "h" ? LYING : UPRIGHT;
    const [low, high] = layout[range].range;
    const gap = (GAP * (high - low)) / room(layout);
    const values = along === "x" ? x : y;
    const ends = values.map((value) => (value === null ? null : value < 0 ? value - gap : value + gap));
    const textposition = values.map((value) => (value < 0 ? loss : gain));
    return { type: "scatter", mode: "text", x, y, [along]: ends, text, textposition, visible, hoverinfo: "skip", showlegend: false, cliponaxis: false };
  }

  dashboard.labels = { put };
})();
