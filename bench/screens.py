"""Counts overlaps and cut words on every screen: `make screens`.

    python -m bench.screens [--facts data/facts] [--part 1] [--seed 14] [--write FILE.json] [--table FILE.md]

Pages × nine widths × six locales × two themes × three companies (bench/companies.py), each page as it opens, with all
that is folded opened and each of several visuals in one place chosen in turn. Boxes of words are compared in the
running page (bench/screens.js). `--part 0.05` looks at a seeded twentieth. Exit status 1 where there is a fault.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, product
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from bench.companies import COMPANIES, write_companies
from bench.faults import Server
from bench.machine import machine

PAGES: Final = {"executive": "/", "cmo": "/cmo", "cfo": "/cfo"}
WIDTHS: Final = (1440, 1280, 1024, 900, 768, 600, 480, 390, 320)
LOCALES: Final = ("en-US", "de-DE", "fr-FR", "ja-JP", "ar-EG", "hi-IN")
THEMES: Final = ("light", "dark")
_LOOK: Final = (Path(__file__).parent / "screens.js").read_text()

# Everything has its figures and every chart that can be seen is as wide as its place.
_DRAWN: Final = """() => {
    const visuals = [...document.querySelectorAll("section:not([hidden]) [data-visual]")];
    if (!visuals.length || visuals.some((each) => each.dataset.state === "loading")) return false;
    return [...document.querySelectorAll("main .visual-chart[data-state=ready] .chart")]
        .filter((each) => each.checkVisibility() && each.clientWidth)
        .every((each) => each._fullLayout && Math.abs(each._fullLayout.width - each.clientWidth) < 2);
}"""
_UNFOLD: Final = (
    """() => document.querySelectorAll("section:not([hidden]) > [data-folded] .fold").forEach((each) => each.click())"""
)
_FRAMES: Final = (
    "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 60)))"
)


@dataclass(frozen=True, order=True)
class Screen:
    """One state to look at."""

    company: str
    locale: str
    page: str
    width: int
    theme: str


def every_screen(part: float = 1, seed: int = 14) -> list[Screen]:
    """All screens, or a seeded part of them, in an order in which few servers and pages are opened."""
    screens = [Screen(*each) for each in product(COMPANIES, LOCALES, PAGES, WIDTHS, THEMES)]
    if part < 1:
        screens = random.Random(seed).sample(screens, round(len(screens) * part))
    return sorted(screens, key=lambda each: (each.company, each.locale, each.page, -each.width, each.theme))


def look_at(screens: Iterable[Screen], facts: Path) -> Iterator[tuple[Screen, int, list[str]]]:
    """Each screen with how many boxes of words it has, and what is wrong with them."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        tables = write_companies(facts, Path(folder))
        browser = chromium(playwright)
        for (company, locale), group in groupby(screens, key=lambda each: (each.company, each.locale)):
            server = Server(str(tables[company]), DASHBOARD_LOCALE=locale, DASHBOARD_WORKERS="1")
            try:
                while server.ask("/readyz")[0] != 200:
                    time.sleep(0.05)
                for page, of_page in groupby(group, key=lambda each: each.page):
                    yield from _look_at_page(browser, f"http://127.0.0.1:{server.port}{PAGES[page]}", list(of_page))
            finally:
                server.process.terminate()
                server.process.wait(30)
        browser.close()


def _look_at_page(browser: Browser, address: str, screens: list[Screen]) -> Iterator[tuple[Screen, int, list[str]]]:
    page = browser.new_page(viewport={"width": screens[0].width, "height": 900}, color_scheme=_scheme(screens[0]))
    page.goto(address)
    page.wait_for_function(_DRAWN, timeout=60_000)
    for screen in screens:
        page.set_viewport_size({"width": screen.width, "height": 900})
        page.emulate_media(color_scheme=_scheme(screen))
        page.evaluate(_UNFOLD)
        boxes, faults = 0, []
        switches = page.locator("section:not([hidden]) .switch input")
        for place in range(max(1, switches.count())):
            if switches.count():
                switches.nth(place).evaluate("each => each.click()")
            found = _settled(page)
            boxes += found["boxes"]
            faults += found["faults"]
        yield screen, boxes, list(dict.fromkeys(faults))
    page.close()


def _settled(page: Page) -> dict[str, Any]:
    page.wait_for_function(_DRAWN, timeout=60_000)
    page.evaluate(_FRAMES)
    found: dict[str, Any] = page.evaluate(_LOOK)
    return found


def _scheme(screen: Screen) -> Any:
    return screen.theme


def chromium(playwright: Playwright) -> Browser:
    """The installed Chromium where there is one; without its sandbox only where root would not be let into it."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return playwright.chromium.launch(
        executable_path=path, args=["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    )


def summary(found: list[tuple[Screen, int, list[str]]]) -> dict[str, Any]:
    """What was looked at, and each fault with how many screens have it."""
    faults = Counter(fault for _, _, each in found for fault in each)
    first = {fault: screen for screen, _, each in reversed(found) for fault in each}
    return {
        "screens": len(found),
        "boxes of words": sum(boxes for _, boxes, _ in found),
        "screens with a fault": sum(bool(each) for _, _, each in found),
        "by page and width": {
            f"{page} {width}": sum(len(each) for at, _, each in found if (at.page, at.width) == (page, width))
            for page, width in product(PAGES, WIDTHS)
            if any((at.page, at.width) == (page, width) for at, _, _ in found)
        },
        "faults": [
            {"fault": fault, "screens": count, "first": " ".join(map(str, vars(first[fault]).values()))}
            for fault, count in faults.most_common()
        ],
    }


def table_of(result: dict[str, Any]) -> str:
    """The counts as a table for people."""
    counts = result["by page and width"]
    head = ["page", *(str(width) for width in WIDTHS)]
    lines = [
        "# Screens",
        "",
        f"`make screens` looked at {result['screens']:,} screens, {result['boxes of words']:,} boxes of words, on "
        f"{result['machine']['date']}: pages × nine widths × locales ({', '.join(LOCALES)}) × two themes × "
        f"companies ({', '.join(COMPANIES)}). Counted are overlaps, cut words or figures, and words off the page.",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
        *(f"| {page} | {' | '.join(str(counts.get(f'{page} {width}', '–')) for width in WIDTHS)} |" for page in PAGES),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, default=Path("data/facts"))
    parser.add_argument("--part", type=float, default=1)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    found = []
    for screen, boxes, faults in look_at(every_screen(arguments.part, arguments.seed), arguments.facts):
        found.append((screen, boxes, faults))
        if faults:
            print(*vars(screen).values(), *faults, sep="\n  ", file=sys.stderr, flush=True)
    result = {"machine": machine(), **summary(found)}
    text = json.dumps(result, indent=1, ensure_ascii=False)
    if arguments.write:
        arguments.write.write_text(text + "\n")
    if arguments.table:
        arguments.table.write_text(table_of(result))
    print(text)
    raise SystemExit(1 if result["faults"] else 0)


if __name__ == "__main__":
    main()
