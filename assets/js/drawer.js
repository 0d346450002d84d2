// The filter panel as a drawer, where the screen is too narrow to have it beside the figures.
(() => {
  const { dashboard } = window;
  const { byId } = dashboard;
  const narrow = matchMedia("(max-width: 1199.98px)");
  const root = document.documentElement;
  /** @type {HTMLElement | null} */
  let returnTo = null;

  const others = () => document.querySelectorAll(".topbar, .skip, #main, .toolbar, .own-page");

  function open() {
    if (!narrow.matches) return;
    returnTo = /** @type {HTMLElement | null} */ (document.activeElement);
    root.dataset.drawer = "";
    byId("scrim").hidden = false;
    byId("open-filters").setAttribute("aria-expanded", "true");
    const panel = byId("filters");
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
    for (const other of others()) other.inert = true;
    byId("close-filters").focus();
  }

  function close() {
    if (!("drawer" in root.dataset)) return;
    delete root.dataset.drawer;
    byId("scrim").hidden = true;
    byId("open-filters").setAttribute("aria-expanded", "false");
    const panel = byId("filters");
    panel.removeAttribute("role");
    panel.removeAttribute("aria-modal");
    for (const other of others()) other.inert = false;
    returnTo?.focus();
  }

  /** Tab stays within the drawer. @type {Dashboard["drawer"]["keep"]} */
  function keep(event) {
    if (!("drawer" in root.dataset) || event.key !== "Tab") return;
    const every = /** @type {NodeListOf<HTMLButtonElement>} */ (byId("filters").querySelectorAll("button, input, a[href]"));
    const stops = [...every].filter((stop) => stop.offsetParent !== null && !stop.disabled);
    const [first, last] = [stops[0], stops[stops.length - 1]];
    if (event.shiftKey && document.activeElement === first) last.focus();
    else if (!event.shiftKey && document.activeElement === last) first.focus();
    else return;
    event.preventDefault();
  }

  narrow.addEventListener("change", close);

  dashboard.drawer = { open, close, keep };
})();
