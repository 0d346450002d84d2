// Between Dash's stores and this page. What is asked for is written into the store "selection", and the callback that this
// starts answers into the store "view" (callbacks/view.py). The request itself is begun here, some milliseconds before Dash
// would: at a mouse's press, before Dash has loaded, and with a way to give it up. Dash's own request for the same then
// gets this answer and does not leave the browser.
(() => {
  const { dashboard } = window;
  const TAB = crypto.getRandomValues(new Uint32Array(1))[0]; // with a count it tells the server what is still wanted
  const OUTPUT = "view.data";
  const INPUT = "selection.data";
  const LONGEST = 100; // ms that Dash's store may be behind
  let count = 0;
  /** @type {{ selection: Looked, answer: Promise<Wire.View> } | null} */
  let asked = null; // the newest request
  let ready = false; // Dash has put up its layout
  /** @type {Looked | null} */
  let told = null; // what Dash's store "selection" holds

  class Refused extends Error {
    /** @param {string} sentence @param {number} [status] */
    constructor(sentence, status = 0) {
      super(sentence);
      this.final = status >= 400 && status < 500 && status !== 408 && status !== 429; // it is answered so again and again
    }
  }
  class SignedOut extends Refused {}

  /** @param {Looked | null | undefined} one @param {Looked | null | undefined} other */
  const same = (one, other) => one?.page === other?.page && one?.query === other?.query && one?.request === other?.request;

  /** The proxy in front sends elsewhere, or the server says so. @param {Response} response */
  const ended = (response) => response.type === "opaqueredirect" || response.status === 401;

  /** The JSON at an address of ours. Throws Refused with the server's sentence, SignedOut with `sentence`.
      @type {Dashboard["carrier"]["get"]} */
  async function get(address, sentence, signal) {
    const response = await fetch(address, { signal, redirect: "manual", headers: { Accept: "application/json" } });
    if (ended(response)) throw new SignedOut(sentence);
    const answer = await response.json();
    if (!response.ok) throw new Refused(answer.error);
    return answer;
  }

  /** The answer in a response. Throws Refused with a sentence for the reader, SignedOut where a sign-in has ended.
      @param {Promise<Response>} coming @returns {Promise<Wire.View>} */
  async function read(coming) {
    const response = await coming;
    if (ended(response)) {
      throw new SignedOut("Your sign-in has ended. Sign in again to see newer figures; your filters are kept.");
    }
    let body = null;
    try {
      body = await response.json();
    } catch (/** @type {any} */ problem) {
      if (problem.name === "AbortError") throw problem;
    }
    const answer = body?.response?.view?.data;
    if (response.ok && answer?.visuals) return answer;
    throw new Refused(body?.error ?? "The server’s answer could not be read. Reload the page, or try again.", response.status);
  }

  /** @param {Looked} selection @param {AbortSignal} signal */
  const post = (selection, signal) =>
    dashboard.post(OUTPUT, INPUT, selection, { signal, headers: { "X-Turn": `${TAB}.${selection.request}` } });

  /** Ask for the figures of a page and query: { selection, response }, for `wanted` to take. @type {Dashboard["carrier"]["begin"]} */
  function begin(page, query, signal) {
    const selection = { page, query, request: ++count };
    return { selection, response: post(selection, signal) };
  }

  /** The view of a selection that is looked at beside the page: a panel's. The store stays as it is.
      @type {Dashboard["carrier"]["fetchView"]} */
  const fetchView = (selection, signal) => read(dashboard.post(OUTPUT, INPUT, selection, { signal }));

  /** What is looked at from now on, and what it will be answered with. Dash's store follows once the figures are painted,
      or after LONGEST: what Dash does about it would hold them up. A page of Dash's own has nothing else to wait for.
      @param {Looked} selection @param {Promise<Wire.View>} answer */
  function look(selection, answer) {
    asked = { selection, answer };
    if (dashboard.page.own(selection.page)) return tell();
    const painted = () => requestAnimationFrame(() => setTimeout(tell));
    answer.then(painted, painted); // whoever asked says what went wrong
    setTimeout(tell, LONGEST); // also in a tab that is not painted
  }

  /** The figures that `begin` asked for. @type {Dashboard["carrier"]["wanted"]} */
  function wanted({ selection, response }) {
    const answer = read(response);
    look(selection, answer);
    return answer;
  }

  /** An answer that is here already is looked at: nothing is asked. @type {Dashboard["carrier"]["store"]} */
  const store = (page, query, answer) => look({ page, query, request: ++count }, Promise.resolve(answer));

  /** Sets props of one of Dash's components, where Dash is there; what it finds when it comes is set by `seed`.
      @type {Dashboard["carrier"]["set"]} */
  function set(id, props) {
    if (ready) window.dash_clientside?.set_props(id, props);
  }

  /** The store "selection" follows what was asked last. */
  function tell() {
    if (!ready || !asked || same(told, asked.selection)) return;
    told = asked.selection;
    set("selection", { data: told });
  }

  const NOTHING = () => new Response(null, { status: 204 }); // to Dash: nothing to update

  /** Dash asks for the store's figures: it gets the answer that is here or on its way, and of what is no longer wanted none.
      @param {Looked} selection */
  async function join(selection) {
    const mine = asked;
    if (!mine || !same(selection, mine.selection)) return NOTHING();
    try {
      const answer = await mine.answer;
      return mine === asked ? Response.json({ multi: true, response: { view: { data: answer } } }) : NOTHING();
    } catch {
      return NOTHING(); // said on the page
    }
  }

  const plain = window.fetch;
  window.fetch = (address, options) => {
    const body = options?.body;
    const ours = options?.redirect === "manual";
    if (ours || typeof body !== "string" || !body.startsWith('{"output":')) return plain(address, options);
    if (body.startsWith(`{"output":"${OUTPUT}"`)) return join(JSON.parse(body).inputs[0].value);
    return dashboard.own.answer(body, () => plain(address, options));
  };

  /** The layout as it came from the server, before React has seen it: its stores and controls say what is shown.
      @type {Dashboard["carrier"]["seed"]} */
  function seed(layout) {
    try {
      told = asked?.selection ?? null;
      const values = dashboard.controls.values(dashboard.view.shown());
      dashboard.controls.seeded(values);
      walk(layout, (props) => {
        if (props.id === "selection") props.data = told;
        else if (props.id === "view") props.data = dashboard.view.shown();
        else Object.assign(props, values[props.id]);
      });
    } catch (problem) {
      console.warn("the stores could not be filled", problem); // a hook that throws would stop Dash
    }
  }

  /** @param {any} part @param {(props: Record<string, any>) => void} each */
  function walk(part, each) {
    if (Array.isArray(part)) for (const one of part) walk(one, each);
    else if (part?.props) {
      each(part.props);
      walk(part.props.children, each);
    }
  }

  /** The store "selection" was written: by us, or by a callback of somebody's, which is looked at like a click.
      @type {Dashboard["carrier"]["follow"]} */
  function follow(selection) {
    if (!ready) {
      ready = true;
      dashboard.page.ready();
      return tell();
    }
    if (same(selection, asked?.selection) || same(selection, told)) return; // ours, also where Dash says so late
    told = selection;
    dashboard.view.written(String(selection?.page ?? ""), String(selection?.query ?? ""));
  }

  dashboard.carrier = { begin, wanted, store, fetchView, get, set, seed, follow, SignedOut, Refused };
})();
