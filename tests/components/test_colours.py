"""The colours of assets/css/tokens.css: apart for everybody, legible in both themes, and nowhere else."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from coloraide import Color

from components import theme as theme_of
from components.theme import platform_colour

ROOT = Path(__file__).parent.parent.parent
TOKENS = (ROOT / "assets/css/tokens.css").read_text()
BASE = (ROOT / "assets/css/base.css").read_text()
SEEN = [None, *((name, how) for name in ("deutan", "protan", "tritan") for how in ("machado", "vienot"))]

# All platforms that have a color; fewer can be as far apart for everybody as the four and the rest are.
PLATFORMS = [colour.removeprefix("--") for colour in (*theme_of.PLATFORMS.values(), *theme_of.SPARE, theme_of.OTHER)]

# What must stay apart, and by how much (ΔE 2000; 2 is just seen, 10 at a glance).
APART = {
    13: ["platform-meta", "platform-google", "platform-amazon", "platform-tiktok", "platform-other"],
    11: ["series-1", "series-2", "series-3", "series-4"],
    12.4: ["diverging-low", "diverging-mid", "diverging-high"],
    12: ["good", "bad"],
    5.5: PLATFORMS,
}
WORDS = ["body-color", "emphasis-color", "secondary-color", "tertiary-color", "link-color", "link-hover-color"]
# (what stands in front, on what): text 4.5:1 (WCAG 1.4.3), marks and the edges of controls 3:1 (1.4.11).
TEXT = [(f"bs-{word}", ground) for word in WORDS for ground in ("bs-body-bg", "canvas")]
TEXT += [(tone, ground) for tone in ("good", "bad", "warn", "bs-danger", "bs-success") for ground in ("bs-body-bg",)]
TEXT += [("bs-secondary-color", "hover"), ("bs-secondary-color", "bs-secondary-bg"), ("bs-body-color", "hover")]
TEXT += [("bs-primary-text-emphasis", "bs-primary-bg-subtle"), ("bs-link-color", "bs-primary-bg-subtle")]
TEXT += [("bs-body-bg", "bs-primary"), ("bs-body-bg", "bs-primary-text-emphasis"), ("on-series", "series-1")]
TEXT += [("bs-body-color", f"diverging-{end}") for end in ("low", "mid", "high")]
MARKS = [(name, "bs-body-bg") for names in list(APART.values())[:2] for name in names]
MARKS += [(name, "bs-body-bg") for name in PLATFORMS]
MARKS += [("control-border", "bs-body-bg"), ("bs-primary", "bs-body-bg"), ("bs-primary", "canvas")]


def theme(name: str) -> dict[str, str]:
    """The colours of a theme; the dark one has the light one's where it has none of its own."""
    found: dict[str, str] = {}
    for each in ("light", "dark") if name == "dark" else ("light",):
        for block in re.findall(rf'\[data-bs-theme="{each}"\] \{{([^}}]*)\}}', TOKENS):
            found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    return found


def seen(colour: str, how: tuple[str, str] | None) -> Color:
    return Color(colour).filter(how[0], method=how[1]) if how else Color(colour)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_colours_that_mean_something_stay_apart_for_everybody(name: str) -> None:
    colours = theme(name)
    close = [
        (one, other, how, round(distance, 1))
        for least, names in APART.items()
        for one, other in combinations(names, 2)
        for how in SEEN
        if (distance := seen(colours[one], how).delta_e(seen(colours[other], how), method="2000")) < least
    ]
    assert close == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_and_marks_stand_out_from_what_they_are_on(name: str) -> None:
    colours = theme(name)
    faint = [
        (front, ground, round(contrast, 2))
        for least, pairs in ((4.5, TEXT), (3.0, MARKS))
        for front, ground in pairs
        if (contrast := Color(colours[front]).contrast(colours[ground])) < least
    ]
    assert faint == []


def test_no_colour_stands_outside_the_tokens() -> None:
    written = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[\s;,\"'`)])|\b(rgb|hsl|oklch|lab)a?\(\s*\d")
    found = [
        (str(path.relative_to(ROOT)), line.strip())
        for path in sorted((ROOT / "assets").rglob("*"))
        if path.suffix in (".css", ".js") and path.name not in ("tokens.css", "icons.css", "bootstrap.min.css")
        for line in path.read_text().splitlines()
        if written.search(line)
    ]
    hexes = re.compile(r"[\"']#[0-9a-fA-F]{6}[\"']")
    found += [
        (str(path.relative_to(ROOT)), line.strip())
        for layer in ("components", "pages", "callbacks")
        for path in sorted((ROOT / layer).rglob("*.py"))
        for line in path.read_text().splitlines()
        if hexes.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_platforms_are_apart_at_a_glance(name: str) -> None:
    colours = theme(name)
    close = [
        (one, other, round(distance, 1))
        for one, other in combinations(PLATFORMS, 2)
        if (distance := Color(colours[one]).delta_e(Color(colours[other]), method="2000")) < 13
    ]
    assert len(PLATFORMS) == 17
    assert close == []


def test_every_platform_keeps_one_colour_and_unknown_ones_one_of_the_spare() -> None:
    known = [platform_colour(name) for name in theme_of.PLATFORMS]
    assert len(set(known)) == len(known) == 13
    others = {name: platform_colour(name) for name in ("Taboola", "Outbrain", "Quora", "Zalando", "Spotify", "Podcast")}
    assert set(others.values()) <= set(theme_of.SPARE)
    assert len(set(others.values())) > 1
    assert {platform_colour("Other"), platform_colour("Unknown")} == {theme_of.OTHER}


def test_a_platforms_mark_has_the_colour_of_its_charts() -> None:
    rules = dict(re.findall(r'\.dot\[data-platform="([^"]+)"\] \{\s*background: var\((--[\w-]+)\)', BASE))
    assert {name: rules.get(name) for name in theme_of.PLATFORMS} == dict(theme_of.PLATFORMS)
    spare = re.findall(r'\.dot\[data-spare="(\d)"\] \{\s*background: var\((--[\w-]+)\)', BASE)
    assert [name for _, name in sorted(spare)] == list(theme_of.SPARE)
