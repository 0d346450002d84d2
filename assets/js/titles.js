// The axes' titles in HTML at the chart's edges, and a note above the plot: plotly would measure every label of an axis to set
// a title beside them, and have the page laid out to set a note.
(() => {
  const { dashboard } = window;
  const { make, text, hide } = dashboard;

  /** Take the titles off `layout`, whose margins are known, and put ours beside the plot. @type {Dashboard["titles"]["put"]} */
  function put(item, layout) {
    const { l, r, t, b } = layout.margin;
    const high = layout.height - t - b;
    item.titles ??= {};
    for (const name of ["xaxis", ...dashboard.margins.upright(layout)]) {
      const axis = layout[name];
      const words = (axis?.visible !== false && axis?.title?.text) || "";
      if (axis) delete axis.title;
      if (!words && !item.titles[name]) continue;
      const title = (item.titles[name] ??= placed(item, name));
      text(title, words);
      hide(title, !words);
      const [low, top] = axis?.domain ?? [0, 1]; // a panel's part of the height
      const [above, below] = [Math.round(t + (1 - top) * high), Math.round(b + low * high)];
      const sides = axis?.side === "right" ? `${above}px 0 ${below}px auto` : `${above}px auto ${below}px 0`;
      const inset = name === "xaxis" ? `auto ${r}px 0 ${l}px` : sides;
      if (title.style.inset !== inset) title.style.inset = inset;
    }
    putNote(item, layout);
  }

  const HIGH = 18;
  /** Take the note off `layout`: one word or two above the plot, at a place of its x axis, whose range is given.
      @param {ChartItem} item @param {Layout} layout */
  function putNote(item, layout) {
    const { annotations: [note] = [], xaxis, margin: { l, r, t }, width } = layout;
    delete layout.annotations;
    const titles = (item.titles ??= {});
    if (!note && !titles.note) return;
    const place = (titles.note ??= placed(item, "note"));
    hide(place, !note);
    if (!note) return;
    text(place, note.text);
    const [low, high] = xaxis.range;
    const half = dashboard.margins.width(note.text, 12) / 2;
    const middle = l + ((note.x - low) / (high - low)) * (width - l - r);
    const inset = `${t - HIGH}px auto auto ${Math.round(Math.max(0, Math.min(middle - half, width - 2 * half)))}px`;
    if (place.style.inset !== inset) place.style.inset = inset;
  }

  /** @param {ChartItem} item @param {string} name */
  function placed(item, name) {
    const kind = name === "note" ? name : name[0];
    const title = make("span", { class: `axis-title axis-title-${kind}` });
    item.parts.append(title);
    return title;
  }

  dashboard.titles = { put };
})();
