// The Import page's part for a company's own dimensions (components/own_rules.py): the server says what the rules catch.
(() => {
  const { dashboard } = window;
  const { one, text } = dashboard;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };

  /** @param {HTMLElement} page the Import page, which has the part for who may import */
  function open(page) {
    const card = /** @type {HTMLElement} */ (page.querySelector(".own-rules"));
    if (!card) return;
    const area = /** @type {HTMLTextAreaElement} */ (one(card, "textarea"));
    const state = one(card, ".own-rules-state");
    const keep = /** @type {HTMLButtonElement} */ (one(card, '[data-rules="keep"]'));
    let mark = ""; // of the rules that were there when these were looked at
    let checked = ""; // what the table below is of
    const catches = one(card, ".own-rules-catches");
    const history = one(card, ".own-rules-history");

    /** @param {object} asked @param {string} done */
    async function ask(asked, done) {
      text(state, "Looking…");
      try {
        const how = { method: "POST", headers: HEADERS, body: JSON.stringify({ mark, ...asked }) };
        const answer = await (await fetch(`${dashboard.prefix}import/dimensions`, how)).json();
        if (answer.error) return refused(answer.error, "undo" in asked);
        [mark, checked] = [answer.mark, answer.text];
        if (!("text" in asked)) area.value = answer.text;
        catches.innerHTML = answer.markup ?? ""; // the server's: whatever it holds is text there
        history.innerHTML = answer.history ?? "";
        catches.classList.remove("is-stale");
        text(state, answer.refused ?? (answer.kept || "undo" in asked ? done : "Not kept yet."));
        keep.disabled = answer.kept || Boolean(answer.refused);
      } catch {
        text(state, "The server cannot be reached. Check the connection and try again.");
      }
    }

    /** Nothing below is of rules that were refused. @param {string} sentence @param {boolean} unchanged what is written here */
    function refused(sentence, unchanged) {
      text(state, sentence);
      keep.disabled = true;
      if (!unchanged) catches.replaceChildren();
    }

    area.addEventListener("input", () => {
      const changed = area.value !== checked;
      keep.disabled = changed; // what is kept was looked at
      catches.classList.toggle("is-stale", changed);
      if (changed && catches.firstChild) text(state, "Changed: show what they catch.");
    });
    history.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest('[data-rules="undo"]');
      if (button) ask({ undo: true }, "Undone: every page has the rules of before within five seconds.");
    });
    one(card, '[data-rules="show"]').addEventListener("click", () => ask({ text: area.value }, "These are the rules that are kept."));
    const SENTENCE = "Kept: every page has them within five seconds, once it is loaded again.";
    keep.addEventListener("click", () => ask({ text: area.value, keep: true }, SENTENCE));
    card.addEventListener("toggle", () => !area.value && ask({}, "These are the rules that are kept."));
  }

  dashboard.ownRules = { open };
})();
