"""Costs as people type them: what is taken, what is refused, which of them count, and how they are said."""

from datetime import date

import pytest

from kpi.costs import Assumption, Cost, WrongCost, known_names, read_cost, with_cost, without_cost
from kpi.selection import Selection, only
from kpi.units import USUAL

OPTIONS = {"platform": ("Meta", "Google"), "region": ("Germany", "France")}
JUNE = date(2025, 6, 1)


def said(*costs: Cost, own: tuple[str, ...] = (), start: date = JUNE, **chosen: list[str]) -> str:
    selection = Selection(start, date(2025, 6, 30), only(chosen))
    return Assumption(costs, own).sentence(selection, OPTIONS, USUAL)


@pytest.mark.parametrize("text", ["62", " 62 %", "62%", "62.0", "62,0"])
def test_a_percentage_is_taken_as_people_write_it(text: str) -> None:
    assert read_cost(text) == Cost(62.0)
    assert read_cost("40", fees=text, since="2025-06-01") == Cost(40.0, 62.0, since=JUNE)


@pytest.mark.parametrize("text", ["", "%", "abc", "-5", "101", "nan", "inf", "1e2", "6 2", "٦٢", "6.2.1", "62 %%"])
def test_what_is_no_percentage_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(WrongCost, match=r"Gross margin: .*Write a number from 0 to 100, such as 62 for 62 %"):
        read_cost(text)
    if text:
        with pytest.raises(WrongCost, match="Fees: "):
            read_cost("62", fees=text)


def test_a_fraction_and_a_day_that_is_none_are_refused() -> None:
    with pytest.raises(WrongCost, match="write 62 for 62 %"):
        read_cost("0.62")
    for text in ("2025-02-30", "1/2/2025", "20250601", "yesterday"):
        with pytest.raises(WrongCost, match="is no day: write it as in 2025-01-31"):
            read_cost("62", since=text)


def test_names_are_those_of_the_data() -> None:
    assert known_names(Cost(5, platform="meta", region="FRANCE"), OPTIONS) == Cost(5, platform="Meta", region="France")
    with pytest.raises(WrongCost, match="There is no region “Spain” in your data: Germany, France"):
        known_names(Cost(5, region="Spain"), OPTIONS)


def test_what_holds_for_the_same_takes_its_place_and_can_be_removed() -> None:
    costs = with_cost(with_cost((), Cost(62, 8)), Cost(50, platform="Meta"))
    assert with_cost(costs, Cost(60)) == (Cost(60, 8), Cost(50, platform="Meta"))
    assert with_cost(costs, Cost(None, 9)) == (Cost(62, 9), Cost(50, platform="Meta"))
    assert with_cost(costs, Cost(60, 0)) == (Cost(60, 0), Cost(50, platform="Meta"))
    assert without_cost(costs, ("Meta", "", None)) == (Cost(62, 8),)
    with pytest.raises(WrongCost, match="No costs are stated for exactly this: Meta from 2025-06-01"):
        without_cost(costs, ("Meta", "", JUNE))


def test_costs_are_said_as_far_as_they_hold() -> None:
    assert said() == ""
    assert said(Cost(62)) == "Profit is worked out with your margin of 62 %."
    assert said(Cost(62.5, 8)) == "Profit is worked out with your margin of 62.5 % and fees of 8 %."
    assert said(Cost(62), own=("Google",)).endswith("; rows of Google that report costs keep them.")
    assert said(Cost(62), own=("Google",), platform=["Meta"]) == said(Cost(62))
    general = Cost(62, 8)  # a margin for one platform leaves the fees of all as they are, and the other way round
    assert "62 % and fees of 8 % (Meta: 55 % and fees of 8 %)." in said(general, Cost(55, platform="Meta"))
    assert "62 % and fees of 8 % (Meta: 62 % and fees of 15 %)." in said(general, Cost(None, 15, "Meta"))
    assert "62 % and fees of 8 % (Meta: 55 %)." in said(general, Cost(55, 0, "Meta"))
    assert said(Cost(None, 8)) == ""
    several = (Cost(62), Cost(55, 3, "Meta"), Cost(50, region="France"))
    assert "62 % (in France: 50 %; Meta: 55 % and fees of 3 %)." in said(*several)
    assert said(*several, platform=["Google"], region=["Germany"]) == said(Cost(62))
    later = Cost(50, since=date(2025, 6, 15))
    assert "62 % (from Jun 15, 2025: 50 %)." in said(Cost(62), later)
    assert said(Cost(62), later, start=date(2025, 6, 20)) == said(Cost(50))
    assert said(Cost(62, since=date(2025, 7, 1))) == ""
    assert "margin of 50 % from Jun 15, 2025." in said(later)
