// The filter panel: one list of boxes a dimension. All boxes ticked is the same as no filter.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, hide } = dashboard;
  const MANY = 40; // from here on a dimension is searched, not read: see campaigns.js
  const lists = new Map(); // dimension -> { field, options, boxes, reset }

  const fieldOf = (dimension) => document.querySelector(`fieldset[data-filter="${dimension}"]`);

  /** Lists and ticks of an answer; lists are made anew only where their options changed. */
  function fill({ options, chosen, many }) {
    for (const [dimension, values] of Object.entries(options)) {
      if (dimension === "campaign" || values.length > MANY) dashboard.campaigns.fill(fieldOf(dimension), values, chosen[dimension] ?? [], many[dimension] ?? 0);
      else fillList(dimension, values, chosen[dimension] ?? []);
    }
  }

  function fillList(dimension, values, chosen) {
    let list = lists.get(dimension);
    if (!list || list.values.join("\n") !== values.join("\n")) lists.set(dimension, (list = build(dimension, values)));
    tick(list, chosen);
  }

  function tick(list, chosen) {
    const all = chosen.length === 0;
    for (const box of list.boxes) box.checked = all || chosen.includes(box.value);
    hide(list.reset, all);
  }

  function build(dimension, values) {
    const field = fieldOf(dimension);
    const place = field.querySelector(".options");
    field.querySelector(".filter-reset")?.remove();
    const reset = resetButton(dimension, field.dataset.label);
    field.insertBefore(reset, place);
    const boxes = [];
    place.replaceChildren(...values.map((value) => {
      const { row, box } = option(dimension, value);
      boxes.push(box);
      if (values.length > 1) row.append(make("button", { type: "button", class: "only", "data-do": "only", "aria-label": `Only ${value}`, text: "Only" }));
      return row;
    }));
    return { field, values, boxes, reset };
  }

  const resetButton = (dimension, label) =>
    make("button", { type: "button", class: "filter-reset", "data-do": "clear", "data-dimension": dimension, "aria-label": `Reset ${label}`, text: "Reset", hidden: true });

  function option(dimension, value) {
    const box = make("input", { type: "checkbox", class: "form-check-input", value, autocomplete: "off" }); // the address knows what is ticked
    const name = make("span", { class: "option-name", title: value, text: value });
    const label = make("label", {}, box, dimension === "platform" ? dashboard.dot(value) : null, name);
    return { row: make("div", { class: "option" }, label), box };
  }

  /** What is chosen when these boxes of a list are ticked: all of them is no filter. */
  function values(list, isTicked) {
    const ticked = list.boxes.filter(isTicked).map((each) => each.value);
    return ticked.length === list.boxes.length ? [] : ticked;
  }

  /** A box was ticked or not. */
  function toggled(box) {
    const dimension = box.closest("fieldset").dataset.filter;
    const list = lists.get(dimension);
    if (list) choose(dimension, values(list, (each) => each.checked));
    else dashboard.campaigns.toggled(box);
  }

  /** A mouse was pressed on a box, which is ticked or not when it is let go. */
  function pressed(box) {
    const dimension = box.closest("fieldset").dataset.filter;
    const list = lists.get(dimension);
    if (list) dashboard.view.foresee({ [dimension]: values(list, (each) => each.checked !== (each === box)) });
    else dashboard.campaigns.pressed(box);
  }

  function only(button) {
    const box = button.closest(".option").querySelector("input");
    choose(box.closest("fieldset").dataset.filter, [box.value]);
  }

  /** Choose `values` of a dimension; none of them means all. */
  function choose(dimension, values) {
    const list = lists.get(dimension);
    if (list) tick(list, values);
    dashboard.view.change({ [dimension]: values });
  }

  dashboard.filters = { fill, toggled, pressed, only, choose, option, resetButton };
})();
