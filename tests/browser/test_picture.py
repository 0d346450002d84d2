"""Every visual looks as it did: brightness in blocks against a kept picture, in both themes, at two widths.

Blocks are coarse, so that another machine's fonts pass; a chart that vanished, a figure that moved, words over
others and a theme that is not put on do not (what they measure: docs/decisions/0015). Where a look is meant to change:

    PICTURES=write python -m pytest -m long tests/browser/test_picture.py
"""

import base64
import io
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from pages import PAGES
from tests.browser.conftest import Visit

KEPT = Path(__file__).parent / "pictures.json"
WRITES = os.environ.get("PICTURES") == "write"
#: px of a block, and by how much of 255 its brightness may differ; then which share of a part's blocks may differ more.
BLOCK = (24, 12)
APART = 16
SHARE = 0.02
PARTS = """() => [...document.querySelectorAll("[data-visual], .toolbar, .context, #filters")]
    .filter((part) => part.checkVisibility()).map((part) => {
        const { x, y, width, height } = part.getBoundingClientRect();
        return [part.dataset.visual ?? (part.id || part.className), [x, y, x + width, y + height]];
    })"""
#: Nothing is folded, and every set of columns stands.
WHOLE = """() => ["data-folded", "data-unchosen"].forEach((name) =>
    document.querySelectorAll(`[${name}]`).forEach((part) => part.removeAttribute(name)))"""

Blocks = tuple[int, int, bytes]  # columns, rows, a byte of brightness each


def looks(page: Page, width: int, theme: str) -> dict[str, Blocks]:
    """What the page's parts look like, all of it on the screen at once."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    page.evaluate(WHOLE)
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    drawn = "dashboard.visuals.all().every((each) => !each.parts?._fullLayout || !each.root.checkVisibility()"
    drawn += " || (each.hue === dashboard.theme.now() && each.width === each.parts.querySelector('svg').clientWidth))"
    for _ in range(100):
        if page.evaluate(drawn):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(250)  # what fades has faded
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    return {name: blocks(picture.crop(tuple(map(round, box)))) for name, box in page.evaluate(PARTS)}


def blocks(picture: Image.Image) -> Blocks:
    size = max(1, round(picture.width / BLOCK[0])), max(1, round(picture.height / BLOCK[1]))
    return *size, picture.resize(size, Image.Resampling.BOX).tobytes()


def apart(found: Blocks, kept: Blocks) -> float:
    """The share of blocks that differ; of parts of other sizes all do."""
    if abs(found[0] - kept[0]) > 1 or abs(found[1] - kept[1]) > max(1, 0.04 * kept[1]):
        return 1.0
    size = kept[:2]
    mine, theirs = (Image.frombytes("L", each[:2], each[2]).resize(size) for each in (found, kept))
    off = sum(abs(a - b) > APART for a, b in zip(mine.tobytes(), theirs.tobytes(), strict=True))
    return off / (size[0] * size[1])


def kept_of(of: Any, width: int, theme: str) -> dict[str, Blocks]:
    pictures = json.loads(KEPT.read_text())[f"{of.key}-{width}-{theme}"]
    return {
        name: (columns, rows, zlib.decompress(base64.b64decode(text)))
        for name, (columns, rows, text) in pictures.items()
    }


def write(of: Any, width: int, theme: str, found: dict[str, Blocks]) -> None:
    every = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    every[f"{of.key}-{width}-{theme}"] = {
        name: (columns, rows, base64.b64encode(zlib.compress(bright, 9)).decode())
        for name, (columns, rows, bright) in found.items()
    }
    KEPT.write_text(json.dumps(every, indent=0, sort_keys=True) + "\n")


@pytest.mark.long
@pytest.mark.parametrize("of", PAGES, ids=lambda page: page.key)
def test_every_part_looks_as_it_did(visit_in: Callable[..., Visit], server: str, of: Any) -> None:
    page = visit_in(server).open(f"/{of.path}").page
    for width, theme in [(1440, "light"), (1440, "dark"), (390, "dark"), (390, "light")]:
        found = looks(page, width, theme)
        if WRITES:
            write(of, width, theme, found)
        kept = kept_of(of, width, theme)
        assert set(found) == set(kept)
        off = {name: round(apart(found[name], kept[name]), 3) for name in found}
        print(width, theme, max(off.values()), max(off, key=off.__getitem__))
        assert {name: share for name, share in off.items() if share > SHARE} == {}, (width, theme)


BROKEN = {
    "a figure over its neighbour": ("period-cards", ".card-value", "transform: translate(1rem, 1.5rem)"),
    "a chart that vanished": ("platform-radar", ".main-svg", "visibility: hidden"),
    "no room between rows": ("top-campaigns", "tbody", "display: block; line-height: 0.4"),
    "words in the colour of their ground": ("insights", ".callouts", "opacity: 0"),
    "a dark card in the light": ("efficiency-cards", ".card-box", "background: #16191f"),
}


@pytest.mark.long
def test_what_breaks_is_seen(visit: Visit) -> None:
    page = visit.open("/").page
    (of,) = (page for page in PAGES if page.path == "")
    kept = kept_of(of, 1440, "light")
    for what, (name, inner, style) in BROKEN.items():
        add = "([where, style]) => document.querySelectorAll(where).forEach((each) => (each.style.cssText += style))"
        where = f'[data-visual="executive.{name}"] {inner}'
        styles = page.evaluate(
            "where => [...document.querySelectorAll(where)].map((each) => each.style.cssText)", where
        )
        page.evaluate(add, [where, style])
        found = looks(page, 1440, "light")[f"executive.{name}"]
        print(what, apart(found, kept[f"executive.{name}"]))
        assert apart(found, kept[f"executive.{name}"]) > SHARE, what
        back = (
            "([where, styles]) => document.querySelectorAll(where).forEach((e, at) => (e.style.cssText = styles[at]))"
        )
        page.evaluate(back, [where, styles])
