// A chart as a table: the rows of its data address in its place, one key ("t") or one entry of its menu away.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  const SLOW = 200; // ms before anything says that we wait
  const MOST = 1000; // rows in the page; the files have all
  /** @type {Record<string, string>} */
  const WORDS = { date: "Day", month: "Month" };
  /** @type {Wire.Spec} */
  let spec;
  /** @typedef {{ region: HTMLElement, from: HTMLElement | null, now: string | null, asking: AbortController | null }} Region */
  /** @type {Map<Item, Region>} */
  const open = new Map();

  /** @type {(visual: HTMLElement) => Item} */
  const itemOf = (visual) => /** @type {Item} */ (dashboard.visuals.all().find((each) => each.root === visual));

  const regionOf = (/** @type {Item} */ item) => /** @type {Region} */ (open.get(item));

  /** The table instead of the chart, or the chart again. @type {Dashboard["rows"]["toggle"]} */
  function toggle(visual, given) {
    spec = given;
    const item = itemOf(visual);
    if (open.has(item)) close(item);
    else if (item.state === "ready") show(item);
  }

  /** @param {Item} item */
  function show(item) {
    const label = `${item.title} as a table. T shows the chart again.`;
    const region = make("div", { class: "chart-rows", tabindex: "0", role: "region", "aria-label": label });
    const from = /** @type {HTMLElement} */ (document.activeElement);
    open.set(item, { region, from: item.root.contains(from) ? from : null, now: null, asking: null });
    item.body.append(region);
    item.root.classList.add("as-table");
    entry(item, "Show as chart");
    region.focus({ preventScroll: true });
    fill(item);
  }

  /** @param {Item} item */
  function close(item) {
    const { region, from, asking } = regionOf(item);
    const within = region.contains(document.activeElement) || (!region.isConnected && document.activeElement === document.body);
    asking?.abort();
    open.delete(item);
    region.remove();
    item.root.classList.remove("as-table");
    entry(item, "Show as table");
    if (!within) return;
    const stop = from?.isConnected ? from : item.root.querySelector("summary, button");
    stop?.focus({ preventScroll: true });
  }

  /** What the entry of the menu says; a visual of a panel has none. @param {Item} item @param {string} words */
  function entry({ root }, words) {
    const button = root.querySelector('[data-do="rows"]');
    if (button) /** @type {Text} */ (button.firstChild).data = words;
  }

  /** The answer that an item is of: an open page's is the one shown, even where it left the visual as it was. @param {Item} item */
  function answerOf(item) {
    const answer = dashboard.view.shown();
    return answer.page === item.page ? answer : item.pending?.context.answer ?? answer;
  }

  /** A view has been drawn: the tables that are open follow it. @type {Dashboard["rows"]["follow"]} */
  function follow(page) {
    for (const item of [...open.keys()]) {
      if (item.page !== page) continue;
      if (item.pending?.context.visual.state === "ready" && regionOf(item).region.isConnected) fill(item);
      else close(item);
    }
  }

  /** @param {Item} item */
  async function fill(item) {
    const part = regionOf(item);
    const { files, period, data } = answerOf(item);
    const now = `${files} ${data.version}`;
    if (part.now === now) return;
    part.now = now;
    part.asking?.abort();
    const mine = (part.asking = new AbortController());
    part.region.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => part.region.firstChild ?? put(part, sentence("Loading…", "status")), SLOW);
    try {
      const address = dashboard.address.data(item.page, item.name, "json", files);
      const { get } = dashboard.carrier;
      const { rows } = await get(address, "Your sign-in has ended. Sign in again to see these rows.", mine.signal);
      put(part, table(item, rows, period.label));
    } catch (/** @type {any} */ problem) {
      if (problem.name === "AbortError") return;
      part.now = null;
      const again = dashboard.retry(() => {
        part.region.focus({ preventScroll: true });
        fill(item);
      });
      const known = problem instanceof dashboard.carrier.Refused;
      put(part, sentence(known ? problem.message : "The rows could not be loaded. Check the connection.", "alert"), again);
    } finally {
      clearTimeout(slow);
      if (mine === part.asking) part.region.removeAttribute("aria-busy");
    }
  }

  /** @param {Region} part @param {HTMLElement[]} content */
  const put = (part, ...content) => part.region.replaceChildren(...content);
  /** @param {string} words @param {string} role */
  const sentence = (words, role) => make("p", { class: "chart-rows-said", role, text: words });

  /** @param {Item} item @param {Record<string, any>[]} rows @param {string} label */
  function table(item, rows, label) {
    const columns = [...new Set(rows.flatMap(Object.keys))];
    /** @param {string} column */
    const words = (column) => !spec.metrics[column];
    const head = make("tr");
    for (const column of columns) head.append(make("th", { scope: "col", class: words(column) ? "words" : null, text: named(column) }));
    const body = make("tbody");
    for (const row of rows.slice(0, MOST)) {
      const line = make("tr");
      columns.forEach((column, place) => {
        const first = place === 0 && words(column);
        const looks = { scope: first ? "row" : null, class: words(column) ? "words" : null };
        line.append(make(first ? "th" : "td", { ...looks, text: shown(column, row[column]) }));
      });
      body.append(line);
    }
    const count = dashboard.format.count;
    const part = `the first ${count(MOST)} of ${count(rows.length)} rows; the files in the menu have all`;
    const many = rows.length > MOST ? part : rows.length === 1 ? "1 row" : `${count(rows.length)} rows`;
    const below = /** @type {Wire.Chart | undefined} */ (item.pending?.context.visual)?.line ?? "";
    const caption = make("caption", { text: `${item.title}, ${label}: ${many}. ${below}`.trim() });
    return make("table", { class: "figures" }, caption, make("thead", {}, head), body);
  }

  /** @param {string} column */
  const named = (column) => spec.dimensions[column] ?? spec.metrics[column]?.short ?? WORDS[column] ?? column;

  /** @param {string} column @param {any} value */
  function shown(column, value) {
    if (spec.metrics[column]) return dashboard.format.full(spec.metrics[column], value);
    if (column === "date" || column === "month") return day(column, value);
    return value ?? "–";
  }

  /** "2025-07-07" and "2025-07" by the patterns that plotly writes days with. @param {string} column @param {string | null} value */
  function day(column, value) {
    const { dayMonthYear, month: monthly, months } = spec.formats.plotly;
    const [year, month, date] = (value ?? "").split("-");
    if (!month) return value ?? "–";
    const name = months[Number(month) - 1];
    /** @type {Record<string, string>} */
    const fields = { Y: year, y: year.slice(-2), m: month, b: name, B: name, d: date };
    const pattern = column === "month" ? monthly : dayMonthYear;
    return pattern.replace(/%(-?)([YymbBd])/g, (_, short, field) => (short ? String(Number(fields[field])) : fields[field]));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const item = [...open.keys()].find((each) => each.root.contains(/** @type {Node} */ (event.target)));
    if (!item || item.root.querySelector("details[open]")) return;
    event.preventDefault(); // of a dialog around it: only the table closes
    event.stopPropagation();
    close(item);
  }, true);

  dashboard.rows = { toggle, follow };
})();
