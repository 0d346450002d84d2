// The open page as it goes on paper: light, as wide as paper is, every chart drawn at that width, without controls.
(() => {
  const { dashboard } = window;
  const { make, byId, one } = dashboard;
  const root = document.documentElement;
  const PATIENCE = 20_000; // ms for figures that are still on their way

  const charts = () => {
    const page = dashboard.page.open();
    const ready = dashboard.visuals.all().filter((item) => item.page === page && item.state === "ready");
    return /** @type {ChartItem[]} */ (ready.filter((item) => item.spec.kind === "chart"));
  };
  const waiting = () =>
    document.querySelector(`[data-page="${dashboard.page.open()}"] [data-state="loading"]`) || root.dataset.busy !== undefined;
  /** @param {number} time */
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

  /** Turns the page into its paper; resolves when everything is drawn. */
  async function on() {
    for (let waited = 0; waiting() && waited < PATIENCE; waited += 50) await pause(50);
    head();
    root.dataset.paper = "";
    dashboard.theme.force("light");
    await document.fonts.ready;
    for (const item of charts()) {
      item.width = item.parts.clientWidth;
      await dashboard.charts.again(item);
    }
  }

  function off() {
    delete root.dataset.paper;
    dashboard.theme.force(null);
    document.querySelector(".paper-head")?.remove();
  }

  /** What the page says in its controls and at its edges, in words. */
  function head() {
    document.querySelector(".paper-head")?.remove();
    const answer = dashboard.view.shown();
    const chips = answer.chips.map(({ label, all }) => `${label}: ${all}`);
    const demo = byId("banner-demo")?.querySelector(".banner-text")?.textContent;
    const past = answer.as_of && `${answer.as_of.label} ${answer.as_of.sentence}`.trim();
    const filters = chips.length ? `Filters: ${chips.join("; ")}` : "No filters: all figures of these days";
    const words = [past, answer.data.label, filters, demo].flatMap((text) => (text ? [make("p", { text })] : []));
    one(document, ".heading").prepend(make("div", { class: "paper-head" }, ...words));
  }

  async function print() {
    await on();
    addEventListener("afterprint", off, { once: true });
    window.print();
  }

  const SCREEN_ONLY = "script, link, noscript, footer, [hidden], .topbar, .filters, .toolbar, #banners, .menu, .info, #announcer";
  const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

  /** The paper as one file that needs nothing else and runs nothing. */
  async function file() {
    const page = /** @type {HTMLElement} */ (root.cloneNode(true));
    for (const part of page.querySelectorAll(SCREEN_ONLY)) part.remove();
    for (const link of page.querySelectorAll("a")) link.removeAttribute("href");
    const rules = [...document.styleSheets].flatMap((sheet) =>
      [...sheet.cssRules].map((rule) => ({ text: rule.cssText, base: sheet.href ?? location.href })));
    const style = [];
    for (const { text, base } of rules) {
      const font = /url\("?([^")]+\.woff2)"?\)/.exec(text);
      if (!font) style.push(text);
      else if (!text.includes("U+0100-02BA")) style.push(text.replace(font[1], await inline(new URL(font[1], base))));
    }
    const policy = make("meta", { "http-equiv": "Content-Security-Policy", content: POLICY });
    one(page, "head").prepend(make("meta", { charset: "utf-8" }), policy, make("style", { text: style.join("\n") }));
    return `<!DOCTYPE html>\n${page.outerHTML}`;
  }

  /** @param {URL} address */
  async function inline(address) {
    const blob = await (await fetch(address)).blob();
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.readAsDataURL(blob);
    });
  }

  dashboard.paper = { on, off, print, file };
})();
