// What is asked, what has been answered, and the history. One change is one request; a new change cancels the one before.
// Nothing that a reader does not wait for happens between the press and the figures: browsers do much for a new address.
(() => {
  const { dashboard } = window;
  const LONGEST = 32_768; // characters of a query: the server takes no more (web/guard.py)
  const RENEWALS = 5;

  /** @typedef {{ page: string, query: string, hash: string, over?: boolean, from: number, shown?: boolean }} Entry */
  /** @typedef {{ how?: string, anew?: boolean, scroll?: number | null, hash?: string }} How */

  /** @type {{ page: string, query: string, chosen: Wire.Chosen | null } | null} */
  let wanted = null; // what the reader asked for last
  /** @type {Wire.View | null} */
  let shown = null; // the answer on the screen
  /** @type {AbortController | null} */
  let controller = null; // of the request that is waited for
  /** @type {Entry | null} */
  let entry = null; // of the history, not written yet
  let leaving = false; // the document, while an entry is not written
  /** @type {object | null} */
  let refused = null; // what the server will not answer however often it is asked

  /** What was asked for ahead of time, if it was this; anything else is given up. @param {string} [page] @param {string} [query] */
  function early(page, query) {
    const found = dashboard.early;
    dashboard.early = null;
    if (found && found.page === page && found.query === query) return found;
    found?.controller?.abort();
    return null;
  }

  /** A mouse was pressed on what asks for `query` when it is let go, some 80 ms later: it is asked for now. Not while
      another answer is waited for, which the server would give up. @type {Dashboard["view"]["ahead"]} */
  function ahead(page, query) {
    if (!shown || controller || dashboard.answers.get(page, query) || bare(page, query)) return;
    early(); // a press that came to nothing
    const mine = new AbortController();
    const asked = { page, query, ...dashboard.carrier.begin(page, query, mine.signal), controller: mine };
    dashboard.early = asked;
    asked.response.catch(() => {
      if (dashboard.early === asked) dashboard.early = null; // nobody has taken it: the next who asks is not told
    });
  }

  /** Show a page for a query. `how` is what happens to the history: "push", "over" (the entry it is at becomes this one) or
      "stay"; `scroll` is where it stood. @param {string} page @param {string} query @param {How} [options] */
  async function show(page, query, { how = "stay", anew = false, scroll = null, hash = "" } = {}) {
    controller?.abort();
    const asked = early(page, query);
    const mine = (controller = asked?.controller ?? new AbortController());
    if (how === "stay" ? anew : entry?.shown) write();
    const whole = how === "stay" && !anew;
    const over = how === "over" || entry?.over; // what it replaces is still to be replaced
    pend(null); // no entry for a view that was never shown
    leaving = false;
    const read = chosenBy(query);
    wanted = { page, query, chosen: read ?? wanted?.chosen ?? null };
    const known = anew ? null : dashboard.answers.get(page, query) ?? bare(page, query);
    if (known) dashboard.carrier.store(page, known.query, known);
    const coming = known ? null : dashboard.carrier.wanted(asked ?? dashboard.carrier.begin(page, query, mine.signal));
    // Asking where the page is scrolled to has it laid out, so not before the request is on its way.
    const named = hash || (shown?.page === page ? dashboard.chapters.hash() : "");
    if (how !== "stay") pend({ page, query, hash: named, over, from: window.scrollY });
    /** @type {Wire.View} */
    let answer;
    if (known) answer = known;
    else {
      dashboard.agreement.wait(() => reveal(page, whole, read));
      try {
        answer = await /** @type {Promise<Wire.View>} */ (coming);
      } catch (problem) {
        if (mine === controller) failed(problem, page, whole, read);
        return;
      }
      if (mine !== controller) return;
      dashboard.answers.keep(page, query, answer);
      if (answer.query !== query) dashboard.carrier.store(page, answer.query, answer); // the store says what is canonical
    }
    controller = null;
    const turned = shown?.page !== page;
    if (entry) entry.query = answer.query;
    if (turned) write(); // before the document has the other page's title
    shown = answer;
    wanted = { page, query: answer.query, chosen: structuredClone(answer.chosen) };
    put(answer, whole, !known);
    if (entry) later(entry);
    else settle(page, answer.query);
    if (turned) window.scrollTo({ top: scroll ?? 0, behavior: "instant" });
    if (turned || how === "stay") dashboard.visuals.point(location.hash.slice(1), scroll);
  }

  /** What a query says is chosen, where no control said it: a step back, a link, a saved view. @param {string} query */
  function chosenBy(query) {
    if (!wanted?.chosen || dashboard.address.write(wanted.chosen) === query) return null;
    try {
      return dashboard.address.read(query);
    } catch {
      return null; // what nobody here has written, the server reads
    }
  }

  /** The address says what is shown, in its canonical form. @param {string} page @param {string} query */
  function settle(page, query) {
    const canonical = dashboard.address.page(page, query);
    if (canonical === location.pathname + location.search) return;
    history.replaceState(history.state, "", canonical + location.hash);
  }

  /** Of a page of somebody's own nothing is asked here but what is chosen, which the answer on the screen tells.
      @param {string} page @param {string} query */
  const bare = (page, query) =>
    dashboard.page.own(page) && shown?.query === query ? { ...shown, page, notes: [], empty: null, visuals: {} } : null;

  /** The answer that came in the document. @type {Dashboard["view"]["first"]} */
  function first(answer, scroll) {
    const { page, query } = answer;
    wanted = { page, query, chosen: structuredClone(answer.chosen) };
    dashboard.answers.keep(page, query, answer);
    shown = answer;
    dashboard.carrier.store(page, query, answer);
    put(answer, true, true);
    settle(page, query);
    if (scroll) window.scrollTo({ top: scroll, behavior: "instant" });
    dashboard.visuals.point(location.hash.slice(1), scroll);
  }

  /** A callback of somebody's wrote what is to be looked at: it is a step like a click; what is no page or no query stays as it is.
      @type {Dashboard["view"]["written"]} */
  function written(page, query) {
    const now = wantedNow();
    const [to, what] = [dashboard.page.known(page) ? page : now.page, query.length > LONGEST ? now.query : query];
    show(to, what, { how: to === now.page && what === now.query ? "stay" : "push" });
  }

  /** Newer data can tell more or less than those that the document was made for: another one is needed. It may come from a process
      that has not read them yet, so there are a few more tries.
      @param {Wire.View} answer */
  function renew({ page, shape, data: { version } }) {
    const made = dashboard.spec.pages[page]?.shape;
    if (made === undefined || made === shape) return false;
    const [known, times] = (sessionStorage.getItem("renewed") ?? "").split(" ");
    const tries = known === version ? Number(times ?? 0) : 0;
    if (tries >= RENEWALS) return false;
    sessionStorage.setItem("renewed", `${version} ${tries + 1}`);
    location.reload();
    return true;
  }

  /** `whole` where nobody's writing is to be spared: it leads back to what was shown before; `fresh` where the server sent it now.
      @param {Wire.View} answer @param {boolean} whole @param {boolean} fresh */
  function put(answer, whole, fresh) {
    if (fresh && renew(answer)) return;
    try {
      dashboard.freshness.arrived(answer.data, fresh);
      dashboard.page.show(answer.page, answer.query);
      dashboard.page.say(answer, whole);
      dashboard.visuals.draw(answer);
      dashboard.agreement.settle(answer);
    } catch (problem) {
      console.warn("the answer could not be shown", problem);
      dashboard.agreement.settle();
      dashboard.freshness.refused("The server’s answer could not be shown. Reload the page, or try again.");
    }
  }

  /** The entry of what is shown now is written when it can be seen. @param {Entry} mine */
  function later(mine) {
    mine.shown = true;
    requestAnimationFrame(() => setTimeout(() => entry === mine && write()));
  }

  /** @param {Entry | null} next */
  function pend(next) {
    entry = next;
    window.onbeforeunload = next && (() => { leaving = true; }); // only then: a browser keeps no page that listens
  }

  /** What was asked for becomes an entry of the history; the one that is left remembers where it was scrolled to. */
  function write() {
    if (!entry || leaving) return;
    const { page, query, hash, over, from } = entry;
    pend(null);
    if (!over) history.replaceState({ ...history.state, scroll: from }, "");
    history[over ? "replaceState" : "pushState"](null, "", dashboard.address.page(page, query) + hash);
  }

  // A reload that has begun leads where it began: the next document compares (early.js), so that who reloads before the
  // entry is written, or in that moment, gets what was asked for.
  addEventListener("pagehide", () => {
    leaving = false;
    const { pathname, search, hash } = location;
    const asked = entry ? dashboard.address.page(entry.page, entry.query) + entry.hash : pathname + search + hash;
    try {
      sessionStorage.setItem("dashboard-asked", asked);
    } catch {
      // Storage is closed to us: the view before is shown.
    }
  });

  /** What was asked for is slow, or does not come: its address and its page are shown without its figures, but for those of
      before that are what is chosen. The controls say what is chosen, also where they were not what chose it (`read`).
      @param {string} page @param {boolean} whole as in `put` @param {Wire.Chosen | null} read */
  function reveal(page, whole, read) {
    write();
    dashboard.page.show(page, wantedNow().query);
    const there = dashboard.agreement.shown();
    if (there && dashboard.agreement.agrees()) {
      shown = there;
      dashboard.page.say(there, whole);
    } else if (read && shown) {
      const { start, end, grain } = shown.period;
      const period = { ...shown.period, start: read.from ?? start, end: read.to ?? end, grain: read.grain ?? grain };
      dashboard.controls.fill({ ...shown, chosen: read, period });
      dashboard.toolbar.fill({ ...shown, chosen: read, period }, whole);
    }
  }

  /** The reader waits no longer: what is shown stays, and so does its address. */
  function stop() {
    controller?.abort();
    controller = null;
    if (!shown) return;
    history.replaceState(history.state, "", dashboard.address.page(shown.page, shown.query));
    show(shown.page, shown.query);
  }

  /** @param {unknown} problem @param {string} page @param {boolean} whole @param {Wire.Chosen | null} read */
  function failed(problem, page, whole, read) {
    const { Refused, SignedOut } = dashboard.carrier;
    controller = null;
    reveal(page, whole, read);
    if (problem instanceof Refused && problem.final) refused = wanted;
    dashboard.agreement.settle();
    if (problem instanceof Refused) dashboard.freshness.refused(problem.message, problem instanceof SignedOut);
    else dashboard.freshness.lost();
  }

  /** The server answers: what is chosen and was never answered is asked for, unless that has no end. */
  function catchUp() {
    if (wanted && wanted !== refused && !controller && !dashboard.agreement.agrees()) again();
  }

  /** The reader chose what is chosen already: boxes that were opened or emptied without asking for anything say so again. */
  function same() {
    if (!controller && shown && shown.page === wanted?.page && shown.query === wanted.query) dashboard.page.say(shown, true);
    return false;
  }

  /** The reader changed what is chosen: `patch` holds what differs. True where that asks for another view.
      @type {Dashboard["view"]["change"]} */
  function change(patch, how = "push") {
    if (!wanted?.chosen) return false;
    const chosen = { ...wanted.chosen, ...patch };
    const query = dashboard.address.write(chosen);
    if (query === wanted.query) return same();
    wanted.chosen = chosen;
    show(wanted.page, query, { how });
    return true;
  }

  /** What a change by `patch` would ask for is asked for ahead of it. @type {Dashboard["view"]["foresee"]} */
  function foresee(patch) {
    if (wanted?.chosen) ahead(wanted.page, dashboard.address.write({ ...wanted.chosen, ...patch }));
  }

  const again = () => void show(wantedNow().page, wantedNow().query, { anew: true });

  /** There once anything is asked for. */
  const wantedNow = () => /** @type {ReturnType<Dashboard["view"]["wanted"]>} */ (wanted);

  dashboard.view = {
    show,
    first,
    written,
    change,
    ahead,
    foresee,
    write,
    /** Go to a page or a query, or a place in a page, by a link. */
    go: (page, query, hash = "") => {
      if (page !== wanted?.page || query !== wanted?.query) return void show(page, query, { how: "push", hash });
      same();
      if (hash) location.hash = hash;
      else window.scrollTo({ top: 0, behavior: "smooth" });
    },
    again,
    catchUp,
    stop,
    wanted: wantedNow,
    shown: () => /** @type {Wire.View} */ (shown),
  };
})();
