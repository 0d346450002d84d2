"""What stands beside a card's figure: what it was, and the change a day where the days are not as many."""

import pandas as pd
import pytest

from components.cards import _texts, card_row
from facts.memory.frame import FrameFacts
from kpi.metrics import METRICS
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from kpi.units import USUAL
from pages import PAGES
from tests.components.test_figures import read_for

CARDS = next(visual for page in PAGES for visual in page.visuals if visual.name == "period-cards")


@pytest.fixture(scope="module")
def steady() -> FrameFacts:
    """$100 spent and $500 earned on each day from January to March 2025."""
    days = pd.date_range("2025-01-01", "2025-03-31")
    texts = dict.fromkeys((*DIMENSIONS, *IDENTIFIERS), "x")
    rows = pd.DataFrame({DATE: days, **texts, **dict.fromkeys(MEASURES, 100.0)}).assign(revenue=500.0)
    return FrameFacts(rows, "v")


def test_a_longer_month_says_that_nothing_changed_by_the_day(steady: FrameFacts) -> None:
    drawn = CARDS.draw(read_for(CARDS, steady, "last=month"))
    cards = dict(zip(drawn["metrics"], drawn["cards"], strict=True))
    assert cards["spend"]["step"] == "+10.7%"
    assert cards["spend"]["was"] == "$2.80k (±0.0% a day)"


def test_what_is_written_alike_is_neither_good_nor_bad() -> None:
    before, now = (pd.DataFrame({"roas": [value]}) for value in (0.8846, 0.8837))
    row = card_row("roas", now, before)
    texts = _texts(METRICS["roas"], row, USUAL)
    assert (texts["text"], texts["was"], texts["step"], texts["tone"]) == ("0.88×", "0.88×", "−0.1%", "")
    clear = _texts(METRICS["roas"], row | {"value": 0.8}, USUAL)
    assert clear["tone"] == "bad"


def test_money_whose_sign_turned_has_no_change_in_its_data() -> None:
    now, before = (pd.DataFrame({"profit": [value]}) for value in (-9600.0, 100000.0))
    row = card_row("profit", now, before)
    assert row["change"] is None
    texts = _texts(METRICS["profit"], row, USUAL)
    assert (texts["turned"], texts["step"], texts["tone"]) == (True, "−$110k", "bad")


def test_as_many_days_have_no_change_a_day(steady: FrameFacts) -> None:
    drawn = CARDS.draw(read_for(CARDS, steady, "last=28d"))
    assert drawn["cards"]
    assert [card["was"] for card in drawn["cards"] if "a day" in card["was"]] == []
