// Put into the page by bench/agreement.py: what a reader sees of what is chosen and of what is shown, and what a reader does.
window.agreementTest = (() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const spec = () => JSON.parse(document.getElementById("spec").textContent);
  const silent = [];
  let timer = 0;

  /** What the controls say, as an address would. */
  function chosen() {
    const kept = new URLSearchParams(location.search);
    const found = { rank: kept.get("rank"), as_of: kept.get("as_of") };
    for (const dimension of Object.keys(spec().dimensions)) {
      const field = document.querySelector(`fieldset[data-filter="${dimension}"]`);
      const boxes = all(".options input", field);
      const ticked = all("input:checked", field).map((box) => box.value);
      found[dimension] = boxes.length && ticked.length === boxes.length ? [] : ticked;
    }
    const preset = document.querySelector('[data-filter="dates"] select').value;
    const [from, to] = all('[data-filter="dates"] input').map((box) => box.value);
    Object.assign(found, preset === "custom" ? { from, to } : { last: preset });
    found.compare = document.querySelector('[data-filter="compare"] select').value;
    const grain = document.querySelector('[data-filter="grain"] input:checked').value;
    const byItself = !dashboard.view.wanted().chosen.grain && grain === dashboard.view.shown().period.grain;
    found.grain = byItself ? null : grain;
    return dashboard.address.write(found);
  }

  /** What the page shows, and whether it says that this is not what is chosen. */
  function state() {
    const page = dashboard.page.open();
    const query = chosen();
    const place = document.getElementById("agreement");
    const body = document.querySelector(`#figures [data-page="${page}"] .body`);
    const words = place && !place.hidden ? place.textContent : "";
    const dimmed = Number(getComputedStyle(body).opacity) < 1 || body.getAnimations().length > 0; // or it is about to be
    const says = dimmed && /^(Figures are still for|The figures of this page)/.test(words);
    const shown = dashboard.view.shown();
    const address = location.pathname + location.search;
    const agrees = shown.page === page && shown.query === query && dashboard.address.page(page, query) === address;
    const values = all("[data-visual] [data-metric]").map(({ dataset }) => [dataset.metric, dataset.value]);
    return { page, query, address, words, says, agrees, shown: shown.query, values: Object.fromEntries(values) };
  }

  /** Whatever lasts for longer than a second without a word. Timers run in their order, however busy the machine is. */
  function watch() {
    const now = state();
    if (now.agrees || now.says) {
      clearTimeout(timer);
      timer = 0;
    } else if (!timer) {
      timer = setTimeout(() => {
        const last = state();
        if (!last.agrees && !last.says) silent.push(last);
      }, 1000);
    }
  }

  const pick = (list, at) => list[Math.floor(at * list.length)];
  const press = (list, at) => pick(list, at)?.click();
  const choose = (selector, at) => {
    const select = document.querySelector(selector);
    const options = [...select.options].filter(({ value }) => value !== "custom");
    Object.assign(select, { value: pick(options, at).value }).dispatchEvent(new Event("change", { bubbles: true }));
  };
  const open = () => `#figures [data-page="${dashboard.page.open()}"]`;
  const acts = {
    tick: (at) => press(all(".options input"), at),
    only: (at) => press(all(".only"), at),
    campaign: (at) => press(all(".found input"), at),
    unpick: (at) => press(all("[data-do=unpick], #chips [data-do=clear]"), at),
    dates: (at) => choose('[data-filter="dates"] select', at),
    days: (at) => {
      const [from, to] = all('[data-filter="dates"] input');
      const preset = document.querySelector('[data-filter="dates"] select');
      Object.assign(preset, { value: "custom" }).dispatchEvent(new Event("change", { bubbles: true }));
      [from.value, to.value] = [`2025-07-${10 + Math.floor(at * 20)}`, `2025-08-${10 + Math.floor(at * 20)}`];
      to.dispatchEvent(new Event("change", { bubbles: true }));
    },
    compare: (at) => choose('[data-filter="compare"] select', at),
    grain: (at) => press(all('[data-filter="grain"] input'), at),
    turn: (at) => press(all(".tabs a"), at),
    back: () => window.navigation.canGoBack && history.back(),
    forward: () => window.navigation.canGoForward && history.forward(),
    reset: () => document.getElementById("reset").click(),
    view: (at) => press(all("#views .views-list a"), at),
    row: (at) => press(all(`${open()} [data-do=pick]:not([data-opens])`), at),
    callout: (at) => press(all(`${open()} .callout-link`), at),
    mark: (at) => {
      const charts = all(`${open()} .js-plotly-plot`).filter((chart) => chart.heard && chart.data?.[0]?.type === "bar");
      const chart = pick(charts, at);
      if (!chart) return;
      const [data] = chart.data;
      const place = Math.floor(at * 97) % data.x.length;
      chart.emit("plotly_click", { points: [{ data, x: data.x[place], y: data.y[place], pointNumber: place }] });
    },
    itself: () => document.querySelector("[data-do=itself]")?.click(),
    newer: () => document.getElementById("show-newer").click(),
    stop: () => document.querySelector("#agreement button").click(),
    retry: () => document.getElementById("retry-lost").click(),
  };

  setInterval(watch, 100);
  return { state, act: (name, at) => acts[name](at), silent: () => silent.splice(0) };
})();
