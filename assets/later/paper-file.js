// The paper of the open page as one file that needs nothing else and runs nothing.
(() => {
  const { dashboard } = window;
  const { make, one } = dashboard;
  const SCREEN_ONLY = "script, link, noscript, footer, [hidden], .topbar, .filters, .toolbar, #banners, .menu, .info, #announcer";
  const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

  /** @type {Dashboard["paperFile"]} */
  async function file() {
    const page = /** @type {HTMLElement} */ (document.documentElement.cloneNode(true));
    for (const part of page.querySelectorAll(SCREEN_ONLY)) part.remove();
    for (const link of page.querySelectorAll("a")) link.removeAttribute("href");
    const rules = [...document.styleSheets].flatMap((sheet) =>
      [...sheet.cssRules].map((rule) => ({ text: rule.cssText, base: sheet.href ?? location.href })));
    const style = [];
    for (const { text, base } of rules) {
      const font = /url\("?([^")]+\.woff2)"?\)/.exec(text);
      if (!font) style.push(text);
      else if (!text.includes("U+0100-02BA")) style.push(text.replace(font[1], await inline(new URL(font[1], base))));
    }
    const policy = make("meta", { "http-equiv": "Content-Security-Policy", content: POLICY });
    one(page, "head").prepend(make("meta", { charset: "utf-8" }), policy, make("style", { text: style.join("\n") }));
    return `<!DOCTYPE html>\n${page.outerHTML}`;
  }

  /** @param {URL} address */
  async function inline(address) {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    return `data:font/woff2;base64,${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
  }

  dashboard.paperFile = file;
})();
