"""What is written twice, here and in the browser, says the same of anything: figures, addresses."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.address import PRESETS, RANKS, Address, Query, read, write
from components.locales import formats_of
from components.spec import spec
from kpi.metrics import METRICS
from kpi.selection import COMPARES, GRAINS, Extent, only
from kpi.units import USUAL, brief, decimals, figure
from pages import PAGES
from tests.js.node import Answers

MONEY = {"en-US": "USD", "de-DE": "EUR", "fr-FR": "EUR", "ja-JP": "JPY", "ar": "EGP", "hi-IN": "INR"}
LOCALES = {locale: formats_of(locale, currency) for locale, currency in MONEY.items()}
ONE_OF_A_UNIT = {metric.unit: metric.key for metric in METRICS.values()}

# Sums of money, rates and what is near a step or a half, where two ways of rounding would part. Up to 1e11: the browser
# counts in doubles, which do not tell neighbors apart beyond 2^53 of the last digit that is written.
halves = st.builds(lambda whole, shift: (whole + 0.5) / 10**shift, st.integers(-(10**9), 10**9), st.integers(0, 6))
steps = st.builds(
    lambda size, off, sign: sign * 10.0**size * (1 + off),
    st.integers(0, 10),
    st.floats(-0.006, 0.006),
    st.sampled_from([1, -1]),
)
numbers = st.one_of(st.none(), halves, steps, st.floats(-1e11, 1e11), st.floats(-1, 1), st.integers(-(10**11), 10**11))


@given(st.sampled_from(sorted(LOCALES)), st.lists(numbers, min_size=1, max_size=40))
def test_figures_are_written_the_same(answers: Answers, locale: str, values: list[float | None]) -> None:
    formats = LOCALES[locale]
    asked = [
        (how, {"unit": unit, "decimals": decimals(key, formats)}, value)
        for unit, key in ONE_OF_A_UNIT.items()
        for value in values
        for how in ("full", "brief")
    ]
    ours = [fn(key, value, formats) for key in ONE_OF_A_UNIT.values() for value in values for fn in (figure, brief)]
    theirs = answers("figures", formats.for_browser(), asked)
    assert [(each, text) for each, text in zip(asked, theirs, strict=True)] == list(zip(asked, ours, strict=True))


def test_all_units_are_among_them() -> None:
    assert set(ONE_OF_A_UNIT) == {"money", "unit_money", "count", "people", "percent", "ratio", "months"}


EXTENT = Extent(date(2023, 9, 29), date(2025, 9, 28))
SPEC = spec(PAGES, "/", USUAL, frozenset(), ("x.brand", "x.funnel_stage"))
names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda name: name == name.strip()
)


@st.composite
def queries(draw: st.DrawFn) -> tuple[Query, dict[str, list[str]], dict[str, Any]]:
    """A query, the values that exist, and what the browser holds of it, as views/answers.py sends it."""
    options = {name: draw(st.lists(names, min_size=2, max_size=5, unique=True)) for name in SPEC["dimensions"]}
    chosen = {
        name: draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True))
        for name, values in options.items()
        if draw(st.booleans())
    }
    last = draw(st.sampled_from([*PRESETS, "3d", "6m", "1y", None]))
    start, end = sorted(draw(st.tuples(*[st.dates(EXTENT.first, EXTENT.last)] * 2))) if last is None else (None, None)
    rest = [
        draw(st.sampled_from(each))
        for each in (list(COMPARES), [None, *GRAINS], ["", "7d"], list(RANKS), ["", "7", "2025-09-01"])
    ]
    days = {"from": start and start.isoformat(), "to": end and end.isoformat(), "last": last}
    others = dict(zip(("compare", "grain", "rolling", "rank", "as_of"), rest, strict=True))
    return Query(only(chosen), last, start, end, *rest), options, {**chosen, **days, **others}


@given(queries())
def test_addresses_are_written_the_same(
    answers: Answers, drawn: tuple[Query, dict[str, list[str]], dict[str, Any]]
) -> None:
    query, options, chosen = drawn
    address = answers("query", SPEC, chosen)
    assert address == write(query)
    assert read(Address.of(address), options, EXTENT, RANKS) == (query, ())
