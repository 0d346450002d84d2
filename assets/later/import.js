// The Import page (components/import_page.py): files go to the server one by one; what they hold and would change comes back as
// markup (components/import_report.py), and is kept if told to.
(() => {
  const { dashboard } = window;
  const { hide, make, one, text } = dashboard;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };
  const KEPT = "dashboard.import"; // the upload that this tab has told the server to keep
  const LOOK = 700; // ms between looks at which data is shown
  const PAUSE = 1; // s between two questions, where the server does not say
  const PATIENCE = 120_000; // ms for a server that does not answer, as when it is restarted
  const AWAY = [502, 503, 504]; // what a proxy says of a server that does not answer

  const ENDED = "Your sign-in has ended. Reload the page to sign in again, then choose the files again.";
  const TOO_SLOW = "The connection is too slow: the file did not arrive in time. Send it again, zipped, or over a faster one.";
  const PART = "A part of this page could not be loaded. Check the connection and try again.";
  const UNREACHED = "The server cannot be reached. Check the connection and try again.";
  const UNKNOWN =
    "The server cannot be reached, so it is not known yet whether the files were imported. Reload this page later: it will say.";

  /** @type {HTMLElement} */
  let section;
  /** @type {{ file: File, row: HTMLElement, sent: boolean }[]} */
  let files = [];
  /** @type {AbortController | null} */
  let stop = null; // stops what is being sent
  let upload = ""; // the server's name for the files that were sent
  let mark = ""; // what the reader has been shown
  let checked = ""; // with which options
  let keeping = false; // then nothing is forgotten when the page is left
  let leaving = false; // while it keeps: what comes of it is for the next page, which may be slow to come
  let round = 0; // an answer to an earlier one is not shown

  /** What is thrown for the reader to read; `refusal` is the server's status and what may be done. @type {Refuse} */
  const refuse = (sentence, refusal = {}) => Object.assign(new Error(sentence), { refusal });

  const part = (/** @type {string} */ name) => one(section, `.import-${name}`);
  const form = () => /** @type {HTMLFormElement} */ (part("options-list"));
  const options = () => /** @type {HTMLDetailsElement} */ (part("options"));
  const overButton = () => one(section, '[data-import="over"]');
  const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** What a click on [data-import] does. @type {Record<string, (button: HTMLButtonElement) => unknown>} */
  const CLICKS = {
    choose: () => one(section, "input").click(),
    over: restart,
    keep,
    cost: (button) => change("costs", Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (button.form))), button),
    undo: (button) => change("undo", { mark: button.dataset.mark }, button),
    uncost: (button) => change("costs", { ...button.dataset, remove: true }, button),
    copy: (button) => navigator.clipboard.writeText(part("command").textContent ?? "").then(() => text(button, "Copied"), () => {}),
  };

  /** @type {Dashboard["bodies"][string]["show"]} */
  function show(given) {
    if (section === given) return;
    section = given;
    section.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button[data-import]");
      if (!button) return;
      event.preventDefault(); // a form is sent by what the button does
      CLICKS[button.dataset.import ?? ""](/** @type {HTMLButtonElement} */ (button));
    });
    wake();
    dashboard.later("own-rules").then(() => dashboard.ownRules.open(given));
    if (!section.querySelector(".import-zone")) return; // it takes no files
    listen();
    upload = sessionStorage.getItem(KEPT) ?? "";
    if (upload) conclude("outcome", { upload }, "Importing…"); // a keep that went on while this tab was elsewhere
  }

  function listen() {
    const zone = part("zone");
    const accept = ".csv,.tsv,.txt,.xlsx,.parquet,.zip,.toml";
    const unseen = { class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" };
    const input = make("input", { type: "file", multiple: "", accept, ...unseen });
    input.addEventListener("change", () => add([...(input.files ?? [])]).finally(() => (input.value = "")));
    zone.append(input);
    for (const kind of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"])) {
      addEventListener(kind, (event) => {
        if (section.hidden) return;
        const at = kind === "dragleave" ? event.relatedTarget : event.target;
        const inside = zone.contains(/** @type {Node | null} */ (at));
        zone.classList.toggle("over", inside && kind !== "drop");
        if (kind !== "dragleave") event.preventDefault(); // beside the zone a browser would open the file and leave the page
        if (kind === "drop" && inside) add([...(event.dataTransfer?.files ?? [])]);
      });
    }
    form().addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    addEventListener("beforeunload", () => (leaving = keeping));
    addEventListener("pagehide", () => upload && !keeping && forget(true));
    addEventListener("pageshow", (event) => event.persisted && !upload && restart()); // what the page shows is forgotten
  }

  /** Files to be imported beside those that are here. @param {File[]} more @returns {Promise<void>} */
  async function add(more) {
    for (const file of more) {
      const name = make("span", { class: "import-name", text: file.name, title: file.name });
      const row = make("li", {}, name, make("span", { class: "import-size", text: size(file.size) }));
      part("files").append(row);
      files.push({ file, row, sent: false });
    }
    if (more.length) await deliver();
  }

  /** @param {number} bytes */
  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  /** Send what is not yet sent. */
  async function deliver() {
    if (stop) return; // it takes these along
    const mine = ++round;
    const sending = (stop = new AbortController());
    hide(overButton(), false);
    part("outcome").replaceChildren();
    let entry;
    try {
      while ((entry = files.find((each) => !each.sent))) await transmit(entry, sending.signal);
    } catch (problem) {
      if (entry && mine === round) halt(problem, entry);
      return;
    } finally {
      if (stop === sending) stop = null;
    }
    if (mine === round) await check();
  }

  /** @param {typeof files[number]} entry @param {AbortSignal} signal */
  async function transmit(entry, signal) {
    const { file, row } = entry;
    const bar = make("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` });
    row.classList.remove("failed");
    row.append(bar);
    try {
      const others = files.reduce((sum, each) => sum + (each.sent ? each.file.size : 0), 0);
      const { most, large } = part("zone").dataset;
      if (file.size + others > Number(most)) {
        throw refuse(`“${file.name}” is too large${others ? " beside the other files" : ""}. ${large}`);
      }
      await dashboard.later("import-send").catch(() => { throw refuse(PART, { again: true }); });
      const progress = (/** @type {number} */ sent) => (bar.value = sent);
      const answer = await dashboard.importSend(file, upload, { refuse, read, say: state, progress, signal });
      if (signal.aborted) return;
      upload = answer.upload;
      entry.sent = true;
    } catch (problem) {
      row.classList.add("failed");
      throw problem;
    } finally {
      bar.remove();
    }
  }

  /** Say why a file could not be sent, and offer what can be done. @param {any} problem @param {typeof files[number]} entry */
  function halt(problem, entry) {
    const { again = false } = problem.refusal ?? { again: true };
    /** @type {ImportAction[]} */
    const actions = again ? [["Try again", deliver]] : [];
    if (files.length > 1) actions.push(["Go on without it", () => (drop(entry), deliver())]);
    else if (!again) drop(entry);
    failed(problem, ...actions);
  }

  /** @param {typeof files[number]} entry */
  function drop(entry) {
    files = files.filter((each) => each !== entry);
    entry.row.remove();
  }

  /** The answer in what came back, or a refusal thrown: a proxy in front of the server says 408 and 413 without a sentence.
      @param {number} status @param {string} body @param {number} [after] */
  function read(status, body, after = 0) {
    let answer = null;
    try {
      answer = JSON.parse(body);
    } catch {
      /* said below */
    }
    if (status === 200 && answer) return answer;
    const ended = dashboard.spec.key ?? ENDED;
    const sentence = (status === 401 ? null : answer?.error)
      ?? { 401: ended, 408: TOO_SLOW, 413: part("zone").dataset.large }[status] ?? "The server’s answer could not be read. Try again.";
    throw refuse(sentence, { status, after, again: [400, 408, 410].includes(status) || status >= 500 });
  }

  /** @param {string} sentence */
  function state(sentence) {
    text(part("state"), sentence);
    part("state").classList.toggle("busy", Boolean(sentence));
  }

  /** Say what went wrong; `actions` are [label, what it does] of the buttons below.
      @param {any} problem @param {ImportAction[]} actions */
  function failed(problem, ...actions) {
    const { message, refusal } = problem;
    if (!refusal) console.warn("import failed", problem);
    if (refusal?.status === 410) {
      upload = "";
      for (const each of files) each.sent = false;
      actions = files.length > 0 ? [["Send again", deliver]] : [];
    }
    state("");
    const sentence = refusal ? message : "Something went wrong here. Start over, or try again.";
    const buttons = actions.map(([label, act]) =>
      make("button", { type: "button", class: "btn btn-sm btn-light", text: label, click: act }));
    const below = buttons.length ? make("div", { class: "import-actions" }, ...buttons) : null;
    const words = make("div", {}, make("p", { text: sentence }), below);
    section.querySelector(".import-refused")?.remove();
    part("outcome").prepend(make("div", { class: "import-refused", role: "alert" }, dashboard.icon("warning"), words));
  }

  /** A question to the server; null where it cannot be reached. @param {string} path @param {object} body */
  const post = (path, body, keepalive = false) =>
    fetch(`${dashboard.prefix}import/${path}`, {
      method: "POST", headers: HEADERS, body: JSON.stringify(body), redirect: "manual", keepalive,
    }).catch(() => null);

  /** The answer to `path` ("check", "keep" or "outcome"): asked for, then asked how it ended, until it has; null where something
      else was begun meanwhile. A keep is safe to be asked for again: the server keeps an upload once.
      @param {string} path @param {object} body @param {string} doing @returns {Promise<{ markup: string } | null>} */
  async function answerTo(path, body, doing) {
    const mine = ++round;
    const checks = path === "check";
    let question = path;
    let reached = checks ? 0 : Date.now();
    let again = checks;
    state(doing);
    while (mine === round) {
      const response = await post(question, { ...body, markup: true });
      if (mine !== round) break;
      const retry = Number(response?.headers.get("Retry-After"));
      if (!response || (AWAY.includes(response.status) && !retry)) {
        if (Date.now() - reached > PATIENCE) throw refuse(checks ? UNREACHED : UNKNOWN, { away: true });
        state("The server does not answer; asking again…");
        question = path;
      } else if (response.status === 503) {
        reached = Date.now();
        state("Others’ files are being read; yours are next…");
      } else if (response.status === 202) {
        reached = Date.now();
        state(doing);
        question = "outcome";
      } else {
        const answer = read(response.type === "opaqueredirect" ? 401 : response.status, await response.text());
        if (!answer.stopped) return answer;
        if (!again) throw refuse(answer.stopped);
        again = false; // the server was restarted: nothing is lost but time
        question = path;
        continue;
      }
      await pause(1000 * (retry || PAUSE));
    }
    return null;
  }

  /** Asks, and shows what comes of it. @param {string} path @param {object} body @param {string} doing */
  async function conclude(path, body, doing) {
    const mine = round + 1;
    const checks = path === "check";
    if (!checks) settle(true);
    try {
      const answer = await answerTo(path, body, doing);
      if (!answer) return;
      if (!checks) settle(false);
      if ("options" in body) checked = JSON.stringify(body.options);
      await place(answer.markup);
    } catch (/** @type {any} */ problem) {
      const { away = false } = problem.refusal ?? {};
      if (!checks) settle(false, away);
      if (mine === round) failed(problem, ...(checks ? [/** @type {ImportAction} */ (["Try again", check])] : []));
      if (path === "outcome" && !away && !leaving) forget();
    }
  }

  const said = () => Object.fromEntries([...new FormData(form())].map(([name, value]) => [name, String(value).trim()]));

  /** Have the files read, and show what they hold and would change. */
  async function check() {
    if (upload && !stop) await conclude("check", { upload, options: said() }, "Reading the files…");
  }

  /** @param {HTMLButtonElement} button */
  async function keep(button) {
    button.disabled = true;
    const options = said();
    const other_options = JSON.stringify(options) !== checked;
    await conclude("keep", { upload, options, mark, other_options }, "Importing…");
    button.disabled = false;
  }

  /** A keep begins, or is over; what is not known yet is asked for when the page is loaded again. */
  function settle(/** @type {boolean} */ begins, /** @type {boolean | undefined} */ unknown = false) {
    keeping = begins || leaving;
    hide(overButton(), begins);
    if (begins) sessionStorage.setItem(KEPT, upload);
    else if (!unknown && !leaving) sessionStorage.removeItem(KEPT);
  }

  /** Puts what the server says into the page. @param {string} markup */
  async function place(markup) {
    const outcome = part("outcome");
    outcome.innerHTML = markup; // the server's: whatever it holds is text there (components/markup.py)
    state("");
    one(outcome, "h2").focus({ preventScroll: true });
    const { version, hint = "", ...shown } = /** @type {HTMLElement} */ (outcome.firstElementChild).dataset;
    if (version !== undefined) return kept(version);
    mark = shown.mark ?? "";
    hide(options(), false);
    if (hint) options().open = true;
    ask(hint.split(" "));
  }

  /** Marks the fields that a refusal asks for. @param {string[]} names */
  function ask(names) {
    for (const field of form().querySelectorAll("label")) field.classList.toggle("asked", names.includes(field.dataset.option ?? ""));
  }

  /** Everything is in the table; say when the dashboard shows it. @param {string} version */
  async function kept(version) {
    upload = "";
    clear();
    if (await comes(version)) text(one(section, ".import-done [role=status]"), "The dashboard shows the new figures now.");
  }

  /** Whether a version is shown before long; then so is what the page says of it. @param {string} version */
  async function comes(version) {
    for (let looks = 0; version && looks < 20; looks += 1) {
      const now = await fetch(`${dashboard.prefix}version`, { cache: "no-store" }).then((answer) => answer.json()).catch(() => null);
      if (now?.version === version) return dashboard.view.again(), await renew(), true;
      await pause(LOOK);
    }
    return false;
  }

  /** Take what is said of the data from the page as it would be loaded now. */
  async function renew() {
    const fresh = await fetch(`${dashboard.prefix}import`, { cache: "no-store" }).then((answer) => answer.text()).catch(() => "");
    const there = new DOMParser().parseFromString(fresh, "text/html");
    for (const [name, place] of [[".import-setup", section], ["#banner-lacks", dashboard.byId("banners")]]) {
      const [old, made] = [document, there].map((each) => each.querySelector(String(name)));
      if (fresh) old?.remove();
      if (made) /** @type {HTMLElement} */ (place).append(made);
    }
    wake();
  }

  /** Buttons that came with the page do something from now on. */
  const wake = () => section.querySelectorAll(".import-setup button").forEach((each) => each.removeAttribute("disabled"));

  /** Change the costs, or take the last change back. @param {string} path @param {object} wish @param {HTMLElement} button */
  async function change(path, wish, button) {
    const line = () => one(section, `#${card} .import-said`); // each version of the page has its own
    const card = button.closest(".import-card")?.id ?? "";
    text(line(), "Saving…");
    line().classList.remove("is-wrong");
    try {
      const response = await post(path, wish);
      if (!response) throw refuse(UNREACHED);
      const { version } = read(response.type === "opaqueredirect" ? 401 : response.status, await response.text());
      if (version === null) return location.reload(); // the first import was taken back: no page shows anything
      await comes(version);
      text(line(), "Saved: every page shows it now.");
      line().focus();
    } catch (/** @type {any} */ problem) {
      line().classList.add("is-wrong");
      text(line(), problem.refusal ? problem.message : PART);
    }
  }

  function forget(leaving = false) {
    post("forget", { upload }, leaving);
    upload = "";
  }

  /** Start with no files, and stop what is on its way. */
  function clear() {
    stop?.abort();
    stop = null;
    files = [];
    part("files").replaceChildren();
  }

  function restart() {
    round += 1;
    leaving = false;
    clear();
    if (upload) forget();
    part("outcome").replaceChildren();
    form().reset();
    ask([]);
    options().open = false;
    for (const each of [options(), overButton()]) hide(each, true);
    state("");
    one(section, '[data-import="choose"]').focus();
  }

  dashboard.bodies.import = { show };
})();
