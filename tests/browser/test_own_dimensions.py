"""A filter of one's own in the browser: ticked, in the address, with a chip, "Only" and Back; and its rules kept."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from facts.own_rules import keep_rules, rules_path
from ingest.one_file import How, import_file
from tests.browser.conftest import Visit, served
from tests.browser.test_overlaps import CUT, OVERLAPS
from tests.own_data import Served, serve

RULES = b"""
[[brand]]
value = "Non-brand"
campaign = "*non-brand*"
[[brand]]
value = "Brand"
campaign = "*brand*"
"""


@pytest.fixture(scope="module")
def table(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = Path(shutil.copytree(facts_path, tmp_path_factory.mktemp("own dimensions") / "facts"))
    keep_rules(rules_path(copy), RULES)
    return copy


@pytest.fixture(scope="module")
def own(table: Path) -> Iterator[str]:
    with served(table, DASHBOARD_WORKERS="1") as address:
        yield address


def clicks(visit: Visit) -> float:
    """What the card shows, which is what its data address says."""
    visit.settled()
    (row,) = (row for row in visit.data("cmo.scope-cards")["rows"] if row["metric"] == "clicks")
    assert float(visit.cards()["clicks"]) == row["value"]
    return float(row["value"])


def test_a_value_is_ticked_chosen_alone_and_given_up(visit_in: Callable[..., Visit], own: str) -> None:
    visit = visit_in(own).open("/cmo")
    page = visit.page
    boxes = page.locator('[data-filter="x.brand"] input')
    expect(boxes).to_have_count(3)
    expect(page.locator('[data-filter="x.brand"] input:checked')).to_have_count(3)
    every = clicks(visit)

    visit.box("x.brand", "Other").click()
    expect(page).to_have_url(f"{own}/cmo?x.brand=Brand,Non-brand")
    some = clicks(visit)
    expect(page.locator("#chips")).to_contain_text("Brand: Non-brand, Brand".replace(": ", ""))
    row = page.locator('[data-filter="x.brand"] .option', has=page.locator('input[value="Brand"]'))
    row.hover()
    row.locator(".only").click()
    expect(page).to_have_url(f"{own}/cmo?x.brand=Brand")
    alone = clicks(visit)
    assert 0 < alone < some < every
    expect(page.locator('[data-filter="x.brand"] input:checked')).to_have_count(1)
    table = page.locator('[data-visual="cmo.x-brand"]')
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(page.locator('[data-visual="cmo.top-campaigns"] thead')).to_contain_text("Brand")

    page.go_back()
    expect(page).to_have_url(f"{own}/cmo?x.brand=Brand,Non-brand")
    assert clicks(visit) == some
    expect(page.locator('[data-filter="x.brand"] input:checked')).to_have_count(2)
    page.locator("#chips button").click()
    expect(page).to_have_url(f"{own}/cmo")
    assert clicks(visit) == every
    expect(page.locator('[data-filter="x.brand"] input:checked')).to_have_count(3)
    table.get_by_role("button", name="Non-brand").click()
    expect(page).to_have_url(f"{own}/cmo?x.brand=Non-brand")
    page.reload()
    assert clicks(visit) == some - alone
    expect(visit.box("x.brand", "Non-brand")).to_be_checked()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_pages_with_own_dimensions_are_whole(visit_in: Callable[..., Visit], own: str, width: int) -> None:
    visit = visit_in(own, viewport={"width": width, "height": 900}).open("/cmo")
    visit.unfold()
    visit.settled()
    expect(visit.page.locator('[data-visual="cmo.x-brand"]')).to_be_visible()
    assert visit.page.evaluate(OVERLAPS) == []
    assert visit.page.evaluate(CUT) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_import_page_shows_what_each_rule_catches(visit_in: Callable[..., Visit], own: str, table: Path) -> None:
    visit = visit_in(own)
    page = visit.page
    page.goto(f"{own}/import")
    card = page.locator(".own-rules")
    card.locator("summary").click()
    expect(card.locator("textarea")).to_have_value(RULES.decode())
    rows = card.locator("tbody tr")
    expect(rows).to_have_count(3)
    card.locator("textarea").fill('[[stage]]\nvalue = "Never"\ncampaign = "no such*"\n')
    card.get_by_role("button", name="Show what they catch").click()
    expect(rows).to_have_count(2)
    expect(card.locator('tr[data-value="Never"]')).to_have_attribute("data-campaigns", "0")
    expect(card).to_contain_text("The rule of “Never” catches nothing")
    expect(card.get_by_role("button", name="Keep these rules")).to_be_enabled()
    card.locator("textarea").fill("[[stage")
    expect(card.get_by_role("button", name="Keep these rules")).to_be_disabled()
    visit.complaints.clear()
    card.get_by_role("button", name="Show what they catch").click()
    expect(card.locator(".own-rules-state")).to_contain_text("This is not TOML")
    visit.complaints.clear()  # a browser notes each answer of 400
    assert rules_path(table).read_bytes() == RULES


def ask_for(card: Locator, text: str) -> None:
    """Have the page show what rules catch."""
    card.locator("textarea").fill(text)
    card.get_by_role("button", name="Show what they catch").click()


def test_nothing_below_is_of_rules_that_were_refused(visit_in: Callable[..., Visit], own: str) -> None:
    visit = visit_in(own)
    visit.page.goto(f"{own}/import")
    card = visit.page.locator(".own-rules")
    card.locator("summary").click()
    rows, state = card.locator(".own-rules-catches tbody tr"), card.locator(".own-rules-state")
    expect(rows).to_have_count(3)
    card.locator("textarea").fill("[[stage")
    expect(state).to_have_text("Changed: show what they catch.")
    card.get_by_role("button", name="Show what they catch").click()
    expect(state).to_contain_text("This is not TOML")
    expect(rows).to_have_count(0)
    ask_for(card, '[[stage]]\nvalue = "Any"\nplatform = ["Gogle", "Meta"]\n')
    expect(rows).to_have_count(2)
    expect(card).to_contain_text("stage, rule 1 (“Any”): no platform here is called “Gogle”; there are Meta")
    visit.complaints.clear()  # a browser notes each answer of 400


LONG = "PROSPECTING_DE_AT_CH_brand-awareness_video_carousel_lookalike" * 3


@pytest.fixture
def long_names(tmp_path: Path) -> Iterator[Served]:
    """A company's own data whose campaigns have names of 180 letters without a space."""
    rows = [f"2025-09-0{day},Meta,Acme,{LONG}{day},USD,1000000,10,5" for day in range(1, 6)]
    header = "date,platform,account,campaign,currency,spend,impressions,clicks"
    (tmp_path / "rows.csv").write_text("\n".join([header, *rows]))
    import_file(tmp_path / "rows.csv", How(tmp_path / "facts"), lambda said: None)
    with serve(tmp_path / "facts", tmp_path) as server:
        yield server


