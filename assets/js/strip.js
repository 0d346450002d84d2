// What a finger asks of a chart: one tap shows the values of a mark in a strip below, with a button that filters to it. A mouse
// has plotly's boxes instead, which would lie under the finger and over half of a small plot.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;

  const HYPHEN = /(?<=: \D?)-(?=\D?\d)/; // of a negative figure
  /** What plotly would say in its box, line by line: it has written it there, unseen (visuals.css). @param {ChartElement} chart */
  function linesOf(chart) {
    const texts = [...chart.querySelectorAll(".hoverlayer text")];
    const lines = texts.flatMap((text) => {
      const parts = [...text.querySelectorAll("tspan.line")];
      return (parts.length ? parts : [text]).map((line) => line.textContent.replace(" : ", ": ").replace(HYPHEN, "−").trim());
    });
    return lines.filter((words) => words && !dashboard.explore.HINTS.includes(words));
  }

  /** All values on an axis of a radar, whose marks lie over each other. @param {ChartElement} chart @param {ChartPoint} point */
  function axisOf(chart, { theta, pointNumber }) {
    const shown = (chart.data ?? []).filter(({ visible, text }) => text && visible !== false); // the line of zero has no text
    return [theta, ...shown.map(({ name, text }) => `${dashboard.legend.plain(name)}: ${text[pointNumber]}`)];
  }

  /** @type {Dashboard["strip"]["show"]} */
  function show(item, point, pairs) {
    const [title, ...lines] = item.spec.layout.polar ? axisOf(item.parts, point) : linesOf(item.parts);
    if (!title) return;
    const strip = make("div", { class: "strip" });
    const words = make("div", { role: "status" }, make("strong", { text: title }), ...lines.map((text) => make("span", { text })));
    strip.append(words);
    if (pairs.length) {
      const text = dashboard.explore.picked(pairs) ? "Show all" : `Filter to ${pairs.map(([, value]) => value).join(", ")}`;
      const click = () => dashboard.explore.pick(pairs);
      strip.append(make("button", { type: "button", class: "btn btn-sm btn-primary", text, click }));
    }
    clear(item);
    item.parts.after(strip);
  }

  const STILL = 10; // px that a finger may move and still taps

  /** Of a tap plotly tells twice that it was a click, and of some charts not what was tapped: it is told to look.
      @type {Dashboard["strip"]["listen"]} */
  function listen(item) {
    const chart = item.parts;
    const { polar, xaxis } = item.spec.layout;
    let [x, y] = [0, 0];
    chart.addEventListener("touchstart", ({ touches: [touch] }) => ([x, y] = [touch.clientX, touch.clientY]), { passive: true });
    chart.addEventListener("touchend", (event) => {
      const [{ clientX, clientY, target }] = event.changedTouches;
      if (!event.cancelable || Math.hypot(clientX - x, clientY - y) > STILL) return;
      event.preventDefault(); // no mouse is made up that clicks once more
      setTimeout(() => { // once plotly has heard the finger leave
        const { Fx } = /** @type {Plotly} */ (window.Plotly);
        if (!polar && !xaxis) return target.dispatchEvent(new MouseEvent("mouseover", { bubbles: true, clientX, clientY })); // a ring's
        Fx.unhover(chart); // else it says nothing of what it was told to look at before
        const panel = /** @type {SVGElement} */ (target).dataset.subplot ?? "xy";
        Fx.hover(chart, { clientX, clientY, target }, polar ? "polar" : panel);
      });
    });
  }

  /** The values are no longer those of the chart. @type {Dashboard["strip"]["clear"]} */
  const clear = (item) => item.body.querySelector(".strip")?.remove();

  dashboard.strip = { listen, show, clear };
})();
