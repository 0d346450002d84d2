// The Import page: files go to the server one by one, it says what they hold and would change, and keeps them if told to.
(() => {
  const { dashboard } = window;
  const { make, text, hide } = dashboard;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };
  const KEPT = "dashboard.import"; // the upload that this tab has told the server to keep
  const LOOK = 700; // ms between looks at which data is shown
  const PLATFORMS = ["", "Meta", "Google", "Amazon", "TikTok", "Other"];
  const DATES = [["", "As the file proves"], ["dmy", "Day first (31/12)"], ["mdy", "Month first (12/31)"]];

  /** @type {Wire.UploadLimits} */
  let limits;
  /** @type {{
         section: HTMLElement, choose: HTMLElement, over: HTMLElement, files: HTMLElement, options: HTMLDetailsElement,
         form: HTMLFormElement, state: HTMLElement, outcome: HTMLElement }} */
  let parts; // the page's lasting elements
  let upload = ""; // the server's name for the files that were sent
  let mark = ""; // what the reader has been shown
  let keeping = false; // then nothing is forgotten when the page is left
  let round = 0; // an answer to an earlier one is not shown
  /** @type {FileQueue | null} */
  let queue = null; // the files, and which of them are sent; from the first one on

  /** Its message is for the reader; `status` and `after` are the server's, `again` and `away` say what may be done. */
  class Refused extends Error {
    /** @param {string} sentence @param {Partial<ImportRefusal>} [more] */
    constructor(sentence, more = {}) {
      super(sentence);
      this.status = more.status ?? 0;
      this.after = more.after ?? 0;
      this.again = more.again ?? false;
      this.away = more.away ?? false;
    }
  }

  /** @type {Dashboard["bodies"][string]["show"]} */
  function show(section, spec) {
    if (parts?.section === section) return;
    parts = /** @type {typeof parts} */ ({ section }); // each of the three adds its own
    const given = /** @type {Wire.UploadLimits | Wire.UploadClosed} */ (spec.upload);
    if ("command" in given) return section.replaceChildren(command(given));
    limits = given;
    section.replaceChildren(chooser(), options(), outcome());
    addEventListener("pagehide", () => upload && !keeping && forget(true));
    addEventListener("pageshow", (event) => event.persisted && !upload && restart()); // what the page shows is forgotten
    // Beside the zone a browser would open the file and leave the page.
    for (const kind of ["dragover", "drop"]) {
      addEventListener(kind, (event) => {
        if (!section.hidden) event.preventDefault();
      });
    }
    resume();
  }

  /** Where no files can be sent: the one command that shows one's own data. @param {Wire.UploadClosed} closed */
  function command(closed) {
    const copy = make("button", { type: "button", class: "btn btn-light", text: "Copy" });
    copy.addEventListener("click", () => navigator.clipboard.writeText(closed.command).then(() => text(copy, "Copied"), () => {}));
    const how =
      "Your own data need a sign-in: a proxy in front that hands on a signed token (docs/sign-in.md). With the address, client id " +
      "and keys of your company’s sign-in in this command, the Import page takes files and keeps them in the folder data.";
    return make("div", { class: "import-card" },
      make("p", { class: "import-lead", text: "This demo takes no files" }),
      make("p", { text: how }),
      make("pre", { class: "import-command", tabindex: "0", "aria-label": "The command" }, make("code", { text: closed.command })),
      make("div", { class: "import-actions" }, copy));
  }

  function chooser() {
    const accept = ".csv,.tsv,.txt,.xlsx,.parquet,.zip,.toml";
    const hidden = { class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" };
    const input = make("input", { type: "file", multiple: "", accept, ...hidden });
    input.addEventListener("change", () => send([...(input.files ?? [])]).finally(() => (input.value = "")));
    const choose = make("button", { type: "button", class: "btn btn-primary", text: "Choose files", click: () => input.click() });
    const over = make("button", { type: "button", class: "btn btn-light", text: "Start over", hidden: "", click: restart });
    const kinds = `CSV, TSV, Excel (.xlsx), Parquet, or a zip of these: at most ${limits.files} files and ${megabytes()}. `
      + "Exchange rates, margins and column mappings can be added as files too.";
    const lead = make("p", { class: "import-lead", text: "Drop reports here, by day" });
    const actions = make("div", { class: "import-actions" }, choose, over);
    const words = make("p", { class: "import-kinds", text: kinds });
    const zone = make("div", { class: "import-zone" }, dashboard.icon("upload"), lead, words, actions, input);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(/** @type {Node | null} */ (event.relatedTarget))) zone.classList.remove("over");
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      send([...(event.dataTransfer?.files ?? [])]);
    });
    const files = make("ul", { class: "import-files", "aria-label": "Files" });
    Object.assign(parts, { choose, over, files });
    return make("div", { class: "import-card" }, demoNote(), zone, files);
  }

  function demoNote() {
    if (!limits.demo) return null;
    const text = "This is the demo: your files are read and shown to you, and nothing of them is kept.";
    return make("p", { class: "import-demo" }, dashboard.icon("info"), make("span", { text }));
  }

  function options() {
    /** @param {string} name @param {string} label @param {HTMLElement} control */
    const field = (name, label, control) =>
      make("label", { class: "import-option", "data-option": name }, make("span", { text: label }), Object.assign(control, { name }));
    /** @param {string[][]} values */
    const choice = (values) => {
      const options = values.map(([value, label]) => make("option", { value, text: label }));
      return make("select", { class: "form-select form-select-sm" }, ...options);
    };
    /** @param {string} placeholder */
    const word = (placeholder) => {
      const plain = { maxlength: "80", autocomplete: "off", spellcheck: "false" };
      return make("input", { type: "text", class: "form-control form-control-sm", placeholder, ...plain });
    };
    const again = make("button", { type: "submit", class: "btn btn-light", text: "Read again" });
    const form = make("form", { class: "import-options-list" },
      field("platform", "Platform", choice(PLATFORMS.map((name) => [name, name || "As the headers say"]))),
      field("dates", "Dates", choice(DATES)),
      field("account", "Account", word("Where the file names none")),
      field("currency", "Currency", word("Such as EUR")),
      field("into", "Table’s currency", word("Of a new table")),
      again);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    const summary = make("summary", { text: "What the files do not say" });
    const details = make("details", { class: "import-card import-options", hidden: "" }, summary, form);
    Object.assign(parts, { options: details, form });
    return details;
  }

  function outcome() {
    parts.state = make("p", { class: "import-state", role: "status" });
    parts.outcome = make("div", { class: "import-outcome" });
    return make("div", {}, parts.state, parts.outcome);
  }

  const said = () => Object.fromEntries([...new FormData(parts.form)].map(([name, value]) => [name, String(value).trim()]));
  /** Marks the fields that a refusal asks for. @param {string[]} names */
  const markFields = (names) => {
    for (const field of parts.form.querySelectorAll("label")) field.classList.toggle("asked", names.includes(field.dataset.option ?? ""));
  };

  /** @param {number} status @param {string} body @param {number} [after] */
  function answerOf(status, body, after = 0) {
    if (status === 401) {
      throw new Refused("Your sign-in has ended. Reload the page to sign in again, then choose the files again.", { status, after });
    }
    let answer = null;
    try {
      answer = JSON.parse(body);
    } catch {
      /* said below */
    }
    if (status === 200 && answer) return answer;
    const sentence = answer?.error ?? ofProxy(status) ?? "The server’s answer could not be read. Try again.";
    throw new Refused(sentence, { status, after, again: [400, 408, 410].includes(status) || status >= 500 });
  }

  /** What a proxy in front of the server says without a sentence. @param {number} status */
  function ofProxy(status) {
    if (status === 413) return tooLarge();
    if (status !== 408) return null;
    const slow = "The connection is too slow: the file did not arrive in the time there is.";
    return `${slow} Send it again, zipped, or from a faster connection.`;
  }

  const megabytes = () => `${dashboard.format.count(Math.round(limits.most / 1e6))} MB`;
  const tooLarge = () => `At most ${megabytes()} can be sent at once: zip the files, or split them.`;

  /** Files to be imported beside those that are here. @param {File[]} more @returns {Promise<void>} */
  async function send(more) {
    if (more.length === 0) return;
    hide(parts.over, false);
    try {
      await dashboard.later("import-send");
    } catch {
      const sentence = "A part of this page could not be loaded. Check the connection and try again.";
      return failed(new Refused(sentence), ["Try again", () => send(more)]);
    }
    queue ??= dashboard.importSend.queue({
      list: parts.files, most: limits.most, upload: () => upload,
      begin, taken, whole: check, failed, say: state, read: answerOf, tooLarge, Refused,
    });
    await queue.add(more);
  }

  /** Something new is done; gives whether it still is what is wanted. */
  function begin() {
    const mine = ++round;
    hide(parts.over, false);
    parts.outcome.replaceChildren();
    return () => mine === round;
  }

  const taken = (/** @type {{ upload: string }} */ answer) => (upload = answer.upload);

  /** @param {string} sentence */
  function state(sentence, busy = true) {
    text(parts.state, sentence);
    parts.state.classList.toggle("busy", busy && Boolean(sentence));
  }

  /** Say what went wrong; `actions` are [label, what it does] of the buttons below.
      @param {unknown} problem @param {ImportAction[]} actions */
  function failed(problem, ...actions) {
    const refused = problem instanceof Refused ? problem : null;
    if (!refused) console.warn("import failed", problem);
    if (refused?.status === 410) {
      upload = "";
      actions = queue?.forgotten() ? [["Send again", queue.deliver]] : [];
    }
    state("", false);
    parts.outcome.querySelector(":scope > .import-refused")?.remove();
    parts.outcome.prepend(alert(refused ? refused.message : "Something went wrong here. Start over, or try again.", actions));
  }

  /** @param {string} sentence @param {ImportAction[]} actions */
  function alert(sentence, actions) {
    const buttons = actions.map(([label, act]) => {
      const button = make("button", { type: "button", class: "btn btn-sm btn-light", text: label, click: act });
      return button;
    });
    const below = buttons.length ? make("div", { class: "import-actions" }, ...buttons) : null;
    const words = make("div", {}, make("p", { text: sentence }), below);
    return make("div", { class: "import-refused", role: "alert" }, dashboard.icon("warning"), words);
  }

  /** The answer to a check or keep; null where something else was begun meanwhile.
      @param {string} path @param {object} body @param {string} doing */
  async function job(path, body, doing) {
    const mine = ++round;
    state(doing);
    await dashboard.later("import-jobs");
    return dashboard.importJobs.run(path, body, {
      Refused, read: answerOf, wanted: () => mine === round, say: (sentence) => state(sentence || doing),
    });
  }

  /** Have the files read, and show what they hold and would change. */
  async function check() {
    if (!upload || queue?.sending()) return;
    const mine = round + 1;
    try {
      const answer = await job("check", { upload, options: said() }, "Reading the files…");
      if (!answer) return;
      if (answer.stopped) throw new Refused(answer.stopped);
      await drawn(answer);
    } catch (problem) {
      if (mine === round) failed(problem, ["Try again", check]);
    }
  }

  /** @param {Wire.Import} answer */
  async function drawn(answer, changed = false) {
    await dashboard.later("import-report");
    mark = answer.mark ?? "";
    hide(parts.options, false);
    const asked = [answer, ...answer.files].flatMap(({ hint }) => hint ?? []);
    markFields(asked);
    if (asked.length) parts.options.open = true;
    const report = dashboard.importReport.draw(answer, { keep, changed });
    parts.outcome.replaceChildren(report);
    state("", false);
    dashboard.one(report, "h2").focus({ preventScroll: true });
  }

  /** @param {HTMLButtonElement} button */
  async function keep(button) {
    button.disabled = true;
    await ended("keep", { upload, options: said(), mark });
    button.disabled = false;
  }

  /** What becomes of a keep, whether asked for now or by this tab before it was loaded again.
      @param {string} path @param {object} body */
  async function ended(path, body) {
    const mine = round + 1;
    keeping = true;
    hide(parts.over, true);
    sessionStorage.setItem(KEPT, upload);
    try {
      const answer = await job(path, body, "Importing…");
      if (!answer) return;
      over();
      if (answer.kept) await kept(answer);
      else if (answer.stopped) throw new Refused(answer.stopped);
      else await drawn(answer, path === "keep" && Boolean(answer.plan));
    } catch (problem) {
      const away = problem instanceof Refused && problem.away;
      over(away);
      if (mine === round) failed(problem);
      if (path === "outcome" && !away) forget();
    }
  }

  /** No keep is under way any more, or it is not known whether one is. */
  function over(unknown = false) {
    keeping = false;
    hide(parts.over, false);
    if (!unknown) sessionStorage.removeItem(KEPT);
  }

  /** A keep that went on while this tab was elsewhere. */
  function resume() {
    upload = sessionStorage.getItem(KEPT) ?? "";
    if (upload) ended("outcome", { upload });
  }

  /** Everything is in the table; say when the dashboard shows it. @param {Wire.Import} answer */
  async function kept(answer) {
    upload = "";
    queue?.clear();
    state("", false);
    const soon = "Every page shows the new figures within five seconds.";
    const line = make("p", { class: "import-shown", role: "status", text: soon });
    const there = { href: dashboard.address.page(first(), ""), "data-go": first(), "data-query": "" };
    const link = make("a", { class: "btn btn-primary", ...there, text: "See the figures" });
    const done = answer.plan?.same ? "Nothing changed: the data already held these figures" : "Imported";
    const heading = make("h2", { tabindex: "-1", text: done });
    const words = make("div", {}, heading, line, link);
    parts.outcome.replaceChildren(make("div", { class: "import-card import-done" }, dashboard.icon("check"), words));
    heading.focus({ preventScroll: true });
    for (let looks = 0; answer.version && looks < 20; looks += 1) {
      try {
        const now = await (await fetch(`${dashboard.prefix}version`, { cache: "no-store" })).json();
        if (now.version === answer.version) {
          dashboard.view.again();
          return text(line, "The dashboard shows the new figures now.");
        }
      } catch {
        /* asked again */
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** The first page of figures that the reader may open. */
  const first = () => document.querySelector(".tabs a[data-go]")?.dataset.go ?? "import";

  function forget(leaving = false) {
    const body = JSON.stringify({ upload });
    fetch(`${dashboard.prefix}import/forget`, { method: "POST", headers: HEADERS, body, keepalive: leaving }).catch(() => {});
    upload = "";
  }

  function restart() {
    round += 1;
    queue?.clear();
    if (upload) forget();
    parts.outcome.replaceChildren();
    parts.form.reset();
    markFields([]);
    parts.options.open = false;
    hide(parts.options, true);
    hide(parts.over, true);
    state("", false);
    parts.choose.focus();
  }

  dashboard.bodies.import = { show };
})();
