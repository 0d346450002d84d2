// The filter over long lists: searched by name, what is chosen on top, at most a hundred names drawn. Of very long ones
// only the first names are here; the server finds the others.
(() => {
  const { dashboard } = window;
  const { make, text, hide } = dashboard;
  const DRAWN = 100;
  const FEW = 5; // of what is chosen is seen before the filters below
  const WAIT = 150; // ms after the last key
  /** @typedef {{
         dimension: string, plain: string, field: HTMLElement, input: HTMLInputElement, chips: HTMLElement, list: HTMLElement,
         more: HTMLElement, values: string[], chosen: string[], many: number, timer: number,
         found: { text: string, values: string[], count: number } | null }} Search */
  /** @type {Map<string, Search>} */
  const searches = new Map(); // by dimension

  /** `many` is how many values there are where `values` are the first of them, else 0. @type {Dashboard["campaigns"]["fill"]} */
  function fill(field, values, chosen, many = 0) {
    const dimension = field.dataset.filter ?? "";
    let search = searches.get(dimension);
    if (!search?.list.isConnected) searches.set(dimension, (search = build(field, dimension)));
    const same = search.values.length === values.length && search.values.every((value, place) => value === values[place]);
    if (same && search.chosen.join("\n") === chosen.join("\n")) return;
    search.values = values;
    search.many = many;
    search.chosen = [...chosen];
    draw(search);
    if (many && search.input.value.trim()) ask(search);
  }

  /** @param {HTMLElement} field @param {string} dimension @returns {Search} */
  function build(field, dimension) {
    const plain = (field.dataset.label ?? "").toLowerCase();
    const place = dashboard.one(field, ".searched");
    const words = `Search ${plain}s`;
    const quiet = { autocomplete: "off", spellcheck: "false" };
    const look = { type: "search", class: "form-control form-control-sm", placeholder: words, "aria-label": words };
    const input = make("input", { ...look, "data-do": "search", ...quiet });
    const chips = make("div", { class: "picked" });
    const list = make("div", { class: "found", role: "group", "aria-label": field.dataset.label });
    const more = make("p", { class: "more", role: "status" });
    place.replaceChildren(input, chips, list, more);
    return { dimension, plain, field, input, chips, list, more, values: [], chosen: [], many: 0, timer: 0, found: null };
  }

  /** @param {Search} search */
  function draw(search) {
    const { dimension, plain, input, list, more, values, chosen, many } = search;
    const words = input.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const ticked = new Set(chosen);
    const asked = many > 0 && words.length > 0;
    const server = asked ? search.found : null;
    if (asked && server?.text !== input.value) return tick(search, ticked); // until the server has answered
    const matches = server?.values ?? values.filter((value) => words.every((word) => value.toLocaleLowerCase().includes(word)));
    const active = /** @type {HTMLInputElement | null} */ (document.activeElement);
    const focused = active?.closest?.(".found, .picked") ? active.value ?? active.dataset.value : null;
    putChips(search);
    list.replaceChildren(...matches.slice(0, DRAWN).map((value) => {
      return option(dimension, value, ticked.has(value));
    }));
    const left = (server ? server.count : many || matches.length) - Math.min(matches.length, DRAWN);
    const none = matches.length === 0 ? `No ${plain} has this in its name` : chosen.length ? "" : `All ${plain}s`;
    text(more, left > 0 ? `${dashboard.format.count(left)} more: type to narrow` : none);
    hide(more, more.textContent === "");
    hide(dashboard.controls.reset(search.field), chosen.length === 0);
    if (focused) (list.querySelector(`input[value="${CSS.escape(focused)}"]`) ?? input).focus({ preventScroll: true });
  }

  /** @param {string} dimension @param {string} value @param {boolean} checked */
  function option(dimension, value, checked) {
    // The address knows what is ticked.
    const box = make("input", { type: "checkbox", class: "form-check-input", value, autocomplete: "off" });
    box.checked = checked;
    const name = make("span", { class: "option-name", title: value, text: value });
    return make("div", { class: "option" }, make("label", {}, box, dimension === "platform" ? dashboard.dot(value) : null, name));
  }

  /** What is chosen: a few, and the rest on demand. @param {Search} search */
  function putChips({ chips, chosen }) {
    const rest = chosen.slice(FEW);
    const open = chips.querySelector("details")?.open;
    const more = make("summary", { text: `+ ${dashboard.format.count(rest.length)} more` });
    const others = rest.length ? [make("details", { class: "picked-rest", open }, more, ...rest.map(chip))] : [];
    chips.replaceChildren(...chosen.slice(0, FEW).map(chip), ...others);
  }

  /** @param {string} value */
  function chip(value) {
    const what = { "data-do": "unpick", "data-value": value, "aria-label": `Remove ${value}` };
    const take = make("button", { type: "button", ...what }, dashboard.icon("close"));
    return make("span", { class: "chip", title: value }, make("span", { class: "chip-value", text: value }), take);
  }

  /** @param {Search} search @param {string[]} chosen */
  function choose(search, chosen) {
    search.chosen = search.many ? chosen : search.values.filter((value) => chosen.includes(value));
    const top = search.list.scrollTop;
    draw(search);
    search.list.scrollTop = top;
    dashboard.view.change({ [search.dimension]: search.chosen });
  }

  /** Ticks and chips of what is chosen, the list left as it is.
      @param {Search} search @param {Set<string>} ticked */
  function tick(search, ticked) {
    putChips(search);
    for (const box of search.list.querySelectorAll("input")) box.checked = ticked.has(box.value);
    hide(dashboard.controls.reset(search.field), search.chosen.length === 0);
  }

  /** Has the server find what the box says; the last word typed wins. @param {Search} search */
  function ask(search) {
    clearTimeout(search.timer);
    const text = search.input.value;
    search.timer = setTimeout(async () => {
      const address = `${dashboard.prefix}options/${search.dimension}?find=${encodeURIComponent(text)}`;
      try {
        const response = await fetch(address, { redirect: "manual", headers: { Accept: "application/json" } });
        const { values, count } = await response.json();
        search.found = { text, values, count };
      } catch {
        if (text === search.input.value) dashboard.freshness.lost();
        return;
      }
      if (text === search.input.value) draw(search);
    }, WAIT);
  }

  /** @type {Dashboard["campaigns"]["searched"]} */
  function searched(input) {
    const search = of(input);
    if (search.many && input.value.trim()) ask(search);
    else draw(search);
  }

  const of = (/** @type {Element} */ element) =>
    /** @type {Search} */ (searches.get(element.closest("fieldset")?.dataset.filter ?? ""));

  /** @param {Search} search @param {string | undefined} value */
  const without = (search, value) => search.chosen.filter((each) => each !== value);

  /** @type {Dashboard["campaigns"]["toggled"]} */
  function toggled(box) {
    const search = of(box);
    choose(search, box.checked ? [...search.chosen, box.value] : without(search, box.value));
  }

  /** @type {Dashboard["campaigns"]["pressed"]} */
  function pressed(box) {
    const search = of(box);
    dashboard.view.foresee({ [search.dimension]: box.checked ? without(search, box.value) : [...search.chosen, box.value] });
  }

  /** @type {Dashboard["campaigns"]["unpick"]} */
  function unpick(button) {
    const search = of(button);
    choose(search, without(search, button.dataset.value));
    search.input.focus({ preventScroll: true });
  }

  dashboard.campaigns = { fill, toggled, pressed, unpick, searched };
})();
