// Saved views: names for addresses, in this browser's storage under the reader who is signed in (docs/decisions/0014).
(() => {
  const { dashboard } = window;
  const { make, text } = dashboard;
  const VERSION = 1;
  const MOST = 200;
  const LONGEST_NAME = 80;
  const LARGEST_FILE = 1_000_000;

  /** @type {string} */
  let key;
  /** @type {{
        menu: HTMLElement, name: HTMLInputElement, list: HTMLElement, none: HTMLElement, said: HTMLElement, undo: HTMLElement,
        out: HTMLButtonElement }} */
  let parts;
  /** @typedef {{ name: string, address: string }} View its address is below the prefix: "cfo?last=12w" */
  /** @type {View[]} */
  let views = [];
  /** @type {View[] | null} */
  let before = null; // what Undo gives back

  /** @param {{ page: string, query: string }} view */
  const addressOf = ({ page, query }) => dashboard.address.page(page, query).slice(dashboard.prefix.length);
  const here = () => addressOf(dashboard.view.shown() ?? dashboard.view.wanted());

  /** The page and query that `address` names, or null where it is none of ours: a page's path and a query, no more.
      @param {unknown} address */
  function read(address) {
    if (typeof address !== "string" || address.length >= 32_000) return null;
    const [, path, query = ""] = /^([a-z0-9-]*)(?:\?([!-"$-~]*))?$/.exec(address) ?? [];
    const page = path === undefined ? undefined : dashboard.address.pageAt(path);
    return page ? { page, query } : null;
  }

  /** @param {unknown} name */
  const tidy = (name) => (typeof name === "string" ? name.replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME) : "");

  /** Only what is a view: a name, and an address of ours, brought into the one form that it has here.
      @param {unknown} list @returns {View[]} */
  function checked(list) {
    const found = [];
    for (const each of Array.isArray(list) ? list.slice(0, MOST) : []) {
      const name = tidy(each?.name);
      const at = read(each?.address);
      if (name && at) found.push({ name, address: addressOf(at) });
    }
    return found;
  }

  function load() {
    try {
      views = checked(JSON.parse(dashboard.stored(key) ?? "[]"));
    } catch {
      // It holds something else: the list begins anew.
    }
  }

  /** @param {View[]} list @param {string} sentence @param {View[] | null} [undo] */
  function keep(list, sentence, undo = null) {
    before = undo;
    views = list;
    const written = JSON.stringify(views);
    if (dashboard.stored(key, written) !== written) sentence = "This browser keeps nothing: export the views to have them next time.";
    draw();
    say(sentence);
  }

  /** @param {string} sentence */
  function say(sentence) {
    text(parts.said, sentence);
    parts.undo.hidden = !before;
  }

  /** @param {HTMLElement} menu @param {Wire.Spec} spec */
  function build(menu, spec) {
    key = `dashboard-views${spec.reader ? `-${spec.reader}` : ""}`;
    const words = "Name of this view";
    const asks = { maxlength: LONGEST_NAME, required: true, autocomplete: "off", placeholder: words, "aria-label": words };
    const name = make("input", { class: "form-control form-control-sm", ...asks });
    const form = make("form", { class: "views-save" }, name, make("button", { class: "btn btn-sm btn-primary", text: "Save" }));
    const list = make("ul", { class: "views-list", "aria-label": "Saved views" });
    const none = make("p", { class: "views-none", text: "No saved views yet. Choose filters and dates, then name them." });
    const said = make("span", { role: "status" });
    const undo = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Undo", hidden: true });
    const hidden = { class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" };
    const file = make("input", { type: "file", accept: ".json,application/json", ...hidden });
    const out = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Export" });
    const into = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Import" });
    const files = make("div", { class: "views-files" }, out, into, file);
    dashboard.one(menu, ".menu-list").replaceChildren(form, list, none, make("div", { class: "views-said" }, said, undo), files);
    parts = { menu, name, list, none, said, undo, out };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    undo.addEventListener("click", () => {
      keep(before ?? views, "Undone.");
      name.focus();
    });
    out.addEventListener("click", exported);
    into.addEventListener("click", () => file.click());
    file.addEventListener("change", () => imported(file));
    addEventListener("storage", (event) => {
      if (event.key !== key) return;
      load();
      draw();
    });
  }

  /** The menu was opened. @type {Dashboard["views"]["open"]} */
  function open(menu, spec) {
    if (!parts) build(menu, spec);
    before = null;
    load();
    draw();
    say("");
    parts.name.focus();
  }

  function save() {
    const name = tidy(parts.name.value);
    if (!name) return parts.name.focus();
    const known = views.some((view) => view.name === name);
    if (!known && views.length >= MOST) return say(`There is room for ${MOST} views: delete one first.`);
    const view = { name, address: here() };
    parts.name.value = "";
    if (known) keep(views.map((each) => (each.name === name ? view : each)), `“${name}” is this view now.`, views);
    else keep([...views, view], `“${name}” saved.`);
  }

  function draw() {
    const now = addressOf(dashboard.view.wanted()); // also while its answer is on its way
    parts.none.hidden = views.length > 0;
    parts.out.disabled = views.length === 0;
    parts.list.replaceChildren(...views.map((view) => row(view, now)));
  }

  /** @param {View} view @param {string} now */
  function row(view, now) {
    const { page, query } = /** @type {{ page: string, query: string }} */ (read(view.address)); // `checked` has read it before
    const there = { href: dashboard.address.page(page, query), "data-go": page, "data-query": query };
    const link = make("a", { ...there, "aria-current": view.address === now ? "page" : null, text: view.name });
    /** @param {string} icon @param {string} label @param {() => void} doing */
    const act = (icon, label, doing) => {
      const named = { "aria-label": `${label} “${view.name}”`, title: label };
      const button = make("button", { type: "button", class: "icon-button", ...named, click: doing }, dashboard.icon(icon));
      return button;
    };
    const line = make("li", {}, link, act("rename", "Rename", () => rename(line, view)), act("close", "Delete", () => remove(view)));
    return line;
  }

  /** @param {HTMLElement} line @param {View} view */
  function rename(line, view) {
    const label = `New name of “${view.name}”`;
    const input = make("input", { class: "form-control form-control-sm", maxlength: LONGEST_NAME, value: view.name, "aria-label": label });
    const place = views.indexOf(view);
    const back = () => parts.list.children[place]?.querySelector("button")?.focus();
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation(); // Escape leaves the name, not the menu
      const name = tidy(input.value);
      if (event.key === "Escape" || name === view.name) draw();
      else if (!name) return;
      else if (views.some((each) => each.name === name)) return say(`There is a view “${name}” already.`);
      else keep(views.map((each) => (each === view ? { ...view, name } : each)), `Renamed to “${name}”.`, views);
      back();
    });
    line.replaceChildren(input);
    input.select();
    input.focus();
  }

  /** @param {View} view */
  function remove(view) {
    keep(views.filter((each) => each !== view), `“${view.name}” deleted.`, views);
    parts.undo.focus();
  }

  function exported() {
    const body = JSON.stringify({ "dashboard-views": VERSION, views }, null, 2);
    dashboard.download(new Blob([body], { type: "application/json" }), "dashboard-views.json");
    say(`${views.length === 1 ? "1 view" : `${views.length} views`} exported.`);
  }

  /** @param {HTMLInputElement} input */
  async function imported(input) {
    const [file] = input.files ?? [];
    input.value = "";
    if (!file) return;
    let found = null;
    try {
      if (file.size <= LARGEST_FILE) found = JSON.parse(await file.text());
    } catch {
      // Not JSON: said below.
    }
    if (found?.["dashboard-views"] !== VERSION || !Array.isArray(found.views)) {
      return say("This is no file of saved views: choose one that Export wrote.");
    }
    const good = checked(found.views);
    const now = new Map(views.map((view) => [view.name, view]));
    for (const view of good) now.set(view.name, view);
    const list = [...now.values()].slice(0, MOST);
    const left = found.views.length - good.length + (now.size - list.length);
    const words = `${good.length === 1 ? "1 view" : `${good.length} views`} imported.`;
    const lost = `${left} left out: ${left === 1 ? "it is" : "they are"} no view that this dashboard has.`;
    keep(list, left ? `${words} ${lost}` : words, views);
  }

  dashboard.views = { open };
})();
