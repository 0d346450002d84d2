// A chart's legend in HTML: it wraps on a narrow screen, is reached by the keyboard, and costs plotly nothing.
(() => {
  const { dashboard } = window;
  const { make, attribute } = dashboard;

  /** @type {(trace: Trace) => string | null} */
  const colourOf = (trace) => trace.line?.color ?? (Array.isArray(trace.marker?.color) ? null : trace.marker?.color) ?? null;
  /** What is shown and hidden together: a line and its comparison. @type {(trace: Trace) => string} */
  const groupOf = (trace) => trace.legendgroup ?? colourOf(trace) ?? trace.name;
  /** @type {(trace: Trace) => string} */
  const markOf = (trace) => {
    if (!trace.type?.startsWith("scatter")) return "square";
    return trace.mode === "markers" ? trace.marker?.symbol ?? "circle" : "line";
  };

  /** Take plotly's legend off `layout`, hide what the reader has switched off, and draw ours above the chart.
      @type {Dashboard["legend"]["put"]} */
  function put(item, data, layout) {
    const wanted = layout.showlegend;
    layout.showlegend = false;
    const off = (item.off ??= new Set());
    for (const trace of data) if (off.has(groupOf(trace))) trace.visible = false;
    const entries = wanted ? data.filter((trace) => trace.name && trace.showlegend !== false) : [];
    const shape = JSON.stringify([entries.map((trace) => [trace.name, groupOf(trace), markOf(trace), colourOf(trace)]), [...off]]);
    if (shape === item.legendShape) return;
    item.legendShape = shape;
    item.legend?.replaceChildren(...(entries.length > 1 ? entries.map((trace) => entry(item, trace)) : []));
  }

  /** The legend's place above a chart that has one; its room is there before its entries are. @type {Dashboard["legend"]["place"]} */
  function place(item) {
    if (!item.spec.layout.showlegend) return;
    item.legend = make("ul", { class: "legend" });
    item.parts.before(item.legend);
  }

  /** @param {ChartItem} item @param {Trace} trace */
  function entry(item, trace) {
    const group = groupOf(trace);
    const mark = make("span", { class: `legend-mark mark-${markOf(trace)}`, "aria-hidden": "true" });
    const colour = colourOf(trace);
    if (colour) mark.style.color = colour;
    const name = make("span");
    name.textContent = plain(trace.name);
    const button = make("button", { type: "button", "aria-pressed": String(!item.off.has(group)) }, mark, name);
    button.addEventListener("click", () => {
      if (!item.off.delete(group)) item.off.add(group);
      dashboard.charts.again(item);
      for (const each of item.legend?.querySelectorAll("button") ?? []) if (each.dataset.group === group) each.focus();
    });
    attribute(button, "data-group", group);
    return make("li", {}, button);
  }

  /** Names are escaped for plotly; here they go in as text. @type {Dashboard["legend"]["plain"]} */
  const plain = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

  dashboard.legend = { place, put, plain };
})();
