// The Import page: files go to the server one by one, it says what they hold and would change, and keeps them if told to.
(() => {
  const dashboard = (window.dashboard ??= {});
  const { make, text, hide } = dashboard;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };
  const KEPT = "dashboard.import"; // the upload that this tab has told the server to keep
  const LOOK = 700; // ms between looks at which data is shown
  const PLATFORMS = ["", "Meta", "Google", "Amazon", "TikTok", "Other"];
  const DATES = [["", "As the file proves"], ["dmy", "Day first (31/12)"], ["mdy", "Month first (12/31)"]];

  let limits = null;
  let parts = null; // the page's lasting elements
  let upload = ""; // the server's name for the files that were sent
  let mark = ""; // what the reader has been shown
  let keeping = false; // then nothing is forgotten when the page is left
  let round = 0; // an answer to an earlier one is not shown
  let queue = null; // the files, and which of them are sent; from the first one on

  class Refused extends Error {}

  function show(section, spec) {
    if (parts?.section === section) return;
    limits = spec.upload;
    parts = { section };
    if (limits.command) return section.replaceChildren(command());
    section.replaceChildren(chooser(), options(), outcome());
    addEventListener("pagehide", () => upload && !keeping && forget(true));
    addEventListener("pageshow", (event) => event.persisted && !upload && restart()); // what the page shows is forgotten
    // Beside the zone a browser would open the file and leave the page.
    for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => section.hidden || event.preventDefault());
    resume();
  }

  /** Where no files can be sent: the one command that shows one's own data. */
  function command() {
    const copy = make("button", { type: "button", class: "btn btn-light", text: "Copy" });
    copy.addEventListener("click", () => navigator.clipboard.writeText(limits.command).then(() => text(copy, "Copied"), () => {}));
    return make("div", { class: "import-card" },
      make("p", { class: "import-lead", text: "This demo takes no files" }),
      make("p", { text: "Your own data need a sign-in: a proxy in front that hands on a signed token (docs/sign-in.md). With the address, client id and keys of your company’s sign-in in this command, the Import page takes files and keeps them in the folder data." }),
      make("pre", { class: "import-command", tabindex: "0", "aria-label": "The command" }, make("code", { text: limits.command })),
      make("div", { class: "import-actions" }, copy));
  }

  function chooser() {
    const input = make("input", { type: "file", multiple: "", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true", accept: ".csv,.tsv,.txt,.xlsx,.parquet,.zip,.toml" });
    input.addEventListener("change", () => send([...input.files]).finally(() => (input.value = "")));
    const choose = make("button", { type: "button", class: "btn btn-primary", text: "Choose files" });
    choose.addEventListener("click", () => input.click());
    const over = make("button", { type: "button", class: "btn btn-light", text: "Start over", hidden: "" });
    over.addEventListener("click", restart);
    const kinds = `CSV, TSV, Excel (.xlsx), Parquet, or a zip of these: at most ${limits.files} files and ${dashboard.format.count(Math.round(limits.most / 1e6))} MB. Exchange rates, margins and column mappings can be added as files too.`;
    const zone = make("div", { class: "import-zone" }, dashboard.icon("upload"), make("p", { class: "import-lead", text: "Drop reports here, by day" }), make("p", { class: "import-kinds", text: kinds }), make("div", { class: "import-actions" }, choose, over), input);
    for (const kind of ["dragenter", "dragover"]) zone.addEventListener(kind, (event) => (event.preventDefault(), zone.classList.add("over")));
    zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      send([...event.dataTransfer.files]);
    });
    const files = make("ul", { class: "import-files", "aria-label": "Files" });
    Object.assign(parts, { choose, over, files });
    return make("div", { class: "import-card" }, demoNote(), zone, files);
  }

  function demoNote() {
    return limits.demo ? make("p", { class: "import-demo" }, dashboard.icon("info"), make("span", { text: "This is the demo: your files are read and shown to you, and nothing of them is kept." })) : null;
  }

  function options() {
    const field = (name, label, control) => make("label", { class: "import-option", "data-option": name }, make("span", { text: label }), control);
    const choice = (values) => make("select", { class: "form-select form-select-sm" }, ...values.map(([value, label]) => make("option", { value, text: label })));
    const word = (placeholder) => make("input", { type: "text", class: "form-control form-control-sm", placeholder, maxlength: "80", autocomplete: "off", spellcheck: "false" });
    const fields = [
      field("platform", "Platform", choice(PLATFORMS.map((name) => [name, name || "As the headers say"]))),
      field("dates", "Dates", choice(DATES)),
      field("account", "Account", word("Where the file names none")),
      field("currency", "Currency", word("Such as EUR")),
      field("into", "Table’s currency", word("Of a new table")),
    ];
    const again = make("button", { type: "submit", class: "btn btn-light", text: "Read again" });
    const form = make("form", { class: "import-options-list" }, ...fields, again);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      check();
    });
    const details = make("details", { class: "import-card import-options", hidden: "" }, make("summary", { text: "What the files do not say" }), form);
    Object.assign(parts, { options: details, fields });
    return details;
  }

  function outcome() {
    parts.state = make("p", { class: "import-state", role: "status" });
    parts.outcome = make("div", { class: "import-outcome" });
    return make("div", {}, parts.state, parts.outcome);
  }

  const said = () => Object.fromEntries(parts.fields.map((field) => [field.dataset.option, field.lastChild.value.trim()]));

  function answerOf(status, body, after = 0) {
    const no = (sentence, more) => Object.assign(new Refused(sentence), { status, after, ...more });
    if (status === 401) throw no("Your sign-in has ended. Reload the page to sign in again, then choose the files again.");
    let answer = null;
    try {
      answer = JSON.parse(body);
    } catch {
      /* said below */
    }
    if (status === 200 && answer) return answer;
    throw no(answer?.error ?? OF_A_PROXY[status]?.() ?? "The server’s answer could not be read. Try again.", { again: [400, 408, 410].includes(status) || status >= 500 });
  }

  /** What a proxy in front of the server says without a sentence. */
  const OF_A_PROXY = {
    408: () => "The connection is too slow: the file did not arrive in the time there is. Send it again, zipped, or from a faster connection.",
    413: () => tooLarge(),
  };
  const tooLarge = () => `At most ${dashboard.format.count(Math.round(limits.most / 1e6))} MB can be sent at once: zip the files, or split them.`;

  /** Files to be imported beside those that are here. */
  async function send(more) {
    if (more.length === 0) return;
    hide(parts.over, false);
    try {
      await dashboard.later("import-send");
    } catch {
      return failed(new Refused("A part of this page could not be loaded. Check the connection and try again."), ["Try again", () => send(more)]);
    }
    queue ??= dashboard.importSend.queue({ list: parts.files, most: limits.most, upload: () => upload, begin, taken, whole: check, failed, say: state, read: answerOf, tooLarge, Refused });
    await queue.add(more);
  }

  /** Something new is done; gives whether it still is what is wanted. */
  function begin() {
    const mine = ++round;
    hide(parts.over, false);
    parts.outcome.replaceChildren();
    return () => mine === round;
  }

  const taken = (answer) => (upload = answer.upload);

  function state(sentence, busy = true) {
    text(parts.state, sentence);
    parts.state.classList.toggle("busy", busy && Boolean(sentence));
  }

  /** Say what went wrong; `actions` are [label, what it does] of the buttons below. */
  function failed(problem, ...actions) {
    if (!(problem instanceof Refused)) console.warn("import failed", problem);
    if (problem.status === 410) {
      upload = "";
      actions = queue?.forgotten() ? [["Send again", queue.deliver]] : [];
    }
    state("", false);
    parts.outcome.querySelector(":scope > .import-refused")?.remove();
    parts.outcome.prepend(alert(problem instanceof Refused ? problem.message : "Something went wrong here. Start over, or try again.", actions));
  }

  function alert(sentence, actions) {
    const buttons = actions.map(([label, act]) => {
      const button = make("button", { type: "button", class: "btn btn-sm btn-light", text: label });
      button.addEventListener("click", act);
      return button;
    });
    return make("div", { class: "import-refused", role: "alert" }, dashboard.icon("warning"), make("div", {}, make("p", { text: sentence }), buttons.length ? make("div", { class: "import-actions" }, ...buttons) : null));
  }

  /** The answer to a check or keep; null where something else was begun meanwhile. */
  async function job(path, body, doing) {
    const mine = ++round;
    state(doing);
    await dashboard.later("import-jobs");
    return dashboard.importJobs.run(path, body, { Refused, read: answerOf, wanted: () => mine === round, say: (sentence) => state(sentence || doing) });
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

  async function drawn(answer, changed = false) {
    await dashboard.later("import-report");
    mark = answer.mark ?? "";
    hide(parts.options, false);
    const asked = dashboard.importReport.asked(answer);
    for (const field of parts.fields) field.classList.toggle("asked", asked.includes(field.dataset.option));
    if (asked.length) parts.options.open = true;
    const report = dashboard.importReport.draw(answer, { keep, changed });
    parts.outcome.replaceChildren(report);
    state("", false);
    report.querySelector("h2").focus({ preventScroll: true });
  }

  async function keep(button) {
    button.disabled = true;
    await ended("keep", { upload, options: said(), mark });
    button.disabled = false;
  }

  /** What becomes of a keep, whether asked for now or by this tab before it was loaded again. */
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
      over(problem.away);
      if (mine === round) failed(problem);
      if (path === "outcome" && !problem.away) forget();
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

  /** Everything is in the table; say when the dashboard shows it. */
  async function kept(answer) {
    upload = "";
    queue?.clear();
    state("", false);
    const line = make("p", { class: "import-shown", role: "status", text: "Every page shows the new figures within five seconds." });
    const link = make("a", { class: "btn btn-primary", href: dashboard.address.page(first(), ""), "data-go": first(), "data-query": "", text: "See the figures" });
    const heading = make("h2", { tabindex: "-1", text: answer.plan.same ? "Nothing changed: the data already held these figures" : "Imported" });
    parts.outcome.replaceChildren(make("div", { class: "import-card import-done" }, dashboard.icon("check"), make("div", {}, heading, line, link)));
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
    for (const field of parts.fields) {
      field.lastChild.value = "";
      field.classList.remove("asked");
    }
    parts.options.open = false;
    hide(parts.options, true);
    hide(parts.over, true);
    state("", false);
    parts.choose.focus();
  }

  dashboard.bodies.import = { show };
})();
