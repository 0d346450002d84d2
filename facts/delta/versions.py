"""Earlier versions of the data: which one an address or a command means, and when it was the newest."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from facts.delta.tables import delta_table_at
from facts.protocol import DataProblem

#: Of an import that changed both tables, in the facts' log: the shop's version before it, -1 where there was none.
SHOP_BEFORE: Final = "import.shop-before"

_VERSION: Final = re.compile(r"\d{1,9}", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Version:
    """A version of the facts: `when` it came, and the newest `shop` version while it was the newest (None for none)."""

    number: int
    when: datetime
    shop: int | None = None


def version_at(facts: Path, text: str) -> Version:
    """The version that `text` names: its number, or the newest of a day (``2025-10-03``) or a time (UTC).

    Raises DataProblem with a sentence where there is none.
    """
    from facts.delta.table_names import path_of

    commits = _commits(facts)
    if not commits:
        raise DataProblem(f"There are no versions at {facts}.", "There are no earlier versions of these data.")
    numbers = f"they run from {commits[0].number} to {commits[-1].number}"
    if _VERSION.fullmatch(text):
        place = next((place for place, each in enumerate(commits) if each.number == int(text)), None)
        if place is None:
            raise _no_such_version(f"There is no version {text}; {numbers}.")
    else:
        until = _moment(text)
        if until is None:
            raise _no_such_version(f"“{text[:40]}” is no version and no day of the form YYYY-MM-DD; {numbers}.")
        earlier = [place for place, each in enumerate(commits) if each.when <= until]
        if not earlier:
            raise _no_such_version(f"The first version is of {commits[0].when:%Y-%m-%d}, after {text}.")
        place = earlier[-1]
    found, next_ = commits[place], commits[place + 1] if place + 1 < len(commits) else None
    shops = [each.number for each in _commits(path_of(facts)) if next_ is None or each.when < next_.when]
    if next_ is not None and next_.shop_before is not None:  # its own half of the shop's came before it
        shops = [number for number in shops if number <= next_.shop_before]
    return Version(found.number, found.when, shops[-1] if shops else None)


def _no_such_version(sentence: str) -> DataProblem:
    """A version that does not exist, which readers may be told as it is."""
    return DataProblem(sentence, sentence)


@dataclass(frozen=True)
class _Commit:
    """A version of a table; `shop_before` is the shop's newest until an import changed both (-1 for none)."""

    number: int
    when: datetime
    shop_before: int | None


def _commits(path: Path) -> list[_Commit]:
    """The versions of a table that its log still has, oldest first."""
    table = delta_table_at(path)
    if table is None:
        return []
    found = []
    for each in table.history():
        before = each.get(SHOP_BEFORE)
        when = datetime.fromtimestamp(each["timestamp"] / 1000, UTC)
        found.append(_Commit(int(each["version"]), when, None if before is None else int(before)))
    return sorted(found, key=lambda each: each.number)


def _moment(text: str) -> datetime | None:
    """The end of a day, or a moment; UTC where it does not say."""
    try:
        found = datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            found += timedelta(days=1, microseconds=-1)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
