// The filters and the toolbar's choices that Dash draws (components/controls.py): what they say, and what is made of it.
(() => {
  const { dashboard } = window;
  const { make, hide } = dashboard;
  const MANY = 40; // from here on a dimension is searched, not read: see campaigns.js
  /** @type {string[]} */
  let dimensions = [];
  /** @type {string[]} */
  let lists = []; // those whose lists Dash draws; a company's own come and go with the data
  /** @type {string[]} */
  let ids = []; // of the controls, in the order in which Dash hands them over
  /** @type {ControlValues} */
  let now = {}; // what the controls are to say, by their id
  /** @type {ControlValues} */
  let said = {}; // the same, of what Dash has
  let count = 0;

  const fieldOf = (/** @type {string} */ dimension) => dashboard.one(document, `fieldset[data-filter="${dimension}"]`);
  const idOf = (/** @type {string} */ dimension) => `filter-${dimension}`;
  const own = (/** @type {string} */ dimension) => dimension.startsWith("x.");
  const boxesOf = (/** @type {Element} */ box) => /** @type {HTMLElement} */ (box.closest("fieldset"));
  /** @param {string} dimension @param {string[]} values */
  const searched = (dimension, values) => dimension === "campaign" || values.length > MANY;

  /** What the controls say for an answer: { id: { options, value } }. All ticked is the same as no filter.
      @type {Dashboard["controls"]["values"]} */
  function values(answer) {
    if (!answer) return {};
    /** @type {ControlValues} */
    const contents = { compare: { value: answer.chosen.compare }, grain: { value: answer.period.grain } };
    for (const dimension of dimensions) {
      const every = answer.options[dimension] ?? [];
      const list = searched(dimension, every) ? [] : every;
      const chosen = answer.chosen[dimension] ?? list;
      const options = list.map((value) => ({ label: dashboard.steady(value), value }));
      contents[idOf(dimension)] = { options, value: list.filter((value) => chosen.includes(value)) };
    }
    return contents;
  }

  /** What Dash draws follows an answer through its own store; here what it does not: long lists, and what stands around.
      @type {Dashboard["controls"]["fill"]} */
  function fill(answer) {
    now = values(answer);
    // What Dash draws comes some milliseconds later, and nothing is to be seen moving then.
    const relisted = lists.map(idOf).some((id) => !agrees(now[id].options, said[id]?.options));
    if (relisted) dashboard.byId("filters").dataset.waiting = "";
    if (ids.some((id) => !agrees(now[id], said[id]))) dashboard.carrier.set("shown", { data: ++count });
    for (const dimension of dimensions) {
      const every = answer.options[dimension] ?? [];
      const chosen = answer.chosen[dimension] ?? [];
      const field = fieldOf(dimension);
      hide(reset(field), chosen.length === 0);
      if (searched(dimension, every)) dashboard.campaigns.fill(field, every, chosen, answer.many[dimension] ?? 0);
      if (own(dimension)) list(dimension);
    }
    dress();
  }

  /** The list of an own dimension, as Dash draws those of the others. @param {string} dimension */
  function list(dimension) {
    const place = dashboard.one(fieldOf(dimension), ".own-options");
    const { options = [], value } = now[idOf(dimension)];
    const boxes = /** @type {HTMLInputElement[]} */ ([...place.querySelectorAll("input")]);
    if (boxes.length !== options.length || boxes.some((box, at) => box.value !== options[at].value)) {
      place.replaceChildren(...options.map((option, at) => {
        const id = `${idOf(dimension)}-${at}`;
        const box = make("input", { type: "checkbox", class: "form-check-input", id, value: option.value, autocomplete: "off" });
        const label = make("label", { class: "option-name form-check-label", for: id, text: option.label });
        return make("div", { class: "form-check" }, box, label);
      }));
    }
    for (const box of place.querySelectorAll("input")) box.checked = value.includes(box.value);
  }

  /** @type {Dashboard["controls"]["reset"]} */
  function reset(field) {
    const { filter, label } = field.dataset;
    let button = field.querySelector(".filter-reset");
    if (!button) {
      const what = { "data-do": "clear", "data-dimension": filter, "aria-label": `Reset ${label}` };
      button = make("button", { type: "button", class: "filter-reset", ...what, text: "Reset", hidden: true });
      dashboard.one(field, "legend").after(button);
    }
    return button;
  }

  /** Each row that Dash has drawn gets its platform's colour, its whole name, and "Only". */
  function dress() {
    for (const field of document.querySelectorAll(".slot select:not([aria-label])")) {
      dashboard.attribute(field, "aria-label", field.closest(".slot")?.getAttribute("aria-label") ?? null);
    }
    for (const row of document.querySelectorAll("fieldset[data-filter] .options .form-check")) {
      const { value } = dashboard.one(row, "input");
      if (row.dataset.value === value) continue;
      row.dataset.value = value;
      row.classList.add("option");
      for (const old of row.querySelectorAll(".only, .dot")) old.remove();
      const label = dashboard.one(row, "label");
      label.title = dashboard.steady(value);
      if (boxesOf(row).dataset.filter === "platform") row.insertBefore(dashboard.dot(value), label);
      if ((row.parentElement?.childElementCount ?? 0) > 1) {
        row.append(make("button", { type: "button", class: "only", "data-do": "only", "aria-label": `Only ${value}`, text: "Only" }));
      }
    }
  }

  /** Dash's callback over all controls: they follow the answer that is shown, or one of them was changed.
      @type {Dashboard["controls"]["control"]} */
  function control(follows, ...given) {
    ids.forEach((id, place) => (said[id] = { ...said[id], value: given[place] }));
    const { callback_context: context, no_update: none } = /** @type {DashClientside} */ (window.dash_clientside);
    for (const { prop_id: name } of context.triggered) {
      const [id] = name.split(".");
      choose(id, said[id]?.value);
    }
    /** @param {string} id @param {"options" | "value"} prop */
    const differing = (id, prop) => (!now[id] || agrees(now[id][prop], said[id][prop]) ? none : now[id][prop]);
    const answer = [...lists.map(idOf).map((id) => differing(id, "options")), ...ids.map((id) => differing(id, "value"))];
    for (const id of ids) if (now[id]) said[id] = { ...now[id] };
    requestAnimationFrame(() => {
      dress();
      delete dashboard.byId("filters").dataset.waiting;
    });
    return answer;
  }

  /** The same text is the same list: its parts are texts, or pairs of a text and what is shown of it.
      @param {unknown} one @param {unknown} other */
  const agrees = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

  /** A control was changed by the reader. @param {string} id @param {any} value */
  function choose(id, value) {
    if (!(id in now) || agrees(now[id].value, value)) return; // heard already
    if (id === "compare" || id === "grain") {
      now[id].value = value;
      dashboard.view.change({ [id]: value });
      return;
    }
    pick(id.slice("filter-".length), value);
  }

  /** What is chosen where `ticked` are ticked, in the list's order: none and all of them are no filter.
      @param {string} dimension @param {string[]} ticked */
  function narrowed(dimension, ticked) {
    const every = (now[idOf(dimension)].options ?? []).map((option) => option.value);
    const chosen = every.filter((value) => ticked.includes(value));
    return { every, chosen: chosen.length === every.length ? [] : chosen };
  }

  /** @param {string} dimension @param {string[]} ticked */
  function pick(dimension, ticked) {
    const { every, chosen } = narrowed(dimension, ticked);
    now[idOf(dimension)].value = chosen.length ? chosen : every;
    if (own(dimension)) list(dimension);
    dashboard.view.change({ [dimension]: chosen });
  }

  /** A control of Dash's was changed by hand. Dash tells of it, too, some milliseconds later.
      @type {Dashboard["controls"]["heard"]} */
  function heard(target) {
    const field = target.closest("[data-filter]")?.dataset.filter ?? "";
    if (field === "compare" || field === "grain") choose(field, target.value);
    else pick(field, toggled(field, target.value));
  }

  /** @param {string} dimension @param {string} value */
  function toggled(dimension, value) {
    /** @type {string[]} */
    const ticked = now[idOf(dimension)].value;
    return ticked.includes(value) ? ticked.filter((each) => each !== value) : [...ticked, value];
  }

  /** A mouse was pressed on a box, which is ticked or not when it is let go. @type {Dashboard["controls"]["pressed"]} */
  function pressed(box) {
    const { filter = "" } = boxesOf(box).dataset;
    if (!box.closest(".options")) return dashboard.campaigns.pressed(box);
    dashboard.view.foresee({ [filter]: narrowed(filter, toggled(filter, box.value)).chosen });
  }

  /** @type {Dashboard["controls"]["only"]} */
  function only(button) {
    const box = dashboard.one(/** @type {Element} */ (button.closest(".option")), "input");
    choice(boxesOf(box).dataset.filter ?? "", [box.value]);
  }

  /** Choose `values` of a dimension; none of them means all. The boxes say so at once.
      @type {Dashboard["controls"]["choose"]} */
  function choice(dimension, chosen) {
    const said = now[idOf(dimension)];
    if (said.options?.length) {
      const every = said.options.map((option) => option.value);
      said.value = every.filter((value) => chosen.length === 0 || chosen.includes(value));
      if (own(dimension)) list(dimension);
      else dashboard.carrier.set("shown", { data: ++count });
    }
    dashboard.view.change({ [dimension]: chosen });
  }

  dashboard.controls = {
    values, fill, control, heard, pressed, only, choose: choice, reset,
    /** Dash begins with what `values` said. */
    seeded: (given) => (said = structuredClone(given)),
    use: (spec) => {
      dimensions = Object.keys(spec.dimensions);
      lists = dimensions.filter((dimension) => !own(dimension));
      ids = [...lists.map(idOf), "compare", "grain"];
    },
  };
})();
