// A visual as a PNG: a copy of it, with the page's period and filters above and its data below, drawn by html-to-image.
(() => {
  const { dashboard } = window;
  const { make, one } = dashboard;
  const CONTROLS = ".menu, .info, .rank, .columns, .callout-link, .marks-button, .marks, .strip, .filter-reset";

  let fonts = "";

  /** The page's font as text: a picture sees nothing of the page around it. Left to the library, it would set a base address
      for it, which our policy forbids. */
  async function font() {
    const link = /** @type {HTMLLinkElement} */ (one(document, "link[rel=preload][as=font]"));
    const bytes = new Uint8Array(await (await fetch(link.href)).arrayBuffer());
    const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,${btoa(letters)})}`;
  }

  /** Saves the visual `root` as <page>-<visual>.png. @type {Dashboard["picture"]["save"]} */
  async function save(root) {
    await dashboard.later("html-to-image.min");
    const sheet = sheetOf(root);
    document.body.append(sheet);
    try {
      const backgroundColor = dashboard.theme.colour("--bs-body-bg");
      fonts ||= await font();
      const look = { pixelRatio: 2, backgroundColor, fontEmbedCSS: fonts, style: { position: "static" } };
      const blob = await window.htmlToImage.toBlob(sheet, look);
      if (!blob) throw new Error("no picture");
      dashboard.download(blob, `${root.dataset.visual?.replace(".", "-")}.png`);
    } finally {
      sheet.remove();
    }
    dashboard.byId("announcer").textContent = `Picture of “${one(root, "h2, h3").textContent}” saved.`;
  }

  /** The copy, as wide as all of its table. @param {HTMLElement} root */
  function sheetOf(root) {
    const answer = dashboard.view.shown();
    const sheet = /** @type {HTMLElement} */ (root.cloneNode(true));
    for (const control of sheet.querySelectorAll(CONTROLS)) control.remove();
    for (const fold of sheet.querySelectorAll(".fold")) fold.replaceWith(fold.textContent ?? "");
    one(sheet, "h2, h3").classList.remove("visually-hidden"); // where the heading above it has the same words
    delete sheet.dataset.visual;
    sheet.classList.add("picture");
    sheet.classList.remove("pointed");
    const paths = root.querySelectorAll(".spark path"); // within an SVG the library leaves out what a style sheet says
    sheet.querySelectorAll(".spark path").forEach((path, place) => {
      const { fill, fillOpacity, opacity, stroke, strokeDasharray, strokeWidth, vectorEffect } = getComputedStyle(paths[place]);
      const look = {
        fill, "fill-opacity": fillOpacity, opacity, stroke, "stroke-dasharray": strokeDasharray, "stroke-width": strokeWidth,
        "vector-effect": vectorEffect,
      };
      for (const [name, value] of Object.entries(look)) path.setAttribute(name, value);
    });
    const around = { "paint-order": "stroke", stroke: dashboard.theme.colour("--bs-body-bg"), "stroke-width": "4" };
    for (const word of sheet.querySelectorAll(".scatterlayer text")) { // no line of the grid goes through words
      for (const [name, value] of Object.entries(around)) word.setAttribute(name, value);
    }
    const beyond = [...root.querySelectorAll(".table-scroll")].map((table) => table.scrollWidth - table.clientWidth);
    sheet.style.width = `${root.offsetWidth + Math.max(0, ...beyond)}px`;
    one(sheet, ".visual-head").after(...words().map((text) => make("p", { class: "picture-words", text })));
    const source = `${answer.data.label} · Marketing dashboard, ${one(document, `#title-${answer.page}`).textContent}`;
    sheet.append(make("p", { class: "picture-words", text: source }));
    return sheet;
  }

  /** Period, comparison and filters, as the page says them. */
  function words() {
    const chips = dashboard.view.shown().chips.map(({ label, all }) => `${label}: ${all}`);
    const period = [...dashboard.byId("period").children].map((part) => part.textContent).join(", ");
    return [period, chips.length ? chips.join(" · ") : "All platforms, regions, objectives, devices, segments and campaigns"];
  }

  dashboard.picture = { save };
})();
