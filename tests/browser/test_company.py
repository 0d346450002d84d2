"""Claimed and banked on the screen: the visual, the card, and what they say when filters do not apply."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit


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
    expect(root.locator(".line")).to_contain_text(f"claim ${claimed:,.0f}, the shop sold ${sold:,.0f}")
    expect(root.locator(".line")).to_contain_text("whatever is filtered")

    cards = visit.page.locator('[data-visual="cfo.core-cards"]')
    spend = sum(row["spend"] for row in months)
    expect(cards.locator('[data-metric="mer"]')).to_have_text(f"{sold / spend:.2f}×")
    expect(cards.locator(".line")).to_have_text("MER: the whole company’s, whatever is filtered.")
    visit.page.locator("#reset").click()
    visit.settled()
    expect(cards.locator(".line")).to_be_hidden()
