// Which data is shown, whether there is newer, and whether the server still answers.
(() => {
  const { dashboard } = window;
  const { make, text, hide, byId } = dashboard;
  const EVERY = 6000; // so that with the server’s own look and reading, newer data is known within ten seconds
  const AGAIN = 3000; // after a failure
  const KEY = "dashboard-update-by-itself";

  /** @type {Wire.Data | null} */
  let data = null; // of the answer on the screen
  /** @type {string | null} */
  let offered = null; // newer data that the reader has not taken
  let broken = false;
  let timer = 0;
  let asking = false;
  let signedOut = false;

  const itself = () => dashboard.stored(KEY) === "yes";

  /** @param {string} name @param {string} sentence */
  function banner(name, sentence) {
    const place = dashboard.one(document, `#banner-${name}`);
    if (sentence) text(dashboard.one(place, ".banner-text"), sentence);
    hide(place, !sentence);
  }

  /** An answer is shown, of this data; `fresh` where it came just now: then the connection stands, and there is nothing newer.
      @type {Dashboard["freshness"]["arrived"]} */
  function arrived(now, fresh) {
    if (turned(now)) return location.reload();
    data = now;
    if (fresh || offered === now.version) offered = null;
    if (fresh) recovered();
    signedOut = false;
    banner("error", "");
    banner("notice", now.notice ?? "");
    if (!offered) banner("newer", "");
    status();
  }

  /** Whether the demo and own data have changed places: then banner, currency and filters of the document are the other's.
      @param {Wire.Data} now */
  const turned = (now) => data !== null && now.demo !== data.demo;

  const OLD = 8 * 86_400_000; // ms after the data's last day from which nobody would call them up to date
  let looksBack = false;

  /** An earlier version is shown: say which, and do not offer newer data over it. @type {Dashboard["freshness"]["past"]} */
  function past(asOf) {
    looksBack = Boolean(asOf);
    banner("as-of", asOf ? `${asOf.label} ${asOf.sentence}` : "");
  }

  function status() {
    const place = byId("status");
    if (!place.firstChild) {
      place.append(make("span", { class: "status-dot", "aria-hidden": "true" }), make("span", { class: "status-text" }));
      place.tabIndex = 0;
      const platforms = () => (data?.platforms ?? []).map((line) => ({ text: line }));
      dashboard.tips.set(place, () => [{ kind: "title", text: data?.label ?? "" }, ...platforms()]);
    }
    place.classList.toggle("lost", broken);
    place.classList.toggle("newer", Boolean(offered));
    place.classList.toggle("old", Boolean(data) && Date.now() - Date.parse(data?.through ?? "") > OLD);
    text(/** @type {Node} */ (place.lastChild), broken ? "Connection lost" : data?.label ?? "");
  }

  function recovered() {
    if (!broken) return;
    broken = false;
    banner("lost", "");
    status();
  }

  /** No answer: keep what is shown, say so, and try again by ourselves. */
  function lost() {
    broken = true;
    banner("lost", "Connection lost. Your filters are kept.");
    status();
    plan();
  }

  /** The server says no; `signIn` where only signing in again helps. @type {Dashboard["freshness"]["refused"]} */
  function refused(sentence, signIn = false) {
    const { key } = dashboard.spec;
    banner("error", signIn && key ? key : sentence);
    text(byId("retry-error"), !signIn ? "Retry" : key ? "Reload" : "Sign in");
    signedOut = signIn;
    plan();
  }

  function plan() {
    clearTimeout(timer);
    const wait = broken || !dashboard.agreement.agrees() ? AGAIN : EVERY;
    if (document.visibilityState === "visible") timer = setTimeout(poll, wait);
  }

  async function poll() {
    if (asking) return;
    asking = true;
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(`${dashboard.prefix}version`, { headers, cache: "no-store", redirect: "manual" });
      if (response.status === 401 && dashboard.spec.key) refused("", true); // own data have come, and nobody signs in here
      if (response.type === "opaqueredirect" || !response.ok) return; // the next change says it
      const now = await response.json();
      if (data && (now.version ? turned(now) : now.undone)) return location.reload();
      recovered();
      if (now.version && data && now.version !== data.version && !looksBack) newer(now);
      dashboard.view.catchUp();
    } catch {
      lost();
    } finally {
      asking = false;
      plan();
    }
  }

  /** @param {Wire.Data} now */
  function newer(now) {
    if (itself()) {
      if (!dashboard.agreement.waits()) dashboard.view.again(); // an answer on its way may be of the newer data
      return;
    }
    if (offered === now.version) return;
    offered = now.version;
    offerItself();
    banner("newer", `Newer data: ${now.label.replace(/^Data /, "")}.`);
    status();
  }

  function offerItself() {
    const place = dashboard.one(document, ".auto-slot");
    if (place.firstChild) return;
    const box = make("input", { type: "checkbox", class: "form-check-input", "data-do": "itself" });
    place.append(make("label", {}, box, make("span", { text: "Update by itself" })));
  }

  /** @type {Dashboard["freshness"]["chooseItself"]} */
  function chooseItself(box) {
    dashboard.stored(KEY, box.checked ? "yes" : "no");
    if (box.checked) dashboard.view.again();
  }

  function retry() {
    if (signedOut) return location.reload();
    banner("error", "");
    dashboard.view.again();
  }

  function watch() {
    plan();
    document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? poll() : clearTimeout(timer)));
    addEventListener("online", () => broken && poll());
  }

  dashboard.freshness = { past, arrived, lost, refused, watch, retry, show: () => dashboard.view.again(), chooseItself };
})();
