// A page on paper, from its menu, by key or by the browser's own menu: light, as wide as the paper, every chart drawn at that
// width, without controls (css/paper.css). A report is the same paper (report/making.py).
(() => {
  const { dashboard } = window;
  const { make, byId, one } = dashboard;
  const root = document.documentElement;
  const PATIENCE = 20_000; // ms for figures that are still on their way
  let scrolled = 0;

  const charts = () => /** @type {ChartItem[]} */ (dashboard.visuals.all().filter(({ page, spec, parts, pending }) => window.Plotly
    && page === dashboard.page.open() && spec.kind === "chart" && parts && pending?.context.visual.state === "ready"));

  /** Turns the page into its paper at once: the browser's own menu does not wait. Resolves when what plotly draws later is
      drawn too. @type {Dashboard["paper"]["on"]} */
  async function on() {
    if (root.dataset.paper !== undefined) return;
    scrolled = scrollY;
    say();
    root.dataset.paper = "";
    dashboard.columns.again();
    const drawn = charts();
    for (const item of drawn) item.width = item.parts.clientWidth;
    for (const item of drawn.filter(({ spec }) => spec.in_words)) { // nobody hovers over paper
      const { alt = "" } = /** @type {Wire.Chart} */ (item.pending?.context.visual ?? {});
      const figures = alt.replace(/^[^.]*\. /, ""); // what kind of chart it is can be seen
      item.body.append(make("p", { class: "line paper-words", text: figures }));
    }
    dashboard.theme.force("light");
    const draw = (/** @type {ChartItem} */ item) => (item.visual ? dashboard.charts.again(item) : dashboard.visuals.again(item));
    await Promise.all([document.fonts.ready, ...drawn.map(draw)]);
  }

  function off() {
    if (root.dataset.paper === undefined) return;
    delete root.dataset.paper;
    dashboard.theme.force(null);
    byId("paper-head")?.remove();
    for (const words of document.querySelectorAll(".paper-words")) words.remove();
    dashboard.columns.again();
    scrollTo({ top: scrolled, behavior: "instant" });
  }

  /** What the page says in its controls and at its edges, in words: below its title, and shorter at the foot of each sheet. */
  function say() {
    const page = dashboard.page.open();
    const { title } = dashboard.spec.pages[page];
    const answer = dashboard.view.shown();
    const [head, foot] = answer?.page === page ? words(answer) : [[], []];
    const now = new Date().toLocaleString(root.lang, { dateStyle: "medium", timeStyle: "short" });
    root.style.setProperty("--foot", JSON.stringify([title, ...foot, `Printed ${now}`].join(" · ")));
    one(document, ".heading").append(make("div", { id: "paper-head" }, ...head.map((text) => make("p", { text }))));
  }

  /** @param {Wire.View} answer */
  function words({ chips, as_of: of, data, period, scope }) {
    const past = of ? [`${of.label} ${of.sentence}`.trim()] : [];
    const filters = (most = 0) => chips.map(({ label, named, all }) => `${label}: ${all.length > most ? named : all}`).join("; ");
    const mine = scope.length ? [`Only ${scope.join("; ")}: the rows that this reader may see`] : [];
    const all = `No filters: all ${mine.length ? "of these" : "figures of these days"}`;
    // A report has no banner that says so, nor has a page behind a company's sign-in.
    const demo = data.demo ? "Demo data" : "";
    const whole = demo && `${demo}: a company that does not exist`;
    const lacks = [byId("banner-lacks")?.querySelector(".banner-text")?.textContent ?? ""].filter(Boolean);
    return [
      [...past, ...mine, chips.length ? `Filters: ${filters(600)}` : all, data.label, whole, ...lacks].filter(Boolean),
      [demo, period.label, ...mine, filters() || "No filters", `${data.label} (version ${data.version})`].filter(Boolean),
    ];
  }

  /** Everything that is asked for has arrived. @type {Dashboard["paper"]["ready"]} */
  async function ready() {
    const loading = () => document.querySelector(`[data-page="${dashboard.page.open()}"] [data-state="loading"]`);
    for (let waited = 0; waited < PATIENCE && (loading() || root.dataset.busy !== undefined); waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async function print() {
    await ready();
    await on();
    window.print();
  }

  addEventListener("beforeprint", on);
  addEventListener("afterprint", off);

  dashboard.paper = { on, off, ready, print };
})();
