"""When something fails or changes: one visual, the connection, the names in the data, the data itself."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import DeltaTable, write_deltalake
from playwright.sync_api import Route, expect

from facts.source import DEMO_NAME
from tests.browser.conftest import CALLBACK, Visit, served

HOSTILE = [
    "<img src=x onerror=\"document.title='taken'\">",
    "<a href='https://evil.example/'>Sale & more</a>",
    "--bs-body-color, 100 %",
    "Ünïcode „Übergrößen“ 日本語 " + "lang " * 40,
    '=HYPERLINK("https://evil.example","open")',
    "\u202egnp.exe",
    "חורף 2025 שלום",
]
LINK, TURNED = "<a href='//evil.example/'>Europe</a>", "\u202eTikTok"


def test_one_visual_failing_leaves_the_others(visit: Visit):
    def spoil(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        visuals = body["response"]["view"]["data"]["visuals"]
        visuals["regional-roi"]["traces"][0]["of"] = 99
        visuals["unit-economics"]["keys"] = None
        route.fulfill(response=answer, json=body)

    page = visit.page
    visit.without_first()
    visit.on_view("/view/cfo", spoil)
    page.goto(f"{visit.server}/cfo")
    for name in ("regional-roi", "unit-economics"):
        broken = page.locator(f'[data-visual="cfo.{name}"]')
        expect(broken).to_have_attribute("data-state", re.compile("ready|error"))  # drawn when it is opened
        visit.reveal(f"cfo.{name}")
        expect(broken).to_have_attribute("data-state", "error")
        expect(broken.get_by_role("button", name="Retry")).to_be_visible()
    expect(page.locator('[data-visual][data-state="ready"]')).to_have_count(page.locator("[data-visual]").count() - 2)
    page.unroute(CALLBACK)
    visit.box("platform", "TikTok").click()
    visit.settled()


def test_a_fault_that_passes_is_over_when_its_view_is_asked_for_again(visit: Visit):
    spoiled = []

    def spoil(route: Route) -> None:
        if spoiled:
            return route.fallback()
        answer = route.fetch()
        body = answer.json()
        visuals = body["response"]["view"]["data"]["visuals"]
        visuals["regional-roi"] = {"state": "error", "text": "“ROI by region” could not be drawn."}
        spoiled.append(body)
        return route.fulfill(response=answer, json=body)

    page = visit.open("/cfo").page
    chart = page.locator('[data-visual="cfo.regional-roi"]')
    visit.on_view("/view/cfo?platform=*", spoil)
    visit.box("platform", "TikTok").click()
    expect(chart).to_have_attribute("data-state", "error")
    visit.box("platform", "TikTok").click()
    expect(chart).to_have_attribute("data-state", "ready")
    visit.box("platform", "TikTok").click()
    visit.settled()
    expect(chart).to_have_attribute("data-state", "ready")


def test_a_slow_answer_says_so_and_can_be_left(visit: Visit):
    visit.open("/")
    page = visit.page
    held = []
    visit.on_view("/view/executive?platform=Amazon,Google,Meta", lambda route: held.append(route))
    before = visit.cards()
    visit.box("platform", "TikTok").click()
    expect(page.locator("#agreement")).to_have_text(
        re.compile("^Figures are still for all platforms. Still waiting for the figures: 2 s.")
    )
    stop = page.get_by_role("button", name="Stop waiting")
    stop.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#agreement")).to_be_hidden()
    expect(page).to_have_url(f"{visit.server}/")
    expect(visit.box("platform", "TikTok")).to_be_checked()
    assert visit.cards() == before
    page.unroute(CALLBACK)
    visit.box("platform", "TikTok").click()
    expect(page.locator("#chips .chip")).to_have_count(1)


def test_a_lost_connection_keeps_the_filters_and_mends_itself(visit: Visit):
    visit.open("/")
    page = visit.page
    page.context.set_offline(True)
    visit.box("platform", "TikTok").click()
    expect(page.locator("#banner-lost")).to_contain_text("Connection lost. Your filters are kept.")
    expect(visit.box("platform", "TikTok")).not_to_be_checked()
    before = visit.cards()
    page.context.set_offline(False)
    expect(page.locator("#banner-lost")).to_be_hidden()
    expect(page.locator("#chips .chip")).to_contain_text("Meta, Google, Amazon")
    visit.settled()
    assert visit.cards() != before
    visit.complaints.clear()  # the browser's own words about the requests that failed


@pytest.fixture(scope="module")
def strange(facts_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A table of its own with hostile names of campaigns, a region and a platform, and a server over it."""
    path = tmp_path_factory.mktemp("strange") / "facts"
    table = pa.table(DeltaTable(facts_path).to_pyarrow_table())
    table = table.filter(pc.greater_equal(table["date"], pa.scalar(dt.date(2025, 8, 1)).cast(table["date"].type)))
    names = sorted(set(table["campaign"].to_pylist()))
    renamed = dict(zip(names, HOSTILE, strict=False)) | {"Europe": LINK, "TikTok": TURNED}
    for key in ("campaign", "region", "platform"):
        column = pa.array([renamed.get(name, name) for name in table[key].to_pylist()])
        table = table.set_column(table.column_names.index(key), key, column)
    write_deltalake(path, table, name=DEMO_NAME)
    with served(path) as address:
        yield path, address


