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
    putNotes(item, layout);
  }

  const HIGH = 18;
  const BETWEEN = 8; // px from one note to the next
  /** A place on an axis of figures or of days. @param {string | number} value */
  const at = (value) => (typeof value === "string" ? Date.parse(value) : value);

  /** Take the notes off `layout`: a word or two above the plot, each at a place of its x axis, whose range is given. One that
      would lie over the note before it goes. @param {ChartItem} item @param {Layout} layout */
  function putNotes(item, layout) {
    const { annotations: notes = [], xaxis, margin: { l, r, t }, width } = layout;
    delete layout.annotations;
    const titles = (item.titles ??= {});
    const [low, high] = notes.length ? xaxis.range.map(at) : [0, 1];
    let free = 0;
    for (let place = 0; place < notes.length || titles[`note${place}`]; place += 1) {
      const note = notes[place];
      const title = (titles[`note${place}`] ??= placed(item, "note"));
      const wide = note ? dashboard.margins.width(note.text, 12) : 0;
      const middle = note ? l + ((at(note.x) - low) / (high - low)) * (width - l - r) : 0;
      const left = Math.round(Math.max(0, Math.min(middle - wide / 2, width - wide)));
      hide(title, !note || left < free);
      if (!note || left < free) continue;
      free = left + wide + BETWEEN;
      text(title, note.text);
      const inset = `${t - HIGH}px auto auto ${left}px`;
      if (title.style.inset !== inset) title.style.inset = inset;
    }
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
