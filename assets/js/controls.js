// The filters and the toolbar's choices that Dash draws (components/controls.py): what they say, and what is made of it.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, hide } = dashboard;
  const MANY = 40; // from here on a dimension is searched, not read: see campaigns.js
  let dimensions = [];
  let ids = []; // of the controls, in the order in which Dash hands them over
  let drawn = []; // the options that Dash was given
  let now = {}; // id -> { options, value }: what the controls say

  const fieldOf = (dimension) => document.querySelector(`fieldset[data-filter="${dimension}"]`);
  const idOf = (dimension) => `filter-${dimension}`;
  const searched = (dimension, values) => dimension === "campaign" || values.length > MANY;
  const equal = (one, other) => one.length === other.length && one.every((each, place) => each === other[place]);

  /** What the controls say for an answer: { id: { options, value } }. All ticked is the same as no filter. */
  function values(answer) {
    if (!answer) return {};
    const found = { compare: { value: answer.chosen.compare }, grain: { value: answer.chosen.grain } };
    for (const dimension of dimensions) {
      const every = answer.options[dimension] ?? [];
      const list = searched(dimension, every) ? [] : every;
      const chosen = answer.chosen[dimension] ?? list;
      found[idOf(dimension)] = { options: list.map((value) => ({ label: value, value })), value: list.filter((value) => chosen.includes(value)) };
    }
    return found;
  }

  /** What Dash draws follows an answer through its own store; here what it does not: long lists, and what stands around. */
  function fill(answer) {
    now = values(answer);
    for (const dimension of dimensions) {
      const every = answer.options[dimension] ?? [];
      const chosen = answer.chosen[dimension] ?? [];
      const field = fieldOf(dimension);
      hide(reset(field), chosen.length === 0);
      if (searched(dimension, every)) dashboard.campaigns.fill(field, every, chosen, answer.many[dimension] ?? 0);
    }
    dress();
  }

  function reset(field) {
    const { filter, label } = field.dataset;
    let button = field.querySelector(".filter-reset");
    if (!button) {
      button = make("button", { type: "button", class: "filter-reset", "data-do": "clear", "data-dimension": filter, "aria-label": `Reset ${label}`, text: "Reset", hidden: true });
      field.querySelector("legend").after(button);
    }
    return button;
  }

  /** Each row that Dash has drawn gets its platform's colour, its whole name, and "Only". */
  function dress() {
    for (const row of document.querySelectorAll("fieldset[data-filter] .options .form-check")) {
      const { value } = row.querySelector("input");
      if (row.dataset.value === value) continue;
      row.dataset.value = value;
      row.classList.add("option");
      for (const old of row.querySelectorAll(".only, .dot")) old.remove();
      const label = row.querySelector("label");
      label.title = value;
      if (row.closest("fieldset").dataset.filter === "platform") row.insertBefore(dashboard.dot(value), label);
      if (row.parentElement.childElementCount > 1) row.append(make("button", { type: "button", class: "only", "data-do": "only", "aria-label": `Only ${value}`, text: "Only" }));
    }
  }

  /** Dash's callback over all controls: they follow the answer that came, or one of them was changed. */
  function control(answer, ...given) {
    const said = Object.fromEntries(ids.map((id, place) => [id, given[place]]));
    const changed = window.dash_clientside.callback_context.triggered.map(({ prop_id: name }) => name.split(".")[0]);
    if (!changed.includes("view")) for (const id of changed) choose(id, said[id]);
    const none = window.dash_clientside.no_update;
    const shown = now;
    requestAnimationFrame(dress);
    const lists = dimensions.map((dimension) => shown[idOf(dimension)]?.options ?? none);
    if (lists.every((list, place) => list === drawn[place])) lists.fill(none);
    else drawn = [...lists];
    return [...lists, ...ids.map((id) => (shown[id] && !agrees(shown[id].value, said[id]) ? shown[id].value : none))];
  }

  const agrees = (one, other) => (Array.isArray(one) ? Array.isArray(other) && equal(one, other) : one === other);

  /** A control was changed by the reader. */
  function choose(id, value) {
    if (!(id in now) || agrees(now[id].value, value)) return;
    if (id === "compare" || id === "grain") {
      now[id].value = value;
      dashboard.view.change({ [id]: value });
      return;
    }
    pick(id.slice("filter-".length), value);
  }

  /** What is chosen where `ticked` are ticked, in the list's order: none and all of them are no filter. */
  function narrowed(dimension, ticked) {
    const every = now[idOf(dimension)].options.map((option) => option.value);
    const chosen = every.filter((value) => ticked.includes(value));
    return { every, chosen: chosen.length === every.length ? [] : chosen };
  }

  function pick(dimension, ticked) {
    const { every, chosen } = narrowed(dimension, ticked);
    now[idOf(dimension)].value = chosen.length ? chosen : every;
    dashboard.view.change({ [dimension]: chosen });
  }

  /** A mouse was pressed on a box, which is ticked or not when it is let go. */
  function pressed(box) {
    const { filter } = box.closest("fieldset").dataset;
    if (!box.closest(".options")) return dashboard.campaigns.pressed(box);
    const { value } = now[idOf(filter)];
    const ticked = value.includes(box.value) ? value.filter((each) => each !== box.value) : [...value, box.value];
    dashboard.view.foresee({ [filter]: narrowed(filter, ticked).chosen });
  }

  function only(button) {
    const box = button.closest(".option").querySelector("input");
    choice(box.closest("fieldset").dataset.filter, [box.value]);
  }

  /** Choose `values` of a dimension; none of them means all. The boxes say so at once. */
  function choice(dimension, chosen) {
    const list = now[idOf(dimension)];
    if (list.options.length) {
      list.value = chosen.length ? chosen : list.options.map((option) => option.value);
      dashboard.carrier.set(idOf(dimension), { value: list.value });
    }
    dashboard.view.change({ [dimension]: chosen });
  }

  dashboard.controls = {
    values, fill, control, pressed, only, choose: choice, reset,
    use: (spec) => {
      dimensions = Object.keys(spec.dimensions);
      ids = [...dimensions.map(idOf), "compare", "grain"];
    },
  };
})();
