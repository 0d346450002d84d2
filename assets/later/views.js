// Saved views: names for addresses, in this browser's storage under the reader who is signed in (docs/decisions/0014).
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text, byId } = dashboard;
  const VERSION = 1;
  const MOST = 200;
  const LONGEST_NAME = 80;
  const LARGEST_FILE = 1_000_000;

  let key = null;
  let parts = null;
  let views = []; // [{ name, address }], address below the prefix: "cfo?last=12w"
  let before = null; // what Undo gives back

  const addressOf = ({ page, query }) => dashboard.address.page(page, query).slice(dashboard.prefix.length);
  const here = () => addressOf(dashboard.view.shown() ?? dashboard.view.wanted());

  /** The page and query that `address` names, or null where it is none of ours: a page's path and a query, no more. */
  function read(address) {
    const [, path, query = ""] = (typeof address === "string" && address.length < 32_000 && /^([a-z0-9-]*)(?:\?([!-"$-~]*))?$/.exec(address)) || [null, null];
    const page = path === null ? null : dashboard.address.pageAt(path);
    return page ? { page, query } : null;
  }

  const tidy = (name) => (typeof name === "string" ? name.replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME) : "");

  /** Only what is a view: a name, and an address of ours, brought into the one form that it has here. */
  function checked(list) {
    const found = [];
    for (const each of Array.isArray(list) ? list.slice(0, MOST) : []) {
      const name = tidy(each?.name);
      const at = read(each?.address);
      if (name && at) found.push({ name, address: dashboard.address.page(at.page, at.query).slice(dashboard.prefix.length) });
    }
    return found;
  }

  function load() {
    try {
      views = checked(JSON.parse(localStorage.getItem(key) ?? "[]"));
    } catch {
      // Storage is closed to us, or holds something else: the list begins anew.
    }
  }

  function keep(list, sentence, undo = null) {
    before = undo;
    views = list;
    try {
      localStorage.setItem(key, JSON.stringify(views));
    } catch {
      sentence = "This browser keeps nothing: export the views to have them next time.";
    }
    draw();
    say(sentence);
  }

  function say(sentence) {
    text(parts.said, sentence);
    parts.undo.hidden = !before;
  }

  function build(menu, spec) {
    key = `dashboard-views${spec.reader ? `-${spec.reader}` : ""}`;
    const name = make("input", { class: "form-control form-control-sm", maxlength: LONGEST_NAME, required: true, autocomplete: "off", placeholder: "Name of this view", "aria-label": "Name of this view" });
    const form = make("form", { class: "views-save" }, name, make("button", { class: "btn btn-sm btn-primary", text: "Save" }));
    const list = make("ul", { class: "views-list", "aria-label": "Saved views" });
    const none = make("p", { class: "views-none", text: "No saved views yet. Choose filters and dates, then name them." });
    const said = make("span", { role: "status" });
    const undo = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Undo", hidden: true });
    const file = make("input", { type: "file", accept: ".json,application/json", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
    const out = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Export" });
    const into = make("button", { type: "button", class: "btn btn-sm btn-link", text: "Import" });
    const place = menu.querySelector(".menu-list");
    place.replaceChildren(form, list, none, make("div", { class: "views-said" }, said, undo), make("div", { class: "views-files" }, out, into, file));
    parts = { menu, name, list, none, said, undo, out };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      save();
    });
    undo.addEventListener("click", () => {
      keep(before, "Undone.");
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

  /** The menu was opened. */
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
    keep(known ? views.map((each) => (each.name === name ? view : each)) : [...views, view], known ? `“${name}” is this view now.` : `“${name}” saved.`, known ? views : null);
  }

  function draw() {
    const now = addressOf(dashboard.view.wanted()); // also while its answer is on its way
    parts.none.hidden = views.length > 0;
    parts.out.disabled = views.length === 0;
    parts.list.replaceChildren(...views.map((view) => row(view, now)));
  }

  function row(view, now) {
    const { page, query } = read(view.address);
    const link = make("a", { href: dashboard.address.page(page, query), "data-go": page, "data-query": query, "aria-current": view.address === now ? "page" : null, text: view.name });
    const act = (icon, label, doing) => {
      const button = make("button", { type: "button", class: "icon-button", "aria-label": `${label} “${view.name}”`, title: label }, dashboard.icon(icon));
      button.addEventListener("click", doing);
      return button;
    };
    const line = make("li", {}, link, act("rename", "Rename", () => rename(line, view)), act("close", "Delete", () => remove(view)));
    return line;
  }

  function rename(line, view) {
    const input = make("input", { class: "form-control form-control-sm", maxlength: LONGEST_NAME, value: view.name, "aria-label": `New name of “${view.name}”` });
    const place = views.indexOf(view);
    const back = () => parts.list.children[place]?.querySelector("button").focus();
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

  function remove(view) {
    keep(views.filter((each) => each !== view), `“${view.name}” deleted.`, views);
    parts.undo.focus();
  }

  function exported() {
    const body = JSON.stringify({ "dashboard-views": VERSION, views }, null, 2);
    const link = make("a", { href: URL.createObjectURL(new Blob([body], { type: "application/json" })), download: "dashboard-views.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`${views.length === 1 ? "1 view" : `${views.length} views`} exported.`);
  }

  async function imported(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    let found = null;
    try {
      if (file.size <= LARGEST_FILE) found = JSON.parse(await file.text());
    } catch {
      // Not JSON: said below.
    }
    if (found?.["dashboard-views"] !== VERSION || !Array.isArray(found.views)) return say("This is no file of saved views: choose one that Export wrote.");
    const good = checked(found.views);
    const now = new Map(views.map((view) => [view.name, view]));
    for (const view of good) now.set(view.name, view);
    const list = [...now.values()].slice(0, MOST);
    const left = found.views.length - good.length + (now.size - list.length);
    const words = `${good.length === 1 ? "1 view" : `${good.length} views`} imported.`;
    keep(list, left ? `${words} ${left} left out: ${left === 1 ? "it is" : "they are"} no view that this dashboard has.` : words, views);
  }

  dashboard.views = { open };
})();
