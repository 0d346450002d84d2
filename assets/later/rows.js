// A chart as a table: the rows of its data address in its place, one key ("t") or one entry of its menu away.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  const SLOW = 200; // ms before anything says that we wait
  /** @typedef {{ region: HTMLElement, from: HTMLElement | null, now: string | null, asking: AbortController | null }} Region */
  /** @type {Map<Item, Region>} */
  const open = new Map();

  /** @type {(visual: HTMLElement) => Item} */
  const itemOf = (visual) => /** @type {Item} */ (dashboard.visuals.all().find((each) => each.root === visual));

  const regionOf = (/** @type {Item} */ item) => /** @type {Region} */ (open.get(item));

  /** The table instead of the chart, or the chart again. @type {Dashboard["rows"]["toggle"]} */
  function toggle(visual) {
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
    const { files, data } = answerOf(item);
    const now = `${files} ${data.version}`;
    if (part.now === now) return;
    part.now = now;
    part.asking?.abort();
    const mine = (part.asking = new AbortController());
    part.region.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => part.region.firstChild ?? put(part, sentence("Loading…", "status")), SLOW);
    try {
      const address = dashboard.address.data(item.page, item.name, "table", files);
      const { get } = dashboard.carrier;
      const { markup } = await get(address, "Your sign-in has ended. Sign in again to see these rows.", mine.signal);
      part.region.innerHTML = markup; // the server's: whatever it holds is text there (components/markup.py)
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
