// The dates; comparison and time steps are Dash's own controls.
(() => {
  const { dashboard } = window;
  const { make, hide, attribute } = dashboard;
  const CUSTOM = "custom";
  /** @type {{ preset: HTMLSelectElement, from: HTMLInputElement, to: HTMLInputElement, days: HTMLElement }} */
  let parts; // from the first answer on

  const slot = (/** @type {string} */ name) => dashboard.one(document, `.slot[data-filter="${name}"]`);

  function build() {
    const preset = make("select", { class: "form-select form-select-sm", "data-do": "preset", "aria-label": "Dates" });
    for (const [value, label] of dashboard.spec.presets) preset.append(make("option", { value, text: label }));
    preset.append(make("option", { value: CUSTOM, text: "Custom dates" }));
    const day = { type: "date", class: "form-control form-control-sm", "data-do": "days", required: true };
    const from = make("input", { ...day, "aria-label": "From" });
    const to = make("input", { ...day, "aria-label": "To" });
    const days = make("span", { class: "days", hidden: true }, from, make("span", { text: "–", "aria-hidden": "true" }), to);
    slot("dates").append(preset, days);

    parts = { preset, from, to, days };
  }

  /** What an answer is of. The box that is being written in is left alone, as the answer may be to its last digit but one;
      not where the answer is `whole`: it is what Back leads to, and the box would tell of another. @type {Dashboard["toolbar"]["fill"]} */
  function fill({ chosen, period, extent }, whole = false) {
    if (!parts?.preset.isConnected) build();
    const { preset, from, to, days } = parts;
    if (chosen.last && ![...preset.options].some((option) => option.value === chosen.last)) {
      preset.insertBefore(make("option", { value: chosen.last, text: period.last }), preset.lastChild);
    }
    preset.value = chosen.last ?? CUSTOM;
    for (const [input, value] of /** @type {[HTMLInputElement, string][]} */ ([[from, period.start], [to, period.end]])) {
      attribute(input, "min", extent.first);
      attribute(input, "max", extent.last);
      if (input.value !== value && (whole || document.activeElement !== input)) input.value = value;
    }
    hide(days, chosen.last !== null);
  }

  function choosePreset() {
    if (parts.preset.value === CUSTOM) {
      hide(parts.days, false);
      parts.from.focus();
    } else dashboard.view.change({ last: parts.preset.value, from: null, to: null });
  }

  /** Both days set, within the data and in order: ask. Until then a person is still typing. */
  function chooseDays() {
    const { from, to } = parts;
    to.setCustomValidity(from.value && to.value && from.value > to.value ? "The last day is before the first." : "");
    if (from.checkValidity() && to.checkValidity()) dashboard.view.change({ last: null, from: from.value, to: to.value });
    else if (to.validity.customError) to.reportValidity();
  }

  dashboard.toolbar = {
    fill, choosePreset, chooseDays,
    /** Time steps are offered only where a chart runs over time. */
    fit: (grain) => hide(slot("grain"), !grain),
  };
})();
