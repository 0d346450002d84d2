"""Claimed and banked on the screen: the visual, the card, and what they say when filters do not apply."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from deltalake import DeltaTable
from playwright.sync_api import expect

from facts.delta.table_names import path_of
from tests.browser.conftest import Visit, served


def test_claims_stand_beside_what_the_shop_sold(visit: Visit):
    visit.open("/cfo?last=120d&platform=Google,Meta")
    root = visit.page.locator('[data-visual="cfo.reconciliation"]')
    rows = visit.data("cfo.reconciliation")["rows"]
    months = [row for row in rows if row["platform"] == "All platforms"]

    assert [row["month"] for row in months] == ["2025-06", "2025-07", "2025-08", "2025-09"]
    assert {row["platform"] for row in rows} > {"Meta", "TikTok"}, "filters do not apply"
    expect(root.locator(".legend button")).to_have_text(["Meta", "Google", "Amazon", "TikTok", "Store net sales"])
    for row in months:
        expect(root.locator(".textpoint", has_text=f"{row['overclaim']:.2f}×").first).to_be_visible()
    claimed, sold = (sum(row[key] for row in months) for key in ("revenue", "store_revenue"))
    expect(root.locator("p.line")).to_contain_text(f"claim ${claimed:,.0f}, the shop sold ${sold:,.0f}")
    expect(root.locator("p.line")).to_contain_text("whatever is filtered")

    visit.open("/?last=120d&platform=Google,Meta")
    cards = visit.page.locator('[data-visual="executive.efficiency-cards"]')
    spend = sum(row["spend"] for row in months)
    expect(cards.locator('[data-metric="mer"]')).to_have_text(f"{sold / spend:.2f}×")
    expect(cards.locator("p.line")).to_contain_text("MER: the whole company’s, whatever is filtered.")
    visit.page.locator("#reset").click()
    visit.settled()
    expect(cards.locator("p.line")).not_to_contain_text("MER")


def test_one_month_lies_claimed_over_sold(visit: Visit):
    root = visit.open("/cfo").page.locator('[data-visual="cfo.reconciliation"]')
    expect(root.locator(".ytick text")).to_have_text(["Sold, Sep 2025", "Claimed, Sep 2025"])
    row = next(row for row in visit.data("cfo.reconciliation")["rows"] if row["platform"] == "All platforms")
    expect(root.locator(".textpoint")).to_contain_text(f"{row['overclaim']:.2f}×")
    expect(root.locator(".bars .point")).to_have_count(5)
    expect(root.locator("p.line")).not_to_contain_text("diamonds")


def test_the_data_label_tells_of_each_platform(visit: Visit):
    visit.open("/?platform=Google,Meta")
    status = visit.page.locator("#status")
    expect(status).to_have_class(re.compile(r"\bold\b"))  # the demo's days are of 2025: no green dot
    status.hover()
    expect(visit.page.locator("#tip p")).to_have_count(5)
    expect(visit.page.locator("#tip")).to_contain_text("TikTok: through Sep 28, 2025")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#tip")).to_be_hidden()
    visit.page.locator("#theme").focus()
    visit.page.keyboard.press("Shift+Tab")
    while not status.evaluate("element => element === document.activeElement"):
        visit.page.keyboard.press("Shift+Tab")
    expect(visit.page.locator("#tip")).to_contain_text("Amazon: through")


@pytest.fixture
def restated(facts_path: Path, tmp_path: Path) -> Iterator[str]:
    """A server over a demo whose second version claims less."""
    for path in (facts_path, path_of(facts_path)):
        shutil.copytree(path, tmp_path / path.name)
    DeltaTable(str(tmp_path / facts_path.name)).delete("date = '2025-09-28' AND platform = 'Meta'")
    with served(tmp_path / facts_path.name) as server:
        yield server


def test_an_earlier_version_says_so_and_leads_back(restated: str, visit_in):
    visit = visit_in(restated).open("/?as_of=0")
    banner = visit.page.locator("#banner-as-of")
    expect(banner).to_contain_text("version 0.")
    expect(banner).to_contain_text("Sep 1 – 28, 2025: attributed revenue $")
    before = visit.cards()["revenue"]
    visit.box("platform", "TikTok").uncheck()
    expect(visit.page).to_have_url(re.compile(r"platform=Amazon,Google,Meta&as_of=0$"))
    visit.box("platform", "TikTok").check()
    visit.settled()
    banner.get_by_role("button").click()
    expect(banner).to_be_hidden()
    visit.settled()
    assert visit.address() == "/"
    assert float(visit.cards()["revenue"]) < float(before)


def test_the_shops_own_figures_stand_first_until_a_filter_would_split_them(visit: Visit):
    visit.open("/cfo")
    banked = visit.page.locator('[data-visual="cfo.banked-cards"]')
    rows = {row["metric"]: row for row in visit.data("cfo.banked-cards")["rows"]}
    left, spend, sold = (rows[key] for key in ("contribution_after_marketing", "spend", "store_revenue"))

    expect(banked.locator(".card-value")).to_have_count(6)
    expect(banked.locator('[data-metric="mer"]')).to_have_text(f"{sold['value'] / spend['value']:.2f}×")
    shown = banked.locator('[data-metric="contribution_after_marketing"]').get_attribute("data-value")
    assert float(shown or "nan") == pytest.approx(left["value"])
    expect(banked.locator(".line")).to_contain_text("Taken off: $")

    visit.box("platform", "TikTok").uncheck()
    visit.settled()
    expect(banked).to_be_hidden()
    sentence = visit.page.locator('[data-page="cfo"] .left-out[data-of="banked-cards"]')
    expect(sentence).to_contain_text("no filter splits them")
    sentence.get_by_role("button", name="Remove the platform filter").click()
    visit.settled()
    expect(banked).to_be_visible()
    expect(sentence).to_be_hidden()


def test_the_executive_page_leads_with_what_was_banked(visit: Visit):
    visit.open("/")
    cards = visit.page.locator('[data-visual="executive.period-cards"] .card-value')
    expect(cards).to_have_count(5)
    expect(cards.first).to_have_attribute("data-metric", "contribution_after_marketing")
    expect(visit.page.locator("#figures")).to_contain_text("after marketing")
    visit.box("device", "Mobile").uncheck()
    visit.settled()
    expect(cards).to_have_count(4)


def test_claims_of_new_customers_stand_beside_the_shops_and_the_gap_is_said(visit: Visit):
    visit.open("/cmo")
    cards = visit.page.locator('[data-visual="cmo.banked-cards"]')
    rows = {row["metric"]: row for row in visit.data("cmo.banked-cards")["rows"]}

    expect(cards.locator('[data-metric="blended_cac"]')).to_have_text(f"${rows['blended_cac']['value']:.2f}")
    assert rows["blended_cac"]["gap"] == pytest.approx(rows["blended_cac"]["value"] - rows["cac"]["value"])
    expect(cards.locator(".line")).to_contain_text(f"Blended CAC is ${rows['blended_cac']['gap']:.2f}")
