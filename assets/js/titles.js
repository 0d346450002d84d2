// The axes' titles in HTML at the chart's edges: plotly would measure every label of an axis to set a title beside them.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text, hide } = dashboard;

  /** Take the titles off `layout`, whose margins are known, and put ours beside the plot. */
  function put(item, layout) {
    const { l, r, t, b } = layout.margin;
    item.titles ??= {};
    for (const name of ["xaxis", "yaxis", "yaxis2"]) {
      const axis = layout[name];
      const words = (axis?.visible !== false && axis?.title?.text) || "";
      if (axis) delete axis.title;
      if (!words && !item.titles[name]) continue;
      const title = (item.titles[name] ??= placed(item, name));
      text(title, words);
      hide(title, !words);
      const inset = name === "xaxis" ? `auto ${r}px 0 ${l}px` : name === "yaxis" ? `${t}px auto ${b}px 0` : `${t}px 0 ${b}px auto`;
      if (title.style.inset !== inset) title.style.inset = inset;
    }
  }

  function placed(item, name) {
    const title = make("span", { class: `axis-title axis-title-${name[0]}` });
    item.parts.append(title);
    return title;
  }

  dashboard.titles = { put };
})();
