// What is wrong with the page that is open: words over others, words that are cut, words that leave the page.
// Boxes of words are compared, whatever the fonts and the figures; bench/screens.py runs this in each state.
() => {
  const found = [];
  const name = (element) => element.textContent.trim().slice(0, 60);
  const where = (element) => element.closest("[data-visual]")?.dataset.visual ?? element.closest("[id]")?.id ?? "page";
  const fault = (kind, element, other = null) =>
    found.push([kind, where(element), name(element), ...(other ? [name(other)] : [])].join(" | "));
  const skipped = ".visually-hidden, .menu-list, select, option, #tip, .marks-button, tspan, #announcer, .skip, noscript, script";
  const boxes = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!words || element.closest(skipped)) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const drawn = element.closest("svg");
    const range = document.createRange();
    range.selectNodeContents(element);
    const rects = drawn ? [element.getBoundingClientRect()] : [...range.getClientRects()];
    let cut = false;
    for (let { left, top, right, bottom } of rects) {
      if (right - left < 1) continue;
      let scrolled = false;
      for (let frame = drawn ?? element; frame && frame !== document.body; frame = frame.parentElement) {
        const { overflowX, overflowY, clipPath, position } = getComputedStyle(frame);
        if (clipPath !== "none") [left, right] = [0, 0]; // for screen readers alone
        if (position === "fixed") scrolled = true;
        if (overflowX === "visible" && overflowY === "visible") continue;
        const edge = frame.getBoundingClientRect();
        const scrolls = [overflowX, overflowY].some((each) => each === "auto" || each === "scroll");
        scrolled ||= scrolls; // what scrolls can be brought into sight
        const beyond = left < edge.left - 1.5 || right > edge.right + 1.5 || top < edge.top - 3 || bottom > edge.bottom + 3;
        if (beyond && !scrolled && right > left) cut = true;
        [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
        [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      }
      if (right > innerWidth + 1 && !scrolled) fault("leaves the page", element);
      if (right - left > 4 && bottom - top > 4) boxes.push({ element, left, top, right, bottom });
    }
    if (cut) fault("cut", element);
  }
  for (const chart of document.querySelectorAll("main .js-plotly-plot")) {
    if (!chart.checkVisibility()) continue;
    const edge = chart.getBoundingClientRect();
    for (const word of chart.querySelectorAll("text, .axis-title")) {
      const { left, top, right, bottom, width } = word.getBoundingClientRect();
      if (width && (left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1)) fault("cut", word);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways | page");
  boxes.sort((one, other) => one.top - other.top);
  const meant = (element) => element.closest(".jump, thead, .topbar, .filters-foot"); // what goes under them is meant to
  boxes.forEach((one, place) => {
    for (const other of boxes.slice(place + 1)) {
      if (other.top > one.bottom - 3) break;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - other.top;
      if (wide <= 3 || high <= 3 || meant(one.element) || meant(other.element)) continue;
      const apart = !one.element.contains(other.element) && !other.element.contains(one.element);
      if (apart) fault("over another", one.element, other.element);
    }
  });
  return { boxes: boxes.length, faults: [...new Set(found)] };
}
