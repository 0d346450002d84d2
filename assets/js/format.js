// Figures as a person reads them. Formatters are made once for each unit and number of decimals.
(() => {
  const dashboard = (window.dashboard ??= {});
  const NOTHING = "–";
  const made = new Map();
  let locale = "en-US";
  let currency = "USD";

  const formatter = (key, options) => {
    let found = made.get(key);
    if (!found) made.set(key, (found = new Intl.NumberFormat(locale, options)));
    return found;
  };
  /** A true minus, and a small k as on the charts' axes. */
  const tidy = (text) => text.replace("-", "−").replace("K", "k");
  const missing = (value) => value === null || value === undefined || !Number.isFinite(value);
  const fixed = (decimals) => ({ minimumFractionDigits: decimals, maximumFractionDigits: decimals });

  /** The whole figure with its unit: "$1,204,331", "12.3%", "2.84×", "8.9 months". */
  function full({ unit, decimals }, value) {
    if (missing(value)) return NOTHING;
    switch (unit) {
      case "money":
      case "unit_money":
        return tidy(formatter(`$${decimals}`, { style: "currency", currency, ...fixed(decimals) }).format(value + 0));
      case "percent":
        return tidy(formatter(`%${decimals}`, { style: "percent", ...fixed(decimals) }).format(value));
      case "ratio":
        return `${tidy(formatter(`n${decimals}`, fixed(decimals)).format(value))}×`;
      case "months":
        return `${tidy(formatter(`n${decimals}`, fixed(decimals)).format(value))} months`;
      default:
        return tidy(formatter(`n${decimals}`, fixed(decimals)).format(value));
    }
  }

  /** Amounts and counts in three digits ("$2.36M"), everything else in full. */
  function brief(metric, value) {
    const shortened = metric.unit === "money" || metric.unit === "count" || metric.unit === "people";
    if (!shortened || missing(value) || Math.abs(value) < 999.5) return full(metric, value);
    const options = { notation: "compact", minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
    if (metric.unit === "money") Object.assign(options, { style: "currency", currency });
    return tidy(formatter(`c${metric.unit}`, options).format(value));
  }

  /** A change with its sign, and its direction as shown: 1, −1, or 0 where it rounds to nothing. */
  function change({ unit, decimals }, value) {
    if (missing(value)) return null;
    const points = unit === "percent";
    const digits = points && decimals > 1 ? 2 : Math.abs(value) >= 10 ? 0 : 1;
    const size = formatter(`n${digits}`, fixed(digits)).format(Math.abs(value) * 100);
    const direction = Number(size.replaceAll(",", "")) === 0 ? 0 : Math.sign(value);
    const sign = direction > 0 ? "+" : direction < 0 ? "−" : "±";
    return { direction, text: `${sign}${size}${points ? " pp" : "%"}` };
  }

  const count = (value) => tidy(formatter("n0", fixed(0)).format(value));

  /** How a metric is made, where that says more than its name. */
  const formula = (metric) => (/[/×−+]/.test(metric.formula) ? metric.formula : "");

  dashboard.format = {
    formula, full, brief, change, count,
    use: (spec) => {
      ({ locale, currency } = spec);
      made.clear();
    },
  };
})();