def test_hostile_names_appear_as_text(visit_in: Callable[..., Visit], strange: tuple[Path, str]):
    visit = visit_in(strange[1]).open("/?compare=none&last=all")
    page = visit.page
    for name in (each.replace("\u202e", "") for each in HOSTILE):  # what turns text around is not shown
        option = page.locator('[data-filter="campaign"] .option-name', has_text=" ".join(name.split())[:30])
        expect(option).to_have_attribute("title", name)
    for box in page.locator('[data-filter="campaign"] .found input').all()[:3]:
        box.click()
    expect(page.locator("#chips .chip")).to_have_count(1)
    visit.settled()
    sentences = []
    for path in ("/", "/cmo", "/cfo"):
        page.goto(f"{visit.server}{path}?compare=none&last=all")
        expect(page.locator("[data-visual]").first).to_be_visible()
        expect(page.locator('[data-visual][data-state="loading"]')).to_have_count(0)
        said = visit.said()
        assert "TikTok" in said
        assert "\u202e" not in said, "what follows a name is not turned around"
        assert LINK in said or path == "/", "as it is written, wherever regions are"
        sentences += page.locator(".callouts").all_inner_texts()
        links = page.locator("a").evaluate_all(
            "found => found.map(a => a.getAttribute('href') || a.getAttribute('xlink:href'))"
        )
        assert [link for link in links if not link.startswith(("/", "#", "?")) or link.startswith("//")] == []
        assert page.locator(".app img").count() == 0
    assert "TikTok" in " ".join(sentences)
    assert TURNED not in " ".join(sentences)
    assert "taken" not in page.title()


def test_newer_data_is_offered_and_shown(visit_in: Callable[..., Visit], strange: tuple[Path, str]):
    path, address = strange
    visit = visit_in(address).open("/")
    page = visit.page
    expect(page.locator("#status")).to_contain_text("Data through Sep 28, 2025")
    table = pa.table(DeltaTable(path).to_pyarrow_table())
    day = table["date"]
    last = table.filter(pc.equal(day, pc.max(day)))
    moved = pa.array([value + dt.timedelta(days=1) for value in last["date"].to_pylist()], day.type)
    write_deltalake(path, last.set_column(table.column_names.index("date"), "date", moved), mode="append")
    offer = page.locator("#banner-newer")
    expect(offer).to_contain_text("Newer data: through Sep 29, 2025", timeout=11_000)
    expect(page.locator("#period")).to_contain_text("Sep 1 – 28, 2025")
    page.locator("#show-newer").click()
    expect(page.locator("#period")).to_contain_text("– 29, 2025")
    expect(offer).to_be_hidden()
    expect(page.locator("#status")).to_contain_text("Data through Sep 29, 2025")
