// Charts: an answer merged over its prototypes, colours of the theme put in, given to plotly on an element that stays.
(() => {
  const { dashboard } = window;
  const { make, attribute } = dashboard;
  /** @type {object | null} */
  let config = null;
  const CONFIG = { displaylogo: false, showSendToCloud: false, responsive: false, displayModeBar: false };
  /** Lists of figures and names: no colours to look for in them. */
  const PLAIN = new Set(["x", "y", "z", "r", "theta", "text", "values", "labels", "customdata", "name", "title", "hovertemplate"]);

  /** @param {any} value */
  const plain = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

  /** `over` laid over `base`, both left as they are, colours put in on the way.
      @param {Record<string, any>} base @param {Record<string, any>} over @returns {Record<string, any>} */
  function merged(base, over) {
    /** @type {Record<string, any>} */
    const found = {};
    for (const name in base) if (!(name in over)) found[name] = coloured(name, base[name]);
    for (const name in over) {
      found[name] = plain(base[name]) && plain(over[name]) ? merged(base[name], over[name]) : coloured(name, over[name]);
    }
    return found;
  }

  /** @param {string} name @param {any} value @returns {any} */
  function coloured(name, value) {
    if (typeof value === "string") return value.startsWith("--") && !PLAIN.has(name) ? dashboard.theme.colour(value) : value;
    if (Array.isArray(value)) return PLAIN.has(name) ? value : value.map((each) => coloured("", each));
    return value && typeof value === "object" ? merged(value, {}) : value;
  }

  /** @param {ChartItem} item @param {Wire.Chart} visual */
  function figure(item, visual) {
    const data = visual.traces.map(({ of, ...filled }) => merged(item.spec.traces[of], filled));
    const layout = merged(item.spec.layout, visual.layout ?? {});
    Object.assign(layout, { width: item.width, height: item.spec.height, autosize: false });
    dashboard.format.hover(data);
    dashboard.legend.put(item, data, layout);
    dashboard.margins.fit(layout, data, item.width);
    dashboard.labels.put(data, layout);
    dashboard.titles.put(item, layout);
    return { data, layout };
  }

  const script = dashboard.loadOnce((src) => dashboard.attach(make("script", { src })));
  /** plotly.js, asked for once; its bytes are on their way since the head. */
  const library = () => (window.Plotly ? Promise.resolve() : script(dashboard.plotly));
  /** All of plotly.js, where somebody's own page has charts: ours has only the traces in use. */
  const whole = () => library().then(() => (dashboard.whole === dashboard.plotly ? undefined : script(dashboard.whole)));

  const DAY = 86_400_000;
  /** Of days without a gap only the first travels: plotly counts on from it, and reads no dates. @param {Trace[]} traces */
  function spread(traces) {
    for (const trace of traces) {
      if (!trace.days) continue;
      Object.assign(trace, { x0: trace.days[0], dx: DAY });
      delete trace.days;
    }
  }

  /** Everything about a chart but its drawing: its place, its name, the sentence below. @type {Dashboard["charts"]["prepare"]} */
  function prepare(item, visual, answer) {
    spread(visual.traces);
    if (item.said) return;
    if (!item.parts) build(item);
    attribute(item.parts, "aria-label", `${item.title}, ${answer.period.label}. ${visual.alt ?? visual.line ?? ""}`);
    dashboard.visuals.line(item, visual.line);
  }

  /** @type {Dashboard["charts"]["draw"]} */
  function draw(item, visual, answer) {
    prepare(item, visual, answer);
    dashboard.strip.clear(item);
    item.visual = visual;
    if (window.Plotly && item.width) return react(item);
    return Promise.all([library(), document.fonts.load("13px Inter")]).then(() => {
      if (item.visual === visual) return react(item);
    });
  }

  /** @type {Dashboard["charts"]["again"]} */
  function react(item) {
    if (dashboard.chapters.shut(item.root)) item.width = 0;
    else item.width ||= item.parts.clientWidth;
    if (!item.width) return null; // hidden: drawn when it has a size
    const { data, layout } = figure(item, /** @type {Wire.Chart} */ (item.visual));
    item.hue = dashboard.theme.now();
    const drawing = put(item.parts, data, layout);
    dashboard.explore.listen(item);
    return drawing;
  }

  /** Plotly.react would look what has changed, at nearly all of it, and take its settings anew, before it draws all the same.
      @param {ChartElement} chart @param {Trace[]} data @param {Layout} layout */
  function put(chart, data, layout) {
    const { Plotly } = /** @type {Required<Window>} */ (window);
    if (!chart._fullLayout) return Plotly.newPlot(chart, data, layout, config);
    Object.assign(chart, { data, layout });
    return Plotly.redraw(chart);
  }

  /** @param {ChartItem} item */
  function build(item) {
    const chart = make("div", { class: "chart", role: "img", style: `height: ${item.spec.height}px` });
    item.parts = /** @type {any} */ (Object.assign(chart, { item }));
    item.body.append(item.parts);
    dashboard.legend.place(item);
    dashboard.explore.offer(item);
    sizes.observe(item.parts);
    sight.observe(item.parts);
  }

  /** @type {Dashboard["charts"]["forget"]} */
  function forget(item) {
    if (!item.parts) return;
    sizes.unobserve(item.parts);
    sight.unobserve(item.parts);
    if (window.Plotly && item.parts._fullLayout) window.Plotly.purge(item.parts);
    item.visual = null;
    item.line = null;
    item.legend = null;
    item.legendShape = null;
    item.titles = null;
  }

  const sizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const width = Math.floor(contentRect.width);
      const { item } = /** @type {ChartElement} */ (target);
      if (!width || width === item.width) continue;
      item.width = width;
      if (window.Plotly && item.visual) react(item);
    }
  });

  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { item, _fullLayout } = /** @type {ChartElement} */ (target);
      item.near = isIntersecting;
      if (isIntersecting && _fullLayout && item.hue !== dashboard.theme.now()) react(item);
    }
  }, { rootMargin: "200px" });

  /** Whether a chart is in sight or nearly; one that was never drawn is asked where it stands. @type {Dashboard["charts"]["near"]} */
  function near(item) {
    if (item.parts && item.near !== undefined) return item.near;
    const { top, bottom } = item.body.getBoundingClientRect();
    return top < innerHeight + 200 && bottom > -200;
  }

  /** @param {Item} item @returns {item is ChartItem} */
  const isChart = (item) => item.spec.kind === "chart";

  /** Put the colours of a new theme on: at once what is in sight, the rest when it comes into sight. */
  function recolour() {
    for (const item of dashboard.visuals.all()) {
      if (isChart(item) && item.near && item.parts?._fullLayout) react(item);
    }
  }

  dashboard.charts = {
    prepare, draw, again: react, forget, near, recolour, library, whole,
    use: ({ locale, formats }) => (config = { ...CONFIG, locale, locales: { [locale]: { format: formats.plotly } } }),
  };
})();
