// A page of somebody's own: Dash draws it into its holder while it is open. What it waits for and what failed is said here.
(() => {
  const { dashboard } = window;
  const { make, byId, hide, one, text } = dashboard;
  const LAYOUT = "own-page.children";
  const NOTHING = () => new Response(null, { status: 204 }); // to Dash: nothing to update
  /** @type {string | null} */
  let mounted = null; // the key of the page that is in the holder, or on its way there
  let newest = 0; // the last request for a layout
  const failures = new Set(); // the callbacks that failed last time
  const library = dashboard.loadOnce(load);

  const title = () => dashboard.spec.pages[mounted ?? ""]?.title ?? "";

  /** The page `key` is opened, null: none of somebody's own; what the holder had is taken down. @type {Dashboard["own"]["mount"]} */
  function mount(key) {
    if (key === mounted) return;
    if (mounted) section(mounted).replaceChildren();
    mounted = key;
    failures.clear();
    notice("");
    wait(false);
    dashboard.carrier.set("own-page", { children: null });
    if (key) open(key);
    else dashboard.carrier.set("opened", { data: null }); // a layout on its way is older than this, so Dash drops it
  }

  /** @param {string} key */
  async function open(key) {
    section(key).replaceChildren();
    wait(true);
    try {
      if (dashboard.spec.pages[key].plotly) await dashboard.charts.whole();
    } catch (problem) {
      console.warn("plotly.js could not be loaded", problem);
      if (key === mounted) fail("This page could not be loaded. Check the connection.");
      return;
    }
    if (key === mounted) dashboard.carrier.set("opened", { data: key });
  }

  /** @param {string} key */
  const section = (key) => one(document, `section[data-page="${key}"]`);

  /** @param {boolean} on */
  const wait = (on) => byId("own-page")?.toggleAttribute("data-wait", on);

  /** In the place of a layout that did not come. @param {string} sentence */
  function fail(sentence) {
    const key = /** @type {string} */ (mounted);
    wait(false);
    const [line, retry] = [make("p", { text: sentence }), dashboard.retry(() => open(key))];
    section(key).replaceChildren(make("div", { class: "said", role: "alert" }, dashboard.icon("warning"), line, retry));
  }

  /** Over figures that may be of what was chosen before. @param {string} sentence */
  function notice(sentence) {
    const place = one(document, "#banner-own");
    if (sentence) text(one(place, ".banner-text"), sentence);
    hide(place, !sentence);
    byId("own-page")?.toggleAttribute("data-stale", Boolean(sentence));
  }

  /** Dash's request for a callback of a page of somebody's own, or for its layout. @type {Dashboard["own"]["answer"]} */
  function answer(body, send) {
    const { output, inputs } = JSON.parse(body);
    return output === LAYOUT ? layout(inputs[0].value, send) : figures(output, send);
  }

  /** @param {string | null} key @param {() => Promise<Response>} send */
  async function layout(key, send) {
    if (key === null) return Response.json({ multi: true, response: { "own-page": { children: null } } });
    const mine = ++newest;
    const wanted = () => mine === newest && key === mounted;
    try {
      const response = await send();
      if (response.ok) await complete(response);
      if (!wanted()) return NOTHING();
      wait(false);
      if (ended(response)) return NOTHING();
      if (response.status !== 200) fail("This page could not be shown; whoever runs this dashboard finds the reason in its log.");
      return response;
    } catch (problem) {
      console.warn(`${key} could not be loaded`, problem);
      if (wanted()) fail("This page could not be loaded. Check the connection.");
      return NOTHING();
    }
  }

  /** @param {string} output @param {() => Promise<Response>} send */
  async function figures(output, send) {
    const of = mounted;
    /** @type {Response} */
    let response;
    let sentence = "";
    try {
      response = await send();
      if (ended(response)) return NOTHING();
      if (response.ok) await complete(response);
      else sentence = `A part of “${title()}” could not be worked out, so what it shows may be old. The reason is in the dashboard’s log.`;
    } catch (problem) {
      console.warn(`${output} had no answer`, problem);
      sentence = `A part of “${title()}” could not be loaded, so what it shows may be old. Check the connection.`;
      response = NOTHING();
    }
    if (of !== mounted) return response;
    if (sentence) failures.add(output);
    else failures.delete(output);
    if (sentence || failures.size === 0) notice(sentence);
    return response;
  }

  /** Whether the sign-in has ended, which is said over the page. @param {Response} response */
  function ended(response) {
    if (response.status !== 401) return false;
    dashboard.freshness.refused("Your sign-in has ended. Sign in again; your filters are kept.", true);
    return true;
  }

  /** The component libraries that an answer names are there before Dash draws it. @param {Response} response */
  async function complete(response) {
    const content = await response.clone().text();
    const names = new Set([...content.matchAll(/"namespace":\s*"(\w+)"/g)].map(([, name]) => name));
    for (const name of names) if (!(name in window) && Object.hasOwn(dashboard.spec.libraries ?? {}, name)) await library(name);
  }

  /** A component library. @param {string} name */
  async function load(name) {
    const { js = [], css = [] } = dashboard.spec.libraries?.[name] ?? {};
    const styles = css.map((href) => dashboard.attach(make("link", { rel: "stylesheet", href })));
    for (const src of js) await dashboard.attach(make("script", { src })); // each may need the one before
    await Promise.all(styles);
  }

  dashboard.own = { mount, answer };
})();
