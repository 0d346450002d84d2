"""What a page of somebody's own is handed: the facts as its reader may have them, and no others."""

from collections.abc import Callable
from typing import Any

import pytest

from callbacks.reader import OwnFacts, WrongScope
from facts import Facts
from kpi.selection import Selection

EUROPE = (("region", ("Europe",)),)


@pytest.mark.parametrize(
    "ask",
    [
        lambda facts, selection, scope: facts.totals(selection, [("region",)], scope),
        lambda facts, _, scope: facts.options(scope),
    ],
    ids=["totals", "options"],
)
def test_rows_of_others_are_not_answered(facts: Facts, ask: Callable[..., Any]) -> None:
    extent = facts.extent()
    selection = Selection(extent.first, extent.last)
    own = OwnFacts(facts, EUROPE, frozenset())

    found = ask(own, selection, EUROPE)

    assert (list(found[("region",)].index) if ("region",) in found else list(found["region"])) == ["Europe"]
    for scope in ((), (("region", ("Europe", "Asia Pacific")),)):
        with pytest.raises(WrongScope, match="resolve_selection"):
            ask(own, selection, scope)


def test_no_question_goes_without_a_scope(facts: Facts) -> None:
    extent = facts.extent()
    with pytest.raises(TypeError, match="scope"):
        OwnFacts(facts, (), frozenset()).totals(Selection(extent.first, extent.last), [("region",)])  # type: ignore[call-arg]
