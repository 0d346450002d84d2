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

  class Refused extends Error {}

  function show(section, spec) {
    if (parts?.section === section) return;
    limits = spec.upload;
    parts = { section };
    if (limits.command) return section.replaceChildren(command());
    section.replaceChildren(chooser(), options(), outcome());
    addEventListener("pagehide", () => upload && !keeping && forget(true));
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

  function answerOf(status, body) {
    if (status === 401) throw new Refused("Your sign-in has ended. Reload the page to sign in again, then choose the files again.");
    let answer = null;
    try {
      answer = JSON.parse(body);
    } catch {
      /* said below */
    }
    if (status === 200 && answer) return answer;
    throw new Refused(answer?.error ?? (status === 413 ? tooLarge() : "The server’s answer could not be read. Try again."));
  }

  const tooLarge = () => `At most ${dashboard.format.count(Math.round(limits.most / 1e6))} MB can be sent at once: zip the files, or split them.`;

  /** Send files, then have them read. */
  async function send(files) {
    if (files.length === 0) return;
    const mine = ++round;
    hide(parts.over, false);
    parts.outcome.replaceChildren();
    try {
      for (const file of files) {
        const row = make("li", {}, make("span", { class: "import-name", text: file.name, title: file.name }), make("span", { class: "import-size", text: size(file.size) }));
        const bar = make("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` });
        row.append(bar);
        parts.files.append(row);
        state(`Sending ${file.name}…`);
        try {
          if (file.size > limits.most) throw new Refused(`${file.name} is too large. ${tooLarge()}`);
          const answer = await sent(file, bar);
          if (mine !== round) return;
          upload = answer.upload;
          bar.remove();
        } catch (problem) {
          row.remove();
          throw problem;
        }
      }
    } catch (problem) {
      if (mine === round) failed(problem);
      return;
    }
    await check();
  }

  /** One file in one request; fetch could not tell how far it is. */
  function sent(file, bar) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${dashboard.prefix}import/file${upload ? `?upload=${encodeURIComponent(upload)}` : ""}`);
      request.setRequestHeader("X-Requested-With", "dashboard");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => event.lengthComputable && (bar.value = event.loaded / event.total));
      request.addEventListener("load", () => {
        try {
          resolve(answerOf(request.status, request.responseText));
        } catch (problem) {
          reject(problem);
        }
      });
      request.addEventListener("error", () => reject(new Refused(`${file.name} could not be sent. Check the connection and try again.`)));
      request.send(file);
    });
  }

  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  function state(sentence, busy = true) {
    text(parts.state, sentence);
    parts.state.classList.toggle("busy", busy && Boolean(sentence));
  }

  function failed(problem) {
    if (!(problem instanceof Refused)) console.warn("import failed", problem);
    state("", false);
    parts.outcome.querySelector(":scope > .import-refused")?.remove();
    parts.outcome.prepend(alert(problem instanceof Refused ? problem.message : "Something went wrong here. Start over, or try again."));
  }

  const alert = (sentence) => make("div", { class: "import-refused", role: "alert" }, dashboard.icon("warning"), make("p", { text: sentence }));

  /** The answer to a check or keep; null where something else was begun meanwhile. */
  async function job(path, body, doing) {
    const mine = ++round;
    state(doing);
    await dashboard.later("import-jobs");
    return dashboard.importJobs.run(path, body, { Refused, read: answerOf, wanted: () => mine === round, say: (sentence) => state(sentence || doing) });
  }

  /** Have the files read, and show what they hold and would change. */
  async function check() {
    if (!upload) return;
    const mine = round + 1;
    try {
      const answer = await job("check", { upload, options: said() }, "Reading the files…");
      if (!answer) return;
      if (answer.stopped) throw new Refused(answer.stopped);
      await drawn(answer);
    } catch (problem) {
      if (mine === round) failed(problem);
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
    parts.files.replaceChildren();
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
    if (upload) forget();
    parts.files.replaceChildren();
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
