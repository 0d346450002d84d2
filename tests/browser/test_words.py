"""The browser and the server write the same text for the same figure, in any locale."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from components.locales import formats_of
from components.spec import spec
from kpi.metrics import METRICS
from kpi.units import brief, decimals, figure
from pages import PAGES
from tests.browser.conftest import Visit, served

LOCALES = [("en-US", "USD"), ("en-GB", "GBP"), ("de-DE", "EUR"), ("fr-FR", "EUR"), ("es-ES", "USD"), ("ja-JP", "JPY")]
LOCALES += [("en-IN", "INR"), ("de-CH", "CHF"), ("pt-BR", "BRL"), ("ar-EG", "EGP")]
ONE_OF_A_UNIT = ["profit", "cpa", "conversions", "reach", "roi", "ctr", "roas", "payback_months"]
VALUES = [None, 0, 0.4, -0.4, 0.5, 1.005, -0.285, 12.345, 999.4, 999.5, -1234.5, 9_995, 45_678.905, 999_499, 999_500]
VALUES += [-2_364_331.55, 1e-7, 123_456_789_012.5, 9.9949, 0.00049999]


def test_both_sides_write_the_same(visit: Visit) -> None:
    visit.open("/")
    for locale, currency in LOCALES:
        formats = formats_of(locale, currency)
        told = {key: {"unit": METRICS[key].unit, "decimals": decimals(key, formats)} for key in ONE_OF_A_UNIT}
        ours = [[figure(key, value, formats) for value in VALUES] for key in ONE_OF_A_UNIT]
        theirs = visit.page.evaluate(
            """([spec, told, values]) => {
                dashboard.format.use(spec);
                return Object.values(told).map((metric) => values.map((value) => dashboard.format.full(metric, value)));
            }""",
            [spec(PAGES, "/", formats, frozenset()), told, VALUES],
        )
        assert theirs == ours, locale


def test_ticks_below_one_are_in_their_place(visit: Visit) -> None:
    """Where all is zero, plotly's axis goes from -1 to 1 and writes a half as "500m"."""
    visit.open("/")
    for locale, currency, label, shown in [
        ("en-US", "USD", "$500m", "$0.5"),
        ("en-US", "USD", "−$500m", "−$0.5"),
        ("de-DE", "EUR", "500m €", "0,5\u00a0€"),
        ("en-US", "USD", "$2.5M", "$2.5M"),
    ]:
        given = [spec(PAGES, "/", formats_of(locale, currency), frozenset()), label]
        write = "([spec, label]) => (dashboard.format.use(spec), dashboard.format.tick('money', label))"
        assert visit.page.evaluate(write, given) == shown


@pytest.fixture(scope="module")
def german(facts_path: Path):
    with served(facts_path, DASHBOARD_LOCALE="de-DE", DASHBOARD_CURRENCY="EUR") as address:
        yield address


def test_a_locale_is_followed_everywhere(visit_in: Callable[..., Visit], german: str) -> None:
    visit = visit_in(german).open("/cfo?last=12w&grain=week")
    page = visit.page
    expect(page.locator("#period")).to_contain_text("7. Juli – 28. Sept. 2025")
    expect(page.locator("#status")).to_contain_text("28. Sept. 2025")
    profit = visit.data("cfo.core-cards")["rows"][2]["value"]
    shown = page.locator('[data-metric="profit"]').inner_text()
    assert shown == brief("profit", profit, formats_of("de-DE", "EUR"))
    trend = page.locator('[data-visual="cfo.financial-trend"]')
    expect(trend.locator(".xtick text").first).to_have_text("7. Juli")
    expect(trend.locator(".axis-title-y")).to_have_text("€ a week")
    ticks = trend.locator(".ytick text").all_text_contents()
    assert ticks[0] == "0\u00a0€"
    assert len(ticks) > 2
    assert all(re.fullmatch(r"\d+\.000\u00a0€|\d(,\d)?\u00a0Mio\.\u00a0€", text) for text in ticks[1:]), ticks
    visit.unfold()
    expect(page.locator('[data-visual="cfo.regional-roi"] .xtick text').first).to_be_attached()
    shares = page.locator('[data-visual="cfo.regional-roi"] .xtick text').all_text_contents()
    assert len(shares) > 2
    assert all(text.endswith("\u00a0%") for text in shares)
    expect(page.locator('[data-visual="cfo.spend-share"] .slicetext').first).to_have_text(re.compile(r",\d\u00a0%$"))
    visit.open("/cmo")
    titles = page.locator('[data-visual="cmo.spend-conversions"] .axis-title-y')
    expect(titles.filter(has_text="Spend, €")).to_have_count(1)
    assert "$" not in visit.said()
    cpa = page.request.get(f"{german}/data/cmo/scope-cards.csv").text().splitlines()[4].split(",")
    assert cpa[0] == "cpa"
    assert float(cpa[1]) > 1  # files for machines have a point and no separators
