// A visual as a PNG: what stands on the screen is drawn on a canvas, with what it shows above it and its data below.
// Not an SVG with foreignObject: browsers call a canvas with one of those foreign and give no picture of it.
(() => {
  const { dashboard } = window;
  const SCALE = 2;
  const EDGE = 24;
  const FONT = "Inter, system-ui, sans-serif";
  const { one } = dashboard;
  /** @type {Dashboard["theme"]["colour"]} */
  const colour = (name) => dashboard.theme.colour(name);

  /** Saves the visual `root` as <page>-<visual>.png. @type {Dashboard["picture"]["save"]} */
  async function save(root) {
    const canvas = await drawn(root);
    const blob = await blobOf(canvas);
    const name = root.dataset.visual?.replace(".", "-");
    const link = dashboard.make("a", { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    dashboard.byId("announcer").textContent = `Picture of “${one(root, "h2").textContent}” saved.`;
  }

  /** @type {(canvas: HTMLCanvasElement) => Promise<Blob>} */
  const blobOf = (canvas) =>
    new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture")))));

  /** @param {HTMLElement} root */
  async function drawn(root) {
    const body = one(root, ".body");
    const answer = dashboard.view.shown();
    await document.fonts.ready;
    const scroll = body.querySelector(".table-scroll");
    const wide = Math.max(body.offsetWidth, scroll?.scrollWidth ?? 0);
    const canvas = document.createElement("canvas");
    const pen = /** @type {Pen} */ (canvas.getContext("2d"));
    const said = words();
    pen.font = `12px ${FONT}`;
    const lines = said.flatMap((line) => wrapped(pen, line, wide));
    const top = EDGE + 26 + lines.length * 18 + 10;
    const high = body.scrollHeight;
    canvas.width = (wide + 2 * EDGE) * SCALE;
    canvas.height = (top + high + 44) * SCALE;
    pen.scale(SCALE, SCALE);
    pen.fillStyle = colour("--bs-body-bg");
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.textBaseline = "alphabetic";
    pen.fillStyle = colour("--bs-body-color");
    pen.font = `600 17px ${FONT}`;
    pen.fillText(one(root, "h2").textContent, EDGE, EDGE + 16);
    pen.font = `12px ${FONT}`;
    pen.fillStyle = colour("--bs-secondary-color");
    lines.forEach((line, place) => pen.fillText(line, EDGE, EDGE + 38 + place * 18));
    const box = body.getBoundingClientRect();
    const from = { x: box.left - EDGE, y: box.top - top, right: box.left + wide, left: scroll?.scrollLeft ?? 0 };
    await place(pen, body, from);
    pen.font = `11px ${FONT}`;
    pen.fillStyle = colour("--bs-secondary-color");
    const source = `${answer.data.label} · Marketing dashboard, ${one(document, `#title-${answer.page}`).textContent}`;
    pen.fillText(source, EDGE, top + high + 28);
    return canvas;
  }

  /** Period, comparison and filters, as the page says them. */
  function words() {
    const chips = [...document.querySelectorAll("#chips .chip")].map((chip) =>
      `${one(chip, ".chip-label").textContent}: ${chip.title || one(chip, ".chip-value").textContent}`);
    const period = [...dashboard.byId("period").children].map((part) => part.textContent).join(", ");
    return [period, chips.length ? chips.join(" · ") : "All platforms, regions, objectives, devices, segments and campaigns"];
  }

  /** @param {Pen} pen @param {string} text @param {number} room */
  function wrapped(pen, text, room) {
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
      if (pen.measureText(longer).width <= room || !lines.at(-1)) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  /** Draws `element` and what is in it where it stands; `from` is the canvas's corner on the screen.
      @param {Pen} pen @param {HTMLElement} element @param {Corner} from */
  async function place(pen, element, from) {
    if (element.matches(".visually-hidden, select, .rank, .callout-link, .marks-button")) return;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden") return;
    const moved = element.closest(".table-scroll") && !element.matches(".table-scroll") ? from.left : 0;
    const x = box.left - from.x + (style.position === "sticky" ? 0 : moved);
    const y = box.top - from.y;
    if (element.matches(".mark-diamond")) return diamond(pen, style, x + box.width / 2, y + box.height / 2, element.offsetWidth);
    frame(pen, style, x, y, box.width, box.height);
    if (/** @type {ChartElement} */ (element)._fullLayout && window.Plotly) {
      await image(pen, element, x, y, box);
      for (const each of element.querySelectorAll(".axis-title:not([hidden])")) title(pen, each, from);
      return;
    }
    if (element.matches("svg.spark")) return spark(pen, element, x, y, box);
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) text(pen, node, style, from, moved);
      else if (node.nodeType === Node.ELEMENT_NODE) await place(pen, /** @type {HTMLElement} */ (node), from);
    }
  }

  /** @param {string} value */
  const clear = (value) => value === "transparent" || value.endsWith(", 0)") || value.endsWith("/ 0)");

  /** @type {(pen: Pen, style: CSSStyleDeclaration, x: number, y: number, width: number, height: number) => void} */
  function frame(pen, style, x, y, width, height) {
    const unit = style.borderTopLeftRadius.endsWith("%") ? width / 100 : 1;
    const round = Math.min(parseFloat(style.borderTopLeftRadius) * unit || 0, height / 2);
    if (!clear(style.backgroundColor) && (!style.maskImage || style.maskImage === "none")) {
      pen.fillStyle = style.backgroundColor;
      pen.beginPath();
      pen.roundRect(x, y, width, height, round);
      pen.fill();
    }
    const all = parseFloat(style.borderTopWidth) && parseFloat(style.borderLeftWidth);
    pen.strokeStyle = style.borderBottomColor;
    pen.lineWidth = 1;
    pen.beginPath();
    if (all && !clear(style.borderTopColor)) pen.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, round);
    else if (parseFloat(style.borderBottomWidth) && !clear(style.borderBottomColor)) {
      pen.moveTo(x, y + height - 0.5);
      pen.lineTo(x + width, y + height - 0.5);
    }
    pen.stroke();
  }

  /** A legend's mark that CSS turns: its box on the screen is the one around its corners.
      @param {Pen} pen @param {CSSStyleDeclaration} style @param {number} x @param {number} y @param {number} side */
  function diamond(pen, style, x, y, side) {
    pen.save();
    pen.translate(x, y);
    pen.rotate(Math.PI / 4);
    frame(pen, style, -side / 2, -side / 2, side, side);
    pen.restore();
  }

  /** A text in its lines, each where the browser has set it; what is cut off there is cut off here.
      @param {Pen} pen @param {Node} node @param {CSSStyleDeclaration} style @param {Corner} from @param {number} moved */
  function text(pen, node, style, from, moved) {
    const words = (node.textContent ?? "").matchAll(/\S+/g);
    const range = document.createRange();
    /** @type {{ text: string, left: number, right: number, top: number, bottom: number }[]} */
    const lines = [];
    for (const { 0: word, index } of words) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const box = range.getBoundingClientRect();
      const line = lines.at(-1);
      if (line && Math.abs(line.top - box.top) < 2) Object.assign(line, { text: `${line.text} ${word}`, right: box.right });
      else lines.push({ text: word, left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    }
    pen.font = `${style.fontWeight} ${style.fontSize} ${FONT}`;
    pen.fillStyle = style.color;
    pen.letterSpacing = style.letterSpacing === "normal" ? "0px" : style.letterSpacing;
    const cut = style.overflowX === "hidden" && node.parentElement ? node.parentElement.getBoundingClientRect().right : Infinity;
    const right = style.textAlign === "right" || style.textAlign === "end";
    for (const line of lines) {
      const metrics = pen.measureText(line.text);
      const base = (line.top + line.bottom) / 2 - from.y + (metrics.fontBoundingBoxAscent - metrics.fontBoundingBoxDescent) / 2;
      let shown = line.text;
      while (line.right > cut + 1 && shown.length > 1 && line.left + pen.measureText(`${shown}…`).width > cut) shown = shown.slice(0, -1);
      if (shown !== line.text) shown = `${shown.trimEnd()}…`;
      pen.fillText(shown, (right ? line.right - pen.measureText(shown).width : line.left) - from.x + moved, base);
    }
    pen.letterSpacing = "0px";
  }

  /** The title of an axis: in one line, which reads upwards beside an upright one.
      @param {Pen} pen @param {Element} element @param {Corner} from */
  function title(pen, element, from) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    pen.save();
    pen.font = `${style.fontSize} ${FONT}`;
    pen.fillStyle = style.color;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.translate((box.left + box.right) / 2 - from.x, (box.top + box.bottom) / 2 - from.y);
    if (element.matches(".axis-title-y")) pen.rotate(-Math.PI / 2);
    pen.fillText(element.textContent, 0, 0);
    pen.restore();
  }

  /** @type {Promise<string> | null} */
  let face = null;
  /** The page's font as text: a picture of a chart sees nothing of the page around it. */
  async function font() {
    const link = /** @type {HTMLLinkElement} */ (one(document, "link[rel=preload][as=font]"));
    const response = await fetch(link.href);
    const bytes = new Uint8Array(await response.arrayBuffer());
    let letters = "";
    for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,${btoa(letters)})}`;
  }

  /** @param {Pen} pen @param {Element} chart @param {number} x @param {number} y @param {DOMRect} box */
  async function image(pen, chart, x, y, { width, height }) {
    const dressed = await (face ??= font());
    const { Plotly } = /** @type {Required<Window>} */ (window);
    const data = await Plotly.toImage(chart, { format: "svg", width, height });
    const svg = decodeURIComponent(data.replace(/^data:image\/svg\+xml,/, ""));
    const whole = svg.replace(/<svg[^>]*>/, (head) => `${head}<style>${dressed}</style>`);
    const address = URL.createObjectURL(new Blob([whole], { type: "image/svg+xml" }));
    const picture = new Image(width * SCALE, height * SCALE);
    picture.src = address;
    await picture.decode();
    pen.drawImage(picture, x, y, width, height);
    URL.revokeObjectURL(address);
  }

  /** @param {Pen} pen @param {Element} element @param {number} x @param {number} y @param {DOMRect} box */
  function spark(pen, element, x, y, { width, height }) {
    if (element.matches(".none")) return;
    for (const path of element.querySelectorAll("path")) {
      const style = getComputedStyle(path);
      const shape = new Path2D();
      shape.addPath(new Path2D(path.getAttribute("d") ?? ""), new DOMMatrix([width / 100, 0, 0, height / 30, x, y]));
      pen.globalAlpha = Number(style.opacity) * Number(style.fill === "none" ? style.strokeOpacity : style.fillOpacity);
      if (style.fill !== "none") {
        pen.fillStyle = style.fill;
        pen.fill(shape);
      }
      if (style.stroke !== "none") {
        pen.strokeStyle = style.stroke;
        pen.lineWidth = parseFloat(style.strokeWidth);
        pen.stroke(shape);
      }
      pen.globalAlpha = 1;
    }
  }

  dashboard.picture = { save };
})();