#: For each figure of the rules' tables whether it is seen without scrolling.
IN_VIEW = """() => [...document.querySelectorAll(".own-rules-table td:not(.words)")].map((cell) => {
    const box = cell.getBoundingClientRect(), room = cell.closest(".table-scroll").getBoundingClientRect();
    return box.width > 0 && box.left >= room.left && box.right <= Math.min(room.right, innerWidth);
})"""


def test_rules_of_long_names_are_kept_and_undone_with_their_figures_in_view(
    long_names: Served, browser: Browser
) -> None:
    base = f"http://127.0.0.1:{long_names.port}"
    page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light").new_page()
    page.goto(f"{base}/?key={long_names.new_key()}")
    card = page.locator(".own-rules")
    history = card.locator(".own-rules-history li")
    for width, name in ((1440, "stage"), (1024, "line"), (390, "brand")):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{base}/import")
        card.locator("summary").click()
        expect(card.locator("textarea")).not_to_have_value("")
        ask_for(card, f'[[{name}]]\nvalue = "{LONG[:78]}"\ncampaign = "PROSPECTING*"\n')
        expect(card.locator("tbody tr")).to_have_count(2)
        assert page.evaluate(IN_VIEW) == [True] * 4
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        card.get_by_role("button", name="Keep these rules").click()
        expect(history.first).to_contain_text(name)
    expect(history).to_have_count(3)

    for name in ("line", "stage"):
        card.get_by_role("button", name="Undo").click()
        expect(card.locator("textarea")).to_have_value(re.compile(rf"^\[\[{name}\]\]"))
    card.get_by_role("button", name="Undo").click()
    expect(card.locator(".own-rules-state")).to_contain_text("Undone")
    expect(card.locator("textarea")).to_have_value(re.compile("^# Each dimension is a list of rules"))
    expect(history.first).to_contain_text("returned to no rules")
    expect(card.get_by_role("button", name="Undo")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Theme: system")).click()
    keep = card.get_by_role("button", name="Keep these rules")
    page.reload()
    card.locator("summary").click()
    expect(keep).to_be_disabled()
    color = keep.evaluate("(each) => getComputedStyle(each).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", color)[:3])) < 200, "a light button on a dark page"
    scheme = "getComputedStyle(document.querySelector('input[type=date]')).colorScheme"
    assert page.evaluate(scheme) == "dark", "else the icon of the field for days is black on black"
    page.context.close()
