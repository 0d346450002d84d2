"""`Facts`: the one interface to the data. Only filtering, grouping and summing cross it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from kpi.own_dimensions import OwnValues
from kpi.selection import Extent, Grouping, Only, Selection

if TYPE_CHECKING:
    import pandas as pd

    from facts.side_facts import SideFacts


#: The rows a reader may see at all, in the form of `Selection.only`; () is every row.
Scope = Only

#: The scope of who may see everything; it is never left out, so that nobody leaves it out by mistake.
ALL_ROWS: Final[Scope] = ()


#: What readers of a page are told of a problem that only paths, columns or settings could explain.
FOR_READERS: Final = "The data cannot be read at the moment; whoever runs this dashboard finds the reason in its log."


class DataProblem(Exception):
    """The data cannot be used; the message is a sentence that says why and what to do, to whoever runs the dashboard.

    `reader` is the sentence for those who look at a page: it names no path, column or setting of the server's.
    """

    def __init__(self, sentence: str, reader: str = FOR_READERS) -> None:
        super().__init__(sentence)
        self.reader = reader


class NoData(DataProblem):
    """There is nothing at a path yet, or nothing any more: its first import was taken back."""

    def __init__(self, path: object, version: int | None = None) -> None:
        """`version` is the one that was asked for, None for the newest."""
        if version is not None:
            nothing = f"Version {version} holds nothing: everything that was imported had been undone."
            super().__init__(nothing, nothing)
            return
        how = "import your own with `marketing-dashboard import FILE`, or write the demo's with `python -m datagen`."
        super().__init__(f"There is no data at {path}: {how}", f"There is no data yet: {how}")


class NotYet(DataProblem):
    """The data are opened by the processes that serve, each for itself, after the fork."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"The data at {label} are being opened; try again in a moment.",
            "The data are being opened; try again in a moment.",
        )


def utc_now() -> datetime:
    """Now, in UTC, as every time that is shown, wherever the server is."""
    return datetime.now(UTC)


def time_of_day(moment: datetime) -> str:
    """``03:43 UTC``."""
    return f"{moment:%H:%M} UTC"


class Facts(Protocol):
    """One version of the facts, unchanging.

    `version` names it, `loaded` is when it was read ("10:31 UTC"), `demo` whether it is the generated company's;
    `side` is what comes with the rows (facts.side_facts), `existing` which values are of existing customers
    (kpi.retention), `own` the company's own dimensions, which filter and group like those of the schema.
    """

    version: str
    loaded: str
    demo: bool
    currency: str
    side: "SideFacts"
    existing: Only
    own: OwnValues

    @property
    def nbytes(self) -> int:
        """Bytes of memory, about: of the rows, and of answers that are kept."""

    def extent(self) -> Extent:
        """The first and the last day."""

    def options(self, scope: Scope) -> dict[str, tuple[str, ...]]:
        """The values of each dimension that occur within `scope`, in the order in which they are shown."""

    def totals(
        self, selection: Selection, groupings: Iterable[Grouping], scope: Scope
    ) -> "dict[Grouping, pd.DataFrame]":
        """The totals frame (see kpi.evaluate) of each grouping, groups without a row left out.

        The index holds the groups' values, named by the grouping; for `date` the first day of the selection's grain.
        """

    def ahead(self, asked: Iterable[tuple[Selection, Iterable[Grouping]]], scope: Scope) -> None:
        """What `totals` is about to be asked, so that an engine elsewhere can work on all of it at once."""
