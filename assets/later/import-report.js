// What the server says of files to import: what would change, what each file holds, and which rows are wrong.
(() => {
  const { dashboard } = window;
  const { make } = dashboard;
  /** @type {Record<string, string>} */
  const KINDS = { new: "New", replaced: "Replaces", same: "Unchanged" };
  /** @type {Record<string, string>} */
  const NAMES = {
    spend: "Spend", impressions: "Impressions", clicks: "Clicks", conversions: "Conversions", revenue: "Revenue", orders: "Orders",
    cogs: "COGS", new_customers: "New customers", variable_costs: "Variable costs", lifetime_margin: "Lifetime margin",
    engagements: "Engagements",
  };

  /** @param {string} name */
  const named = (name) => NAMES[name] ?? name.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());

  const CHANGED = "The data was changed by somebody else meanwhile. This is what the import would do now; confirm it again.";

  /** A figure with its decimals as the locale writes it. @param {Wire.Exact | null} pair */
  const figure = (pair) => dashboard.format.full({ decimals: pair?.[1] ?? 0 }, pair?.[0]);
  /** @param {Wire.Exact | null} pair */
  const difference = (pair) => (pair ? (pair[0] > 0 ? "+" : "") + figure(pair) : "");

  /** @type {Dashboard["importReport"]["draw"]} */
  function draw(answer, how) {
    const files = answer.files.map((file) => fileCard(file, answer.files.length === 1));
    return make("div", { class: "import-report" }, planCard(answer, how), ...files);
  }

  /** @type {Dashboard["importReport"]["draw"]} */
  function planCard(answer, { keep, changed }) {
    const card = make("section", { class: "import-card", "aria-label": "What would change" });
    const refused = answer.files.filter((file) => file.refused).length;
    if (!answer.plan) {
      card.append(heading(answer.files.length > 1 ? "These files cannot be imported" : "This file cannot be imported"));
      if (answer.refused && !(answer.files.length === 1 && refused)) card.append(notice("warning", answer.refused));
      else card.append(make("p", { text: "Nothing was changed. What is wrong stands below." }));
      return append(card, faults(answer));
    }
    const { ads, shop, same } = answer.plan;
    card.append(heading(same ? "Nothing would change: the data already holds these figures" : "What would change"));
    if (changed) card.append(notice("warning", CHANGED));
    const left = `${refused} of ${answer.files.length} files cannot be imported and would be left out; see below.`;
    if (refused) card.append(notice("warning", left));
    if (ads?.demo) card.append(notice("info", "The demo’s figures make room for your own; `marketing-dashboard undo` brings them back."));
    for (const finding of ads?.findings ?? []) card.append(notice(finding.kind, finding.text));
    for (const note of ads?.notes ?? []) card.append(notice("note", note));
    const rows = (ads?.changes ?? []).map(changeRow);
    const titles = rows.some((lines) => lines.length > 1) ? head(["What", "Before", "After", "Difference"], 1) : null;
    const table = make("table", { class: "figures import-table import-changes" }, titles, make("tbody", {}, ...rows.flat()));
    if (rows.length) card.append(scroller(table));
    if (shop) card.append(make("p", { text: sentence(shop.line) }));
    append(card, faults(answer));
    if (answer.closed) card.append(notice("info", answer.closed));
    else if (!same) {
      const button = make("button", { type: "button", class: "btn btn-primary", text: refused ? "Import the others" : "Import" });
      button.addEventListener("click", () => keep(button));
      const small = make("span", { class: "import-small", text: "Nothing is kept until you confirm." });
      card.append(make("div", { class: "import-actions" }, button, small));
    }
    return card;
  }

  /** @param {string} line */
  const sentence = (line) => line.replace(/^./, (letter) => letter.toUpperCase()) + ".";

  /** A change: its line, and one a measure that differs. @param {Wire.ImportChange} change */
  function changeRow(change) {
    const span = change.first === change.last ? change.first : `${change.first} to ${change.last}`;
    const badge = make("span", { class: `import-badge ${change.kind}`, text: KINDS[change.kind] });
    const days = change.days === 1 ? "1 day" : `${dashboard.format.count(change.days)} days`;
    const when = make("span", { class: "import-span", text: `${days}, ${span}` });
    const lines = [make("tr", {}, make("th", { scope: "row", class: "words", colspan: "4" }, badge, " ", change.part, when))];
    const line = (/** @type {HTMLElement[]} */ ...cells) => lines.push(make("tr", { class: "import-sub" }, ...cells));
    if (change.kind === "replaced" && change.differences.length === 0) {
      line(make("td", { class: "words", colspan: "4", text: "The same sums in other rows" }));
    }
    for (const { measure, before, after, by } of change.differences) {
      const name = make("th", { scope: "row", class: "words", text: named(measure) });
      line(name, cell(figure(before)), cell(figure(after)), cell(difference(by)));
    }
    return lines;
  }

  /** @param {Wire.ImportFile} file @param {boolean} alone */
  function fileCard(file, alone) {
    const card = make("section", { class: "import-card", "aria-label": file.name });
    card.append(make("h3", { text: file.name }));
    if (file.use) card.append(make("p", { text: `Taken as ${file.use}.` }));
    if (file.refused) card.append(notice("warning", file.refused));
    if (file.rows) {
      const rows = file.rows.map(([row, column, value, problem]) =>
        make("tr", {}, cell(String(row)), cell(column, "words"), cell(value, "words"), cell(problem, "words wrap")));
      const titles = head(["Row", "Column", "Value", "What is wrong"], 3, 0);
      card.append(scroller(make("table", { class: "figures import-table" }, titles, make("tbody", {}, ...rows))));
      const part = `The first ${file.rows.length} of ${dashboard.format.count(file.wrong)}; the download has them all.`;
      if (file.wrong > file.rows.length) card.append(make("p", { class: "import-small", text: part }));
    }
    for (const one of file.imports ?? []) card.append(...held(one, file, alone));
    return card;
  }

  /** What one table of a file holds. @param {Wire.ImportTable} one @param {Wire.ImportFile} file @param {boolean} open */
  function held(one, file, open) {
    const { count } = dashboard.format;
    const facts = [
      ["Read as", one.cut ? `${one.source}, by ${one.cut}` : one.source],
      ["Rows", `${count(one.read)} read, ${count(one.used)} used`],
      ["Dropped", one.dropped.map(({ rows, why }) => `${count(rows)}: ${why}`).join("; ") || "none"],
      ["Days", `${count(one.days)}: ${one.first} to ${one.last}`],
      ...(one.campaigns ? [["Campaigns", count(one.campaigns)]] : []),
    ];
    const entries = facts.map(([name, value]) => make("div", {}, make("dt", { text: name }), make("dd", { text: value })));
    const list = make("dl", { class: "import-facts" }, ...entries);
    const measures = Object.keys(one.sums[0] ?? {}).filter((name) => name !== "currency");
    const totals = one.sums.map((sum) =>
      make("tr", {}, make("th", { scope: "row", class: "words", text: sum.currency }), ...measures.map((name) => cell(figure(sum[name])))));
    const titles = head(["Currency", ...measures.map(named)], 1);
    const sums = make("table", { class: "figures import-table import-sums" }, titles, make("tbody", {}, ...totals));
    const { columns, figures, rows } = one.preview;
    const names = columns.map((name, at) => make("th", { scope: "col", class: figures[at] ? null : "words", text: named(name) }));
    const lines = rows.map((row) =>
      make("tr", {}, ...row.map((value, at) => (figures[at] ? cell(figure(value)) : cell(value, "words")))));
    const above = make("thead", {}, make("tr", {}, ...names));
    const preview = make("table", { class: "figures import-table" }, above, make("tbody", {}, ...lines));
    const title = one.file === file.name ? [] : [make("h4", { text: one.file })];
    const findings = one.findings.map(({ kind, text }) => notice(kind, text));
    const summary = make("summary", { text: `First ${rows.length} rows as read` });
    return [...title, list, scroller(sums), ...findings, make("details", { class: "import-preview", open }, summary, scroller(preview))];
  }

  /** @param {Wire.Import} answer */
  function faults(answer) {
    if (!answer.faults) return null;
    const href = URL.createObjectURL(new Blob(["\ufeff", answer.faults], { type: "text/csv" }));
    const words = "Download all rows to repair (CSV)";
    const link = make("a", { class: "btn btn-light", download: "rows-to-repair.csv", href, text: words });
    return make("div", { class: "import-actions" }, link);
  }

  /** @type {(card: HTMLElement, part: HTMLElement | null) => HTMLElement} */
  const append = (card, part) => (part && card.append(part), card);
  /** @param {string} words */
  const heading = (words) => make("h2", { tabindex: "-1", text: words });
  /** @param {string | null} value @param {string | null} [kind] */
  const cell = (value, kind = null) => make("td", { class: kind, text: value ?? "" });
  /** @param {string[]} titles @param {number} words @param {number} [figures] */
  const head = (titles, words, figures = -1) => make("thead", {}, make("tr", {}, ...titles.map((title, at) => {
    const isWords = at < words + (figures === 0 ? 1 : 0) && at !== figures;
    return make("th", { scope: "col", class: isWords ? "words" : null, text: title });
  })));
  /** @param {HTMLElement} table */
  const scroller = (table) => make("div", { class: "table-scroll", tabindex: "0" }, table);
  /** @param {string} kind @param {string} words */
  const notice = (kind, words) => {
    const icon = dashboard.icon(kind === "warning" ? "warning" : "info");
    return make("p", { class: `import-notice is-${kind}` }, icon, make("span", { text: words }));
  };

  dashboard.importReport = { draw };
})();
