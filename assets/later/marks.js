// The marks of a chart as buttons: what a click on a mark does, for who has no mouse.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;

  /** @type {Record<string, number>} */
  const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  /** @type {(lists: any[][]) => any[][]} */
  const product = (lists) => lists.reduce((found, list) => found.flatMap((each) => list.map((value) => [...each, value])), [[]]);

  /** What each mark of a chart stands for: lists of pairs of dimension and value. @param {ChartItem} item @returns {Pair[][]} */
  function pairsOf(item) {
    const found = new Map();
    for (const { of, ...filled } of item.visual?.traces ?? []) {
      /** @type {Trace} */
      const trace = { ...item.spec.traces[of], ...filled };
      const entries = Object.entries(item.spec.pick ?? {});
      const lists = entries.map(([field]) => (field === "name" ? [trace.name] : trace[field === "label" ? "labels" : field]));
      for (const values of product(lists)) {
        const pairs = entries.map(([, dimension], place) => [dimension, dashboard.explore.valueOf(dimension, values[place])]);
        found.set(JSON.stringify(pairs), pairs);
      }
    }
    return [...found.values()];
  }

  /** @type {Dashboard["marks"]["open"]} */
  function open(item, button) {
    item.body.querySelector(".marks")?.remove();
    const list = make("div", { class: "marks", role: "group", "aria-label": `Filter by a mark of “${item.title}”` });
    list.append(...pairsOf(item).map((pairs) => {
      const words = pairs.map(([, value]) => value).join(", ");
      const pressed = String(dashboard.explore.picked(pairs));
      const mark = make("button", { type: "button", class: "btn btn-sm btn-light", "aria-pressed": pressed, text: words });
      mark.addEventListener("click", () => {
        close();
        dashboard.explore.pick(pairs);
      });
      return mark;
    }));
    const close = () => {
      button.focus({ preventScroll: true });
      button.setAttribute("aria-expanded", "false");
      list.remove();
    };
    list.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (event.key === "Escape") close();
      else if (step) {
        const marks = [...list.querySelectorAll("button")];
        const from = marks.findIndex((mark) => mark === document.activeElement);
        marks[(from + step + marks.length) % marks.length].focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    list.addEventListener("focusout", (event) => {
      if (list.contains(/** @type {Node | null} */ (event.relatedTarget)) || !list.isConnected) return;
      button.setAttribute("aria-expanded", "false");
      list.remove();
    });
    item.body.append(list);
    button.setAttribute("aria-expanded", "true");
    (list.querySelector("[aria-pressed=true]") ?? list.querySelector("button"))?.focus();
  }

  dashboard.marks = { open };
})();
