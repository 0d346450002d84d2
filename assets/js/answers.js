// The answers that are kept, so that going back asks for nothing: all of one version of the data and of one rule who is a
// customer already, the oldest go first.
(() => {
  const { dashboard } = window;
  const MOST = 40;
  /** @type {Map<string, Wire.View>} */
  const answers = new Map(); // by "page?query"
  /** @type {string | null} */
  let version = null;

  /** @param {string} page @param {string} query */
  const key = (page, query) => `${page}?${query}`;

  /** @type {Dashboard["answers"]["keep"]} */
  function keep(page, query, answer) {
    const now = `${answer.data.version} ${answer.data.rule}`;
    if (now !== version) {
      answers.clear();
      version = now;
    }
    answers.delete(key(page, query));
    // What went wrong may be over by the next time it is asked for.
    const failed = Object.values(answer.visuals).some(({ state }) => state === "error");
    if (failed || (/(^|&)as_of=/.test(query) && !answer.as_of)) return;
    answers.set(key(page, query), answer);
    // Under its canonical address it has nothing to say about what was dropped from another.
    if (answer.query !== query) answers.set(key(page, answer.query), { ...answer, notes: [] });
    while (answers.size > MOST) answers.delete(/** @type {string} */ (answers.keys().next().value));
  }

  dashboard.answers = { keep, get: (page, query) => answers.get(key(page, query)) };
})();
