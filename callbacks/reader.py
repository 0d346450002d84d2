"""For pages that others add: the current selection, resolved and narrowed to what the reader may see.

```python
@callback(Output("my-graph", "figure"), Input("selection", "data"))
def draw(data):
    at = resolve_selection(data)
    totals = at.facts.totals(at.selection, [("platform",)], at.scope)[("platform",)]
    return px.bar(at.evaluate(totals, ["roas"]), y="roas")
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
from kpi.derive import known_measures
from kpi.evaluate import REACH_FLOOR, ROWS, evaluate
from kpi.formats import Formats
from kpi.selection import Extent, Grouping, Selection
from views.answers import resolve_query
from views.desk import Desk
from web.current_reader import current_rights

_NAME: Final = "dashboard.desk"


class WrongScope(ValueError):
    """Rows were asked for that are not the reader's."""


class HiddenMetric(ValueError):
    """A metric was asked for that the reader may not see."""


class OwnFacts:
    """The facts as one reader may have them: every question names the rows, and no others than theirs are answered.

    Sums from which a metric in `hides` could be worked out are left out.
    """

    def __init__(self, facts: Facts, scope: Scope, hides: frozenset[str]) -> None:
        self._facts, self._scope, self._hides = facts, scope, hides
        self._whole: list[tuple[pd.DataFrame, pd.DataFrame]] = []

    def totals(
        self, selection: Selection, groupings: Iterable[Grouping], scope: Scope
    ) -> Mapping[Grouping, pd.DataFrame]:
        """Sums by grouping of the rows in `scope`, the reader's own (facts.protocol). Raises WrongScope for another."""
        totals = self._facts.totals(selection, groupings, self._check_scope(scope))
        return {grouping: self._visible(frame) for grouping, frame in totals.items()} if self._hides else totals

    def evaluate(self, totals: pd.DataFrame, metrics: Iterable[str], whole: pd.DataFrame | None = None) -> pd.DataFrame:
        """As kpi.evaluate does it, of frames that `totals` gave. Raises HiddenMetric for what the reader may not see.

        What may be told of sums that may not be (one divided by another) has its value too; it has none of a frame
        that was changed since.
        """
        metrics = list(metrics)
        hidden = [metric for metric in metrics if metric in self._hides]
        if hidden:
            raise HiddenMetric(f"This reader may not see {', '.join(hidden)}: leave out what is in at.hides.")
        return evaluate(self._complete(totals), metrics, None if whole is None else self._complete(whole))

    def _visible(self, totals: pd.DataFrame) -> pd.DataFrame:
        known = known_measures(self._hides)
        kept = {ROWS, *known, *([REACH_FLOOR] if "reach" in known else [])}
        given = totals[[name for name in totals.columns if name in kept]]
        self._whole.append((given, totals))
        return given

    def _complete(self, given: pd.DataFrame) -> pd.DataFrame:
        """The frame with all sums of which `given` was made here."""
        return next((whole for visible, whole in self._whole if visible is given), given)

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

    def evaluate(self, totals: pd.DataFrame, metrics: Iterable[str], whole: pd.DataFrame | None = None) -> pd.DataFrame:
        """The `metrics` of a frame that `facts.totals` gave. Raises HiddenMetric for what the reader may not see."""
        return self.facts.evaluate(totals, metrics, whole)


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
    facts, asked, _ = resolve_query(desk.source, facts, address, desk.writing, mine, desk.provisional_days, drawn=True)
    own = OwnFacts(facts, mine.rows, mine.hides)
    return Resolved(own, asked.selection, asked.baseline, mine.rows, mine.hides, asked.formats, asked.notes)
