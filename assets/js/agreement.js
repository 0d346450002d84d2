// Whether the figures on the screen are those of what is chosen. Where they are not, they are dimmed and the page says whose they
// are, until they agree. It is one state, worked out of what the open page shows, what is chosen, and how long the answer takes.
(() => {
  const { dashboard } = window;
  const SLOW = 200; // ms before anything says that we wait: quicker answers must not flicker
  const LONG = 2000; // ms before it is counted, and the reader may stop waiting
  /** @type {Map<string, Wire.View>} */
  const figures = new Map(); // by page, the answer that it shows
  let since = 0; // when the answer that is waited for was asked for; 0: none is
  let apart = 0; // since when what is shown is not what is chosen, however often that was changed meanwhile; 0: they agree
  let clock = 0;
  /** @type {(() => void) | null} */
  let atSlow = null; // done once when an answer turns out to be slow

  const shown = () => figures.get(dashboard.page.open());

  function agrees() {
    const wanted = dashboard.view.wanted();
    return wanted?.page === dashboard.page.open() && wanted.query === shown()?.query;
  }

  /** An answer is waited for. @param {() => void} act is done if it is slow */
  function wait(act) {
    [since, atSlow] = [Date.now(), act];
    review();
  }

  /** None is waited for any more; `answer` is on its page now. @type {Dashboard["agreement"]["settle"]} */
  function settle(answer) {
    if (answer) figures.set(answer.page, answer);
    [since, atSlow] = [0, null];
    review();
  }

  function review() {
    clearTimeout(clock);
    const now = Date.now();
    apart = agrees() ? 0 : apart || now;
    const waited = since ? now - since : 0;
    const rest = since ? SLOW - (now - (apart || since)) : 0;
    const quick = rest > 0;
    if (since) clock = setTimeout(review, quick ? rest : 1000 - (waited % 1000));
    if (!quick && atSlow) {
      const act = atSlow;
      atSlow = null;
      act();
    }
    const differs = !quick && !agrees(); // asked once more: another page may have been opened
    const root = document.documentElement;
    root.toggleAttribute("data-busy", since > 0 && !quick);
    root.toggleAttribute("data-stale", differs);
    const words = [differs ? sentence() : "", waited < LONG ? "" : `Still waiting for the figures: ${Math.floor(waited / 1000)} s.`];
    say(words.filter(Boolean).join(" "), waited >= LONG);
  }

  /** Over the page, so that nothing moves; with a way out of a long wait where there is something to go back to.
      @param {string} words @param {boolean} long */
  function say(words, long) {
    const place = dashboard.byId("agreement");
    const text = dashboard.one(place, "span");
    if (long && !text.textContent.includes("waiting")) dashboard.text(dashboard.byId("announcer"), words); // once, not every second
    dashboard.text(text, words);
    dashboard.hide(dashboard.one(place, "button"), !long || !dashboard.view.shown());
    dashboard.hide(place, !words);
  }

  function sentence() {
    const answer = shown();
    if (answer) return `Figures are still for ${subject(answer)}.`;
    return dashboard.view.shown() ? "The figures of this page have not come yet." : "";
  }

  /** What an answer is of, as far as it is not what is chosen now. @param {Wire.View} answer */
  function subject({ chosen, chips, period }) {
    const next = dashboard.view.wanted().chosen;
    const differs = (/** @type {string[]} */ ...names) => names.some((name) => plain(chosen[name]) !== plain(next?.[name]));
    const dates = period.label;
    const against = period.baseline ? `compared with ${period.baseline}` : "not compared";
    /** @param {[string, string]} dimension */
    const values = ([dimension, label]) =>
      chips.find((chip) => chip.dimension === dimension)?.named ?? `all ${label.toLowerCase()}s`;
    const dimensions = Object.entries(dashboard.spec.dimensions);
    const found = dimensions.filter(([dimension]) => differs(dimension)).map(values);
    if (differs("last", "from", "to")) found.push(dates);
    if (differs("compare")) found.push(against);
    if (differs("grain")) found.push(`each ${period.grain}`);
    if (differs("rolling")) found.push(chosen.rolling ? "seven-day means" : "single days");
    // Back to what was never here: only the server knows how that differs.
    const all = () => [dates, ...dimensions.filter(([dimension]) => chosen[dimension]?.length).map(values)];
    return (found.length ? found : all()).join(", ");
  }

  /** @param {any} value */
  const plain = (value) => (Array.isArray(value) ? [...value].sort().join("\n") : value ?? "");

  dashboard.agreement = { agrees, wait, settle, review, shown, waits: () => since > 0 };
})();
