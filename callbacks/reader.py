"""For pages that others add: the current selection, resolved and narrowed to what the reader may see.

```python
@callback(Output("my-graph", "figure"), Input("selection", "data"))
def draw(data):
    at = resolve_selection(data)
    totals = at.facts.totals(at.selection, [("platform",)], at.scope)[("platform",)]
    return px.bar(evaluate(totals, ["roas"]), y="roas")
```
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from dash.exceptions import PreventUpdate
from flask import current_app

from access.rights import Rights
from callbacks.view import asked_of
from components.address import Address
from facts import Facts, Scope
from kpi.formats import Formats
from kpi.selection import Extent, Grouping, Selection
from views.answers import resolve_query
from views.desk import Desk
from web.current_reader import current_rights

_NAME: Final = "dashboard.desk"


class WrongScope(ValueError):
    """Rows were asked for that are not the reader's."""


class OwnFacts:
    """The facts as one reader may have them: every question names the rows, and no others than theirs are answered."""

    def __init__(self, facts: Facts, scope: Scope) -> None:
        self._facts, self._scope = facts, scope

    def totals(
        self, selection: Selection, groupings: Iterable[Grouping], scope: Scope
    ) -> Mapping[Grouping, pd.DataFrame]:
        """Sums by grouping of the rows in `scope`, the reader's own (facts.protocol). Raises WrongScope for another."""
        return self._facts.totals(selection, groupings, self._check_scope(scope))

    def options(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The values of each dimension among the rows in `scope`. Raises WrongScope."""
        return self._facts.options(self._check_scope(scope))

    def extent(self) -> Extent:
        """The first and the last day of the data."""
        return self._facts.extent()

    def _check_scope(self, scope: Scope) -> Scope:
        if scope != self._scope:
            raise WrongScope("Pass the scope that resolve_selection gave: it is the rows that this reader may see.")
        return scope


@dataclass(frozen=True)
class Resolved:
    """What a reader looks at: `scope` are the rows they may see (pass it to every call of `facts`), `hides` the metrics
    they may not, `baseline` what is compared with (None where nothing is), `notes` what the address asked for in vain.
    """

    facts: OwnFacts
    selection: Selection
    baseline: Selection | None
    scope: Scope
    hides: frozenset[str]
    formats: Formats
    notes: Sequence[str]


def put_desk(server: Any, desk: Desk) -> None:
    """Let callbacks of `server` resolve selections with `desk`."""
    server.extensions[_NAME] = desk


def resolve_selection(data: Any) -> Resolved:
    """What the store "selection" means for the reader of this request; call it in a Dash callback.

    Raises PreventUpdate where there is no data yet, so that nothing is drawn.
    """
    desk: Desk = current_app.extensions[_NAME]
    facts = desk.source.current()
    if facts is None:
        raise PreventUpdate
    mine: Rights = current_rights()
    address = Address.of(asked_of(data)[1].decode("latin-1"))
    facts, asked, _ = resolve_query(desk.source, facts, address, desk.writing, mine, desk.provisional_days)
    own = OwnFacts(facts, mine.rows)
    return Resolved(own, asked.selection, asked.baseline, mine.rows, mine.hides, asked.formats, asked.notes)
