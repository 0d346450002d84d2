// The Import page: files go to the server one by one, it says what they hold and would change, and keeps them if told to.
(() => {
  const { dashboard } = window;
  const { make, text, hide } = dashboard;
  const HEADERS = { "X-Requested-With": "dashboard", "Content-Type": "application/json", Accept: "application/json" };
  const LOOK = 700; // ms between looks at which data is shown
  const PLATFORMS = ["", "Meta", "Google", "Amazon", "TikTok", "Other"];
  const DATES = [["", "As the file proves"], ["dmy", "Day first (31/12)"], ["mdy", "Month first (12/31)"]];

  /** @type {Wire.UploadLimits} */
  let limits;
  /** @type {{
        section: HTMLElement, choose: HTMLElement, over: HTMLElement, files: HTMLElement, options: HTMLDetailsElement,
        fields: HTMLElement[], state: HTMLElement, outcome: HTMLElement }} */
  let parts; // the page's lasting elements
  let upload = ""; // the server's name for the files that were sent
  let mark = ""; // what the reader has been shown
  let round = 0; // an answer to an earlier one is not shown

  class Refused extends Error {}

  /** @type {Dashboard["bodies"][string]["show"]} */
  function show(section, spec) {
    if (parts?.section === section) return;
    limits = /** @type {Wire.UploadLimits} */ (spec.upload);
    parts = /** @type {typeof parts} */ ({ section }); // each of the three adds its own
    section.replaceChildren(chooser(), options(), outcome());
    addEventListener("pagehide", () => upload && forget(true));
    // Beside the zone a browser would open the file and leave the page.
    for (const kind of ["dragover", "drop"]) {
      addEventListener(kind, (event) => {
        if (!section.hidden) event.preventDefault();
      });
    }
  }

  function chooser() {
    const accept = ".csv,.tsv,.txt,.xlsx,.parquet,.zip,.toml";
    const hidden = { class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" };
    const input = make("input", { type: "file", multiple: "", accept, ...hidden });
    input.addEventListener("change", () => send([...(input.files ?? [])]).finally(() => (input.value = "")));
    const choose = make("button", { type: "button", class: "btn btn-primary", text: "Choose files" });
    choose.addEventListener("click", () => input.click());
    const over = make("button", { type: "button", class: "btn btn-light", text: "Start over", hidden: "" });
    over.addEventListener("click", restart);
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
      make("label", { class: "import-option", "data-option": name }, make("span", { text: label }), control);
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
    const summary = make("summary", { text: "What the files do not say" });
    const details = make("details", { class: "import-card import-options", hidden: "" }, summary, form);
    Object.assign(parts, { options: details, fields });
    return details;
  }

  function outcome() {
    parts.state = make("p", { class: "import-state", role: "status" });
    parts.outcome = make("div", { class: "import-outcome" });
    return make("div", {}, parts.state, parts.outcome);
  }

  const controlOf = (/** @type {HTMLElement} */ field) => /** @type {HTMLInputElement | HTMLSelectElement} */ (field.lastChild);
  const said = () => Object.fromEntries(parts.fields.map((field) => [field.dataset.option, controlOf(field).value.trim()]));

  /** @param {string} path @param {object} body */
  async function ask(path, body) {
    let response;
    try {
      const address = `${dashboard.prefix}import/${path}`;
      response = await fetch(address, { method: "POST", headers: HEADERS, body: JSON.stringify(body), redirect: "manual" });
    } catch {
      throw new Refused("The server cannot be reached. Check the connection and try again.");
    }
    return answerOf(response.type === "opaqueredirect" ? 401 : response.status, await response.text());
  }

  /** @param {number} status @param {string} body */
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

  const megabytes = () => `${dashboard.format.count(Math.round(limits.most / 1e6))} MB`;
  const tooLarge = () => `At most ${megabytes()} can be sent at once: zip the files, or split them.`;

  /** Send files, then have them read. @param {File[]} files */
  async function send(files) {
    if (files.length === 0) return;
    const mine = ++round;
    hide(parts.over, false);
    parts.outcome.replaceChildren();
    try {
      for (const file of files) {
        const name = make("span", { class: "import-name", text: file.name, title: file.name });
        const row = make("li", {}, name, make("span", { class: "import-size", text: size(file.size) }));
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

  /** One file in one request; fetch could not tell how far it is.
      @param {File} file @param {HTMLProgressElement} bar @returns {Promise<{ upload: string }>} */
  function sent(file, bar) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${dashboard.prefix}import/file${upload ? `?upload=${encodeURIComponent(upload)}` : ""}`);
      request.setRequestHeader("X-Requested-With", "dashboard");
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = event.loaded / event.total;
      });
      request.addEventListener("load", () => {
        try {
          resolve(answerOf(request.status, request.responseText));
        } catch (problem) {
          reject(problem);
        }
      });
      const lost = `${file.name} could not be sent. Check the connection and try again.`;
      request.addEventListener("error", () => reject(new Refused(lost)));
      request.send(file);
    });
  }

  /** @param {number} bytes */
  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

  /** @param {string} sentence */
  function state(sentence, busy = true) {
    text(parts.state, sentence);
    parts.state.classList.toggle("busy", busy && Boolean(sentence));
  }

  /** @param {unknown} problem */
  function failed(problem) {
    if (!(problem instanceof Refused)) console.warn("import failed", problem);
    state("", false);
    const sentence = problem instanceof Refused ? problem.message : "Something went wrong here. Start over, or try again.";
    parts.outcome.prepend(alert(sentence));
  }

  /** @param {string} sentence */
  const alert = (sentence) => {
    const words = make("p", { text: sentence });
    return make("div", { class: "import-refused", role: "alert" }, dashboard.icon("warning"), words);
  };

  /** Have the files read, and show what they hold and would change. */
  async function check() {
    if (!upload) return;
    const mine = ++round;
    state("Reading the files…");
    try {
      const answer = await ask("check", { upload, options: said() });
      if (mine !== round) return;
      await drawn(answer);
    } catch (problem) {
      if (mine === round) failed(problem);
    }
  }

  /** @param {Wire.Import} answer */
  async function drawn(answer, changed = false) {
    await dashboard.later("import-report");
    mark = answer.mark ?? "";
    hide(parts.options, false);
    const asked = dashboard.importReport.asked(answer);
    for (const field of parts.fields) field.classList.toggle("asked", asked.includes(field.dataset.option ?? ""));
    if (asked.length) parts.options.open = true;
    const report = dashboard.importReport.draw(answer, { keep, changed });
    parts.outcome.replaceChildren(report);
    state("", false);
    dashboard.one(report, "h2").focus({ preventScroll: true });
  }

  /** @param {HTMLButtonElement} button */
  async function keep(button) {
    const mine = ++round;
    button.disabled = true;
    state("Importing…");
    try {
      const answer = await ask("keep", { upload, options: said(), mark });
      if (mine !== round) return;
      if (answer.kept) await kept(answer);
      else await drawn(answer, Boolean(answer.plan));
    } catch (problem) {
      button.disabled = false;
      if (mine === round) failed(problem);
    }
  }

  /** Everything is in the table; say when the dashboard shows it. @param {{ version?: string, plan: { same: boolean } }} answer */
  async function kept(answer) {
    upload = "";
    parts.files.replaceChildren();
    state("", false);
    const soon = "Every page shows the new figures within five seconds.";
    const line = make("p", { class: "import-shown", role: "status", text: soon });
    const there = { href: dashboard.address.page(first(), ""), "data-go": first(), "data-query": "" };
    const link = make("a", { class: "btn btn-primary", ...there, text: "See the figures" });
    const done = answer.plan.same ? "Nothing changed: the data already held these figures" : "Imported";
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
    if (upload) forget();
    parts.files.replaceChildren();
    parts.outcome.replaceChildren();
    for (const field of parts.fields) {
      controlOf(field).value = "";
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
