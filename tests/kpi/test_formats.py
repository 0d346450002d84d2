"""Figures and days as each locale writes them: ours from CLDR by Babel, and Babel's own."""

from datetime import date
from decimal import ROUND_HALF_UP, localcontext

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.numbers import format_currency, format_decimal, format_percent

from components.locales import NoSuchLocale, formats_of
from kpi.formats import Formats, in_words
from kpi.metrics import METRICS
from kpi.units import brief, figure, step

LOCALES = ["en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "it-IT", "ja-JP", "en-IN", "pt-BR", "sv-SE", "de-CH", "pl-PL"]
VALUES = [0.0, 0.4, -0.4, 1.005, 0.285, -12.345, 999.5, 1234.5, -45678.905, 2_364_331.5, -987_654_321.987, 1e-7]


def test_what_is_usual_is_what_cldr_says() -> None:
    assert formats_of("en-US", "USD") == Formats()


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_are_those_of_babel(locale: str) -> None:
    formats, known = formats_of(locale, "EUR"), Locale.parse(locale, sep="-")
    plain = known.decimal_formats[None].pattern.replace("0.###", "0.00")
    share = known.percent_formats[None].pattern.replace("##0", "##0.0")
    with localcontext() as context:
        context.rounding = ROUND_HALF_UP
        for size in map(abs, VALUES):
            assert formats.number(size, 2) == format_decimal(size, plain, known)
            assert formats.between(formats.percent, size, 1, 2) == format_percent(size, share, known)
            assert formats.between(formats.money, size, 2) == format_currency(size, "EUR", locale=known)


@pytest.mark.parametrize(
    ("locale", "currency", "written"),
    [
        ("en-US", "USD", ["−$1,204,332", "−$2.36M", "$12.3k", "$1.00M", "12.3%", "$12.35"]),
        ("en-GB", "GBP", ["−£1,204,332", "−£2.36M", "£12.3k", "£1.00M", "12.3%", "£12.35"]),
        ("de-DE", "EUR", ["−1.204.332 €", "−2,36 Mio. €", "12.345 €", "1,00 Mio. €", "12,3 %", "12,35 €"]),
        ("fr-FR", "EUR", ["−1 204 332 €", "−2,36 M €", "12,3 k €", "1,00 M €", "12,3 %", "12,35 €"]),
        ("ja-JP", "JPY", ["−￥1,204,332", "−￥236万", "￥1.23万", "￥100万", "12.3%", "￥12"]),
        ("en-IN", "INR", ["−₹12,04,332", "−₹23.6L", "₹12.3k", "₹10.0L", "12.3%", "₹12.35"]),
        ("en-US", "CHF", ["−CHF 1,204,332", "−CHF 2.36M", "CHF 12.3k", "CHF 1.00M", "12.3%", "CHF 12.35"]),
    ],
)
def test_money_and_shares_as_they_are_written_there(locale: str, currency: str, written: list[str]) -> None:
    formats = formats_of(locale, currency)
    found = [
        figure("profit", -1_204_331.5, formats),
        brief("profit", -2_364_331.5, formats),
        brief("spend", 12_345.0, formats),
        brief("spend", 999_999.0, formats),
        figure("roi", 0.1234, formats),
        figure("cpa", 12.345, formats),
    ]
    assert [text.replace("\u00a0", " ").replace("\u202f", " ") for text in found] == written


@pytest.mark.parametrize(
    ("locale", "month", "months", "years", "tick"),
    [
        ("en-US", "Sep 1 – 28, 2025", "Aug 28 – Sep 3, 2025", "Dec 28, 2024 – Jan 3, 2025", "%b %-d"),
        ("en-GB", "1–28 Sept 2025", "28 Aug – 3 Sept 2025", "28 Dec 2024 – 3 Jan 2025", "%-d %b"),
        ("de-DE", "1.–28. Sept. 2025", "28. Aug. – 3. Sept. 2025", "28. Dez. 2024 – 3. Jan. 2025", "%-d. %b"),
        ("ja-JP", "2025年9月1日～28日", "2025年8月28日～9月3日", "2024年12月28日～2025年1月3日", "%-m月%-d日"),
    ],
)
def test_days_say_nothing_twice(locale: str, month: str, months: str, years: str, tick: str) -> None:
    formats = formats_of(locale)
    assert formats.days(date(2025, 9, 1), date(2025, 9, 28)) == month
    assert formats.days(date(2025, 8, 28), date(2025, 9, 3)) == months
    assert formats.days(date(2024, 12, 28), date(2025, 1, 3)) == years
    assert formats.for_browser()["plotly"]["date"] == tick


def test_every_locale_of_cldr_writes_figures_and_days() -> None:
    for name in locale_identifiers():
        formats = formats_of(name.replace("_", "-"), "EUR")
        assert "9" in formats.days(date(2025, 9, 9), date(2026, 1, 9))
        assert brief("profit", -2e7, formats).startswith("−")
        assert "7" in figure("roi", 0.07, formats)


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(NoSuchLocale):
        formats_of("xx-XX")


def test_a_day_that_is_written_from_the_right_does_not_turn_the_sentence_around_it() -> None:
    arabic = Formats(months=("يناير",) * 8 + ("سبتمبر",) * 4, within_month="d–d MMM y")

    written = arabic.days(date(2025, 9, 1), date(2025, 9, 28))

    assert written == "\u20671–28 سبتمبر 2025\u2069"
    assert arabic.one(arabic.month_year, date(2025, 9, 1)) == "\u2067سبتمبر 2025\u2069"
    assert in_words(f"\u202eover {written}, \u2067and \u202dthen") == f"over {written}, and then"
    assert "\u2067" not in formats_of("de-DE", "EUR").days(date(2025, 9, 1), date(2025, 9, 28))


def test_a_figure_in_short_has_three_digits_and_steps_up_where_it_rounds_up() -> None:
    written = {999.4: "$999", 999.5: "$1.00k", 999_499: "$999k", 999_500: "$1.00M", -2_364_331: "−$2.36M"}
    assert {value: brief("spend", value) for value in written} == written
    assert brief("clicks", -2_364_331) == "−2.36M"
    assert brief("roi", 12.5) == "1,250.0%"


def test_a_change_has_its_sign_as_it_is_written_in_points_for_percentages() -> None:
    assert METRICS["roi"].decimals == 1
    assert METRICS["ctr"].decimals == 2
    assert step("spend", 0.1234) == "+12.3%"
    assert step("spend", -12.344) == "−1,234%"
    assert step("spend", -0.0004) == "±0.0%"
    assert step("spend", 0.0) == "±0.0%"
    assert step("roi", 0.012) == "+1.2 pp"
    assert step("ctr", -0.00012) == "−0.01 pp"
    assert step("ctr", 0.00004) == "±0.00 pp"
    assert step("spend", None) is None
    assert step("spend", float("inf")) is None
    assert step("spend", 0.1234, formats_of("de-DE", "EUR")) == "+12,3\u00a0%"
