// The glossary stands in its document (components/glossary.py); here it is searched, and led to by an address.
(() => {
  const { dashboard } = window;
  const { hide, one, text } = dashboard;
  /** @type {HTMLElement} */
  let section;
  const input = () => one(section, "input");
  const entries = () => [...section.querySelectorAll("[data-term]")];

  /** @type {Dashboard["bodies"][string]["show"]} */
  function show(given) {
    if (section !== given) {
      section = given;
      input().addEventListener("input", search);
      addEventListener("hashchange", reveal);
    }
    reveal();
  }

  /** Hides the entries that have not all words; a group without entries is hidden by its style. */
  function search() {
    const words = input().value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const all = entries();
    let fitting = 0;
    for (const entry of all) {
      const own = `${entry.id} ${entry.textContent}`.toLocaleLowerCase();
      const fits = words.every((word) => own.includes(word));
      hide(entry, !fits);
      fitting += Number(fits);
    }
    const none = `Nothing here is called “${input().value.trim()}”.`;
    text(one(section, ".glossary-none"), fitting === 0 ? none : words.length ? `${fitting} of ${all.length}` : "");
  }

  /** What the address names after "#". */
  function reveal() {
    if (section.hidden) return;
    const wanted = entries().find(({ id }) => [id, encodeURIComponent(id)].includes(location.hash.slice(1)));
    for (const entry of entries()) entry.classList.toggle("wanted", entry === wanted);
    if (!wanted) return;
    input().value = "";
    search();
    wanted.scrollIntoView({ block: "center" });
    wanted.focus({ preventScroll: true });
  }

  dashboard.bodies.glossary = { show };
})();
