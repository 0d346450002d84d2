// One tooltip for all: on hover, on focus, on a tap; Escape takes it away. It describes what it belongs to.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  const DELAY = 120;
  /** @type {WeakMap<Element, () => TipLine[]>} */
  const told = new WeakMap(); // element -> function that gives the lines
  /** @type {HTMLElement} */
  let tip;
  /** @type {HTMLElement | null} */
  let owner = null;
  let timer = 0;

  /** @type {(target: any) => HTMLElement | null} */
  const ownerOf = (target) => target?.closest?.("[data-tip]") ?? null;
  /** @param {any} target */
  const within = (target) => Boolean(target?.closest?.("#tip"));

  /** @param {HTMLElement} element */
  function show(element) {
    clearTimeout(timer);
    if (owner === element) return;
    hide();
    const lines = told.get(element)?.() ?? [{ text: element.dataset.tip }];
    if (!tip) {
      tip = make("div", { id: "tip", class: "tip", role: "tooltip", hidden: true });
    }
    const over = element.closest("dialog") ?? dashboard.byId("main"); // what is not in a dialog lies below it
    if (tip.parentNode !== over) over.append(tip);
    tip.replaceChildren(...lines.filter((each) => each?.text).map(line));
    owner = element;
    tip.hidden = false;
    element.setAttribute("aria-describedby", "tip");
    placeAt(element);
  }

  /** One line; `metric` makes it a link to where the glossary explains it. @param {TipLine} words */
  function line(words) {
    const { kind, text, metric } = words ?? {};
    if (!metric) return make("p", { class: kind ? `tip-${kind}` : null, text });
    const href = `${dashboard.address.page("glossary", dashboard.view.wanted().query)}#${metric}`;
    return make("p", { class: "tip-link" }, make("a", { href, "data-go": "glossary", text }));
  }

  /** @param {HTMLElement} element */
  function placeAt(element) {
    const around = element.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    // Beside a picture it is centred; below words it begins where they begin.
    const start = around.width > 40 ? around.left - 12 : around.left + around.width / 2 - width / 2;
    const left = Math.max(8, Math.min(start, document.documentElement.clientWidth - width - 8));
    const below = around.bottom + 6;
    const top = below + height > innerHeight - 8 && around.top - height - 6 > 8 ? around.top - height - 6 : below;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  function hide() {
    clearTimeout(timer);
    if (!owner) return;
    owner.removeAttribute("aria-describedby");
    owner = null;
    tip.hidden = true;
  }

  /** @param {PointerEvent} event */
  function over(event) {
    if (event.pointerType === "touch") return;
    if (tip && within(event.target)) return clearTimeout(timer);
    const element = ownerOf(event.target);
    clearTimeout(timer);
    if (element && element !== owner) timer = setTimeout(show, DELAY, element);
    else if (!element && owner) timer = setTimeout(hide, DELAY);
  }

  document.addEventListener("pointerover", over);
  document.addEventListener("focusin", (event) => {
    if (within(event.target)) return; // a link in it is being pressed
    const element = ownerOf(event.target);
    if (element && /** @type {Element} */ (event.target).matches(":focus-visible")) show(element);
    else if (!element) hide();
  });
  document.addEventListener("focusout", (event) => {
    if (!within(event.relatedTarget)) hide();
  });
  document.addEventListener("click", (event) => {
    const element = ownerOf(event.target);
    if (element?.matches(".info, .term, .status, .spark")) show(element);
    else hide();
  });
  document.addEventListener("scroll", hide, { passive: true, capture: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  dashboard.tips = {
    /** What a metric is: its definition, its formula, a note, and the line that leads to the glossary. */
    metric: (key, note) => {
      const { definition, formula } = dashboard.metric(key);
      const link = dashboard.spec.pages.glossary ? { text: "In the glossary", metric: key } : null;
      return [{ text: definition }, { kind: "formula", text: formula }, { kind: "small", text: note }, link];
    },
    /** What `element` says on demand: a list of { kind, text }. */
    set: (element, lines) => {
      told.set(element, lines);
      element.dataset.tip = "";
    },
    renew: (element) => {
      if (owner !== element) return;
      hide();
      show(element);
    },
  };
})();
