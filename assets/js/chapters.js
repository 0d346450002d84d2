// A page's chapters: which one is read, which of several visuals in one place is chosen, what is folded, what is left out.
// All of it stands in the document (components/page_body.py); style sheets hide it (assets/css/chapters.css).
(() => {
  const { dashboard } = window;
  const { attribute, hide, make, one } = dashboard;
  const root = document.documentElement;
  let byHand = ""; // the visual that a switch put into the address: its reader is there already

  const page = () => one(document, `section[data-page="${dashboard.page.open()}"]`);
  const radios = () => /** @type {NodeListOf<HTMLInputElement>} */ (page().querySelectorAll(".switch input"));
  const itemOf = (/** @type {Element} */ visual) => dashboard.visuals.all().find((item) => item.root === visual);

  /** Whether a visual has no place on the screen, or on the paper that is made. @type {Dashboard["chapters"]["shut"]} */
  function shut(visual) {
    return visual.matches(root.matches("[data-paper]") ? "[data-left-out]" : "[data-unchosen], [data-folded], [data-left-out]");
  }

  /** A chart that was not drawn while it was shut. @param {Element} visual */
  function drawn(visual) {
    const item = /** @type {ChartItem | undefined} */ (itemOf(visual));
    if (item?.spec.kind === "chart" && item.visual && !item.width && window.Plotly) dashboard.visuals.again(item);
  }

  /** @param {Element} visual @param {boolean} folded */
  function fold(visual, folded) {
    attribute(visual, "data-folded", folded ? "" : null);
    attribute(one(visual, ".fold"), "aria-expanded", String(!folded));
    drawn(visual);
  }

  /** The visual called `name` in the place of those that it stands with. @param {HTMLInputElement} radio */
  function choose(radio) {
    radio.checked = true;
    const place = /** @type {Element} */ (radio.closest(".alternatives"));
    [...place.querySelectorAll(".visual")].forEach((visual, at) => {
      const chosen = place.querySelectorAll("input")[at] === radio;
      attribute(visual, "data-unchosen", chosen ? null : "");
      if (chosen) drawn(visual);
    });
  }

  /** The reader used a switch: the address says so. @param {HTMLInputElement} radio */
  function chosen(radio) {
    choose(radio);
    dashboard.view.write();
    byHand = radio.value;
    history.replaceState(history.state, "", `#${byHand}`);
  }

  /** What the address says behind its # of what is chosen; "" where that is what stands there to begin with.
      @type {Dashboard["chapters"]["hash"]} */
  function hash() {
    const radio = [...radios()].find((each) => each.checked && each !== each.closest(".switch")?.querySelector("input"));
    return radio ? `#${radio.value}` : "";
  }

  /** A visual is made to be seen: chosen among those in its place, and unfolded. @type {Dashboard["chapters"]["reveal"]} */
  function reveal(visual) {
    const item = itemOf(visual);
    const radio = item && [...radios()].find(({ value }) => value === item.name);
    if (radio && !radio.checked) choose(radio);
    if (visual.matches("[data-folded]")) fold(visual, false);
  }

  /** What the address names behind its #, a visual or a chapter, is made to be seen. Gives the element to be brought into
      sight, null where there is none or its reader is there already. @type {Dashboard["chapters"]["follow"]} */
  function follow(name) {
    if (name.includes("=")) return null; // a campaign over the page
    for (const radio of radios()) if (radio === radio.closest(".switch")?.querySelector("input")) choose(radio);
    const [visual, metric] = name.split(".");
    const found = dashboard.visuals.all().find((item) => item.page === dashboard.page.open() && item.name === visual);
    if (found) reveal(found.root);
    if (metric) prove(visual, found?.root.querySelector(`[data-do="prove"][data-metric="${CSS.escape(metric)}"]`));
    if (name && name === byHand) return null;
    return found?.root ?? [...page().querySelectorAll(".chapter")].find(({ dataset }) => dataset.chapter === name) ?? null;
  }

  /** A link in a mail names a card's figure: its proof is opened, once. @param {string} visual @param {any} button */
  function prove(visual, button) {
    history.replaceState(history.state, "", `#${visual}`);
    button?.click();
  }

  /** What compares too little now goes, and a line says so. @type {Dashboard["chapters"]["leave"]} */
  function leave(answer) {
    const section = document.querySelector(`section[data-page="${answer.page}"]`);
    if (!section) return; // a panel
    const out = new Set(answer.left_out.flatMap(({ visuals }) => visuals));
    for (const { page: of, name, root: visual } of dashboard.visuals.all()) {
      if (of === answer.page) attribute(visual, "data-left-out", out.has(name) ? "" : null);
    }
    for (const place of section.querySelectorAll(".alternatives")) {
      attribute(place, "data-left-out", place.querySelector(".visual:not([data-left-out])") ? null : "");
    }
    for (const line of section.querySelectorAll(".left-out")) say(line, answer);
  }

  /** What is left out of a chapter, with a button for each filter that does it. The focus is taken over from what went.
      @param {HTMLElement} line @param {Wire.View} answer */
  function say(line, { page: of, chosen, left_out: all }) {
    const entry = all.find(({ chapter }) => chapter === line.dataset.of);
    const now = JSON.stringify(entry) ?? "";
    if (line.dataset.now === now) return;
    line.dataset.now = now;
    const gone = document.activeElement?.closest("[data-left-out]");
    const names = gone ? [gone, ...gone.querySelectorAll("[data-visual]")].map((each) => each.getAttribute("data-visual")) : [];
    const within = line.contains(document.activeElement) || entry?.visuals.some((name) => names.includes(`${of}.${name}`));
    const narrowed = Object.entries(entry?.by ?? {}).filter(([dimension]) => chosen[dimension]?.length);
    const buttons = narrowed.map(([dimension, label]) => {
      const what = { type: "button", class: "btn btn-link btn-sm", "data-do": "clear", "data-dimension": dimension };
      return make("button", { ...what, text: `Remove the ${label} filter` });
    });
    line.replaceChildren(entry?.text ?? "", ...buttons);
    hide(line, !entry);
    if (!within) return;
    const above = [...document.querySelectorAll(".chapter, h1")].filter((each) => each.checkVisibility());
    const heading = above.findLast((each) => each.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING);
    (entry ? buttons[0] ?? line : heading)?.focus({ preventScroll: true });
  }

  /** @type {HTMLElement[]} */
  let headings = []; // of the chapters of the open page
  let jumped = -1; // where a jump scrolled to: what was jumped to is read, also where the page ends before it is on top

  /** @param {HTMLElement} link */
  function jump(link) {
    const at = [...page().querySelectorAll(".jump a")].indexOf(link);
    const heading = headings[at];
    if (at === 0) scrollTo({ top: 0, behavior: "instant" });
    else heading.scrollIntoView({ block: "start", behavior: "instant" });
    heading.focus({ preventScroll: true });
    mark(at);
    jumped = scrollY;
  }

  /** @param {number} now */
  function mark(now) {
    const links = [...page().querySelectorAll(".jump a")];
    links.forEach((link, at) => attribute(link, "aria-current", at === now ? "true" : null));
    const [link, bar] = [links[now], links[now].parentElement];
    if (bar && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
  }

  let waits = false;
  function scrolled() {
    if (waits || headings.length === 0) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      if (headings.length === 0 || scrollY === jumped) return;
      jumped = -1;
      const line = one(page(), ".jump").getBoundingClientRect().bottom + innerHeight / 5;
      const past = headings.filter((heading) => heading.getBoundingClientRect().top < line).length;
      if (scrollY === 0) return mark(0); // the bar stands below the first chapter here, and near the second
      mark(scrollY + innerHeight >= root.scrollHeight - 1 ? headings.length - 1 : Math.max(0, past - 1));
    });
  }

  /** Another page is open. @type {Dashboard["chapters"]["open"]} */
  function open() {
    headings = [...page().querySelectorAll(".chapter")];
    if (headings.length) mark(0);
  }

  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches(".switch input")) chosen(target);
  });
  addEventListener("scroll", scrolled, { passive: true });

  dashboard.chapters = { shut, hash, reveal, follow, leave, jump, open, fold: (button) => {
    const visual = /** @type {Element} */ (button.closest(".visual"));
    fold(visual, !visual.matches("[data-folded]"));
  } };
})();
