// Exploring: a click on a mark, or on the name of a row, filters the page to it; another one shows everything again.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  const HINTS = ["Click to filter", "Click to show all"]; // the first as the server's charts have it

  /** Whether the page is filtered to exactly these pairs of dimension and value. @type {Dashboard["explore"]["picked"]} */
  function picked(pairs) {
    const { chosen } = dashboard.view.wanted();
    return pairs.every(([dimension, value]) => chosen[dimension]?.length === 1 && chosen[dimension][0] === value);
  }

  /** @type {Dashboard["explore"]["pick"]} */
  function pick(pairs) {
    const again = picked(pairs);
    dashboard.view.change(Object.fromEntries(pairs.map(([dimension, value]) => [dimension, again ? [] : [value]])));
  }

  /** The value that a chart's label stands for: for plotly names are escaped and hold nothing that turns text around.
      @param {string} dimension @param {unknown} label */
  function valueOf(dimension, label) {
    const plain = dashboard.legend.plain(String(label));
    const values = dashboard.view.shown().options[dimension] ?? [];
    return values.includes(plain) ? plain : values.find((value) => dashboard.steady(value) === plain) ?? plain;
  }

  /** What a point of a chart stands for. @type {(item: ChartItem, point: ChartPoint) => Pair[]} */
  const pairsOf = (item, point) =>
    Object.entries(item.spec.pick ?? {}).map(([field, dimension]) => {
      return [dimension, valueOf(dimension, field === "name" ? point.data.name : point[field])];
    });

  /** @param {ChartItem} item */
  const picks = (item) => Object.keys(item.spec.pick ?? {}).length > 0;

  /** Whether a click on a mark shows everything again: the page is filtered to the one mark that there is. @param {ChartItem} item */
  const undoes = (item) =>
    picks(item) && Object.values(item.spec.pick ?? {}).every((name) => dashboard.view.shown().chosen[name]?.length === 1);

  /** Says on hover what a click does. @type {Dashboard["explore"]["hint"]} */
  function hint(item, data) {
    if (!undoes(item)) return;
    for (const trace of data) if (trace.hovertemplate) trace.hovertemplate = trace.hovertemplate.replace(HINTS[0], HINTS[1]);
  }

  /** Hear what is pointed at and clicked on a chart that plotly has drawn. A tap comes as two clicks, and shows the values first.
      @type {Dashboard["explore"]["listen"]} */
  function listen(item) {
    const chart = item.parts;
    if (chart.heard) return;
    chart.heard = true;
    /** @type {ChartPoint | null} */
    let over = null;
    const touch = () => chart.classList.contains("by-touch");
    const byTouch = (/** @type {PointerEvent} */ { pointerType }) => chart.classList.toggle("by-touch", pointerType === "touch");
    chart.addEventListener("pointerdown", byTouch, true);
    chart.addEventListener("pointermove", byTouch, true);
    dashboard.strip.listen(item);
    chart.on("plotly_hover", ({ points }) => {
      over = points[0];
      chart.classList.toggle("on-mark", picks(item));
      if (touch()) dashboard.strip.show(item, over, pairsOf(item, over));
    });
    chart.on("plotly_unhover", () => {
      over = null;
      chart.classList.remove("on-mark");
    });
    if (!picks(item)) return;
    /** @param {ChartPoint | null} point */
    const press = (point) => point && !touch() && pick(pairsOf(item, point));
    // Of a polar chart that is not dragged plotly tells what is hovered, but not what is clicked.
    if (item.spec.layout.polar) chart.addEventListener("click", () => press(over));
    else chart.on("plotly_click", ({ points }) => press(points[0]));
  }

  /** The same by keyboard: a button that shows itself on focus and offers the marks as buttons. @type {Dashboard["explore"]["offer"]} */
  function offer(item) {
    if (!picks(item)) return;
    const looks = "marks-button btn btn-sm btn-light";
    const button = make("button", { type: "button", class: looks, "aria-expanded": "false", text: "Filter by this chart" });
    button.addEventListener("click", () => dashboard.later("marks").then(() => dashboard.marks.open(item, button)));
    item.body.append(button);
    item.marks = button;
  }

  /** The campaign that the address names after its #, over the page; none where it names none. */
  function panel() {
    const named = new URLSearchParams(location.hash.slice(1));
    const campaign = named.get("campaign");
    if (!campaign) dashboard.panel?.hide();
    else dashboard.later("panel").then(() => dashboard.panel.show(named.get("platform") ?? "", campaign));
  }

  /** The name of a row was pressed: a campaign is opened, anything else is filtered to. @type {Dashboard["explore"]["row"]} */
  function row(button) {
    const { pairs = [] } = /** @type {NamedRow} */ (button.closest("tr"));
    const named = Object.fromEntries(pairs);
    if (button.dataset.opens) dashboard.later("panel").then(() => dashboard.panel.open(named.platform, named.campaign));
    else pick(pairs);
  }

  dashboard.explore = { row, panel, pick, picked, undoes, hint, listen, offer, valueOf, HINTS };
})();
