// The address of what is chosen, as components/address.py writes it. Only the server decides what is canonical.
(() => {
  const { dashboard } = window;
  /** @type {Wire.Spec} */
  let spec;

  /** @param {string} text */
  const quote = (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  /** @param {string} value */
  const escaped = (value) => value.replaceAll("%", "%25").replaceAll(",", "%2C");
  /** By code points, as Python sorts; without it by halves of surrogate pairs. @param {string} a @param {string} b */
  function order(a, b) {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at += 1;
    return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
  }
  /** @param {string[]} values */
  const list = (values) => [...values].sort(order).map((value) => quote(escaped(value))).join(",");

  /** The query string of what is chosen, without "?"; defaults are left out. @type {Dashboard["address"]["write"]} */
  function write(chosen) {
    const fields = [];
    for (const dimension of Object.keys(spec.dimensions)) {
      if (chosen[dimension]?.length) fields.push(`${dimension}=${list(chosen[dimension])}`);
    }
    if (chosen.from && chosen.to) fields.push(`from=${chosen.from}`, `to=${chosen.to}`);
    else if (chosen.last && chosen.last !== spec.defaults.last) fields.push(`last=${quote(chosen.last)}`);
    for (const name of ["compare", "grain", "rolling", "rank", "as_of"]) {
      if (chosen[name] && chosen[name] !== spec.defaults[name]) fields.push(`${name}=${quote(chosen[name])}`);
    }
    return fields.join("&");
  }

  /** @param {string} text */
  const plain = (text) => decodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%25", "%");

  /** What a query says is chosen, as `write` writes it. @type {Dashboard["address"]["read"]} */
  function read(query) {
    const fields = new Map(query.split("&").map((field) => /** @type {[string, string]} */ (field.split("="))));
    /** @type {any} */
    const chosen = { ...spec.defaults, from: null, to: null, rolling: null, as_of: null };
    for (const dimension of Object.keys(spec.dimensions)) {
      if (fields.has(dimension)) chosen[dimension] = fields.get(dimension)?.split(",").map(plain);
    }
    for (const name of ["last", "from", "to", "compare", "grain", "rolling", "rank", "as_of"]) {
      if (fields.has(name)) chosen[name] = decodeURIComponent(fields.get(name) ?? "");
    }
    if (chosen.from) chosen.last = null;
    return { ...chosen, grain: chosen.grain || null };
  }

  /** @param {string} path @param {string} query */
  const withQuery = (path, query) => (query ? `${path}?${query}` : path);

  /** The address of a page and of a visual's data. @type {Dashboard["address"]["page"]} */
  const page = (key, query) => withQuery(dashboard.prefix + spec.pages[key].path, query);
  /** A CSV is for a spreadsheet here, which must take no name for a formula (kpi/formula_guard.py).
      @type {Dashboard["address"]["data"]} */
  const data = (key, visual, form, query) => {
    const whole = form === "csv" ? [query, "for=excel"].filter(Boolean).join("&") : query;
    return withQuery(`${dashboard.prefix}data/${key}/${visual}.${form}`, whole);
  };

  /** @type {Dashboard["address"]["workbook"]} */
  const workbook = (key, query) => withQuery(`${dashboard.prefix}data/${key}.xlsx`, query);

  /** The page whose path this is. @type {Dashboard["address"]["pageAt"]} */
  const pageAt = (path) => Object.keys(spec.pages).find((each) => spec.pages[each].path === path);

  /** Which page and query the address bar names. */
  function here() {
    const path = location.pathname.slice(dashboard.prefix.length).replace(/\/+$/, "");
    const key = pageAt(path) ?? Object.keys(spec.pages)[0];
    return { page: key, query: location.search.slice(1) };
  }

  dashboard.address = { write, read, page, data, workbook, pageAt, here, use: (given) => (spec = given) };
})();
