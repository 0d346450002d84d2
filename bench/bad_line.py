"""How a page comes up on a bad line: 400 kbit/s, 400 ms, a cold cache.

    python -m bench.bad_line [--facts data/facts] [--write bench/results/bad_line.json]

Chromium's own emulation of the line (CDP). Seconds from the navigation until a reader sees: words at all; the shell
(header, title and filters); the first card with its figure; the last chart, folded ones aside. `dash` is when Dash had
drawn its part, which the figures do not wait for.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from bench.faults import Server
from bench.machine import machine
from bench.screens import chromium

PAGES: Final = {"executive": "/", "cmo": "/cmo", "cfo": "/cfo"}
BARS: Final = {"shell": 3.0, "figures": 6.0, "charts": 20.0}
_KBIT, _LATENCY_MS = 400, 400

# Looked at on every frame from before the document's first byte on: when each thing could first be seen.
_WATCH: Final = """() => {
    const seen = (window.seenAt = {});
    const visible = (element) => element?.checkVisibility({ visibilityProperty: true }) && element.textContent.trim();
    const every = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const looks = {
      words: () => document.body?.innerText.trim(),
      shell: () => visible(document.querySelector(".topbar")) && every("h1").some(visible)
          && every(".filters h2, #open-filters").some(visible),
      figures: () => every(".card-value").some(visible),
      charts: () => seen.figures && every(".visual-chart:not([data-folded])").length
          && every(".visual-chart:not([data-folded])").every((each) => each.querySelector(".main-svg")),
      dash: () => document.querySelector(".dash-part") && !document.querySelector("#before"),
    };
    const look = () => {
      for (const [name, found] of Object.entries(looks)) {
        if (!(name in seen) && found()) seen[name] = performance.now() / 1000;
      }
      if (Object.keys(seen).length < Object.keys(looks).length) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


def seconds(browser: Browser, address: str, width: int) -> dict[str, float]:
    """When each part of a page was first seen on the bad line."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.add_init_script(f"({_WATCH})()")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    speed = _KBIT * 1000 / 8
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": _LATENCY_MS, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    page.goto(address, wait_until="commit", timeout=60_000)
    page.wait_for_function("() => Object.keys(window.seenAt).length === 5", timeout=120_000)
    found: dict[str, float] = page.evaluate("window.seenAt")
    sent = page.evaluate(
        "performance.getEntriesByType('resource').reduce((sum, each) => sum + each.transferSize, "
        "performance.getEntriesByType('navigation')[0].transferSize)"
    )
    context.close()
    return {name: round(value, 2) for name, value in sorted(found.items())} | {"kB": round(sent / 1000)}


def measure(facts: str) -> dict[str, Any]:
    """All pages at a desk's width and a telephone's, and what is over its bar."""
    server = Server(facts)
    try:
        while server.ask("/readyz")[0] != 200:
            pass
        with sync_playwright() as playwright:
            browser = chromium(playwright)
            found = {
                f"{key} {width}": seconds(browser, f"http://127.0.0.1:{server.port}{path}", width)
                for key, path in PAGES.items()
                for width in (1440, 390)
            }
            browser.close()
    finally:
        server.process.terminate()
        server.process.wait(30)
    over = [
        f"{page}: {part} {found[page][part]} s" for page in found for part in BARS if found[page][part] > BARS[part]
    ]
    return {
        "machine": machine(),
        "line": f"{_KBIT} kbit/s, {_LATENCY_MS} ms",
        "bars": BARS,
        "pages": found,
        "over": over,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", default="data/facts")
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    text = json.dumps(measure(arguments.facts), indent=1)
    if arguments.write:
        arguments.write.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
