"""The whole company's figures follow from the days alone: made once for them, whatever else is filtered."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from facts.memory.frame import FrameFacts
from facts.source import load
from kpi.comparison import baseline
from kpi.selection import Selection
from kpi.units import USUAL
from tests.conftest import FIRST, LAST
from views.company import company_of


def test_made_once_for_its_days(facts: FrameFacts, facts_path: Path) -> None:
    chosen = Selection(LAST - timedelta(27), LAST)
    before = baseline(chosen, facts.extent())

    def company(facts: FrameFacts, selection: Selection, then: Selection | None = before):
        return company_of(facts, selection, then, (), USUAL)[0]

    made = company(facts, chosen)
    assert company(facts, chosen.narrow("platform", ("Meta",))) is made
    for other in (
        company(facts, replace(chosen, start=FIRST)),
        company(facts, replace(chosen, end=LAST - timedelta(1))),
        company(facts, chosen, None),
        company(load(facts_path), chosen),
    ):
        assert other is not None
        assert other is not made
    assert company_of(facts, chosen, before, (("platform", ("Meta",)),), USUAL)[0] is None
