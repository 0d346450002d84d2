"""Earlier versions of the data: which one an address or a command means, and when it was the newest."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from facts.delta.log import Commit, whole_versions
from facts.delta.tables import delta_table_at
from facts.protocol import DataProblem

#: Of an import that changed both tables, in the facts' log: the shop's version before it, -1 where there was none.
SHOP_BEFORE: Final = "import.shop-before"

#: More holes than that in one log are counted, no longer listed.
_MOST_RUNS: Final = 10

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
        if place is None and int(text) > commits[-1].number:
            raise _no_such_version(f"There is no version {text}; {numbers}.")
    else:
        until = _moment(text)
        if until is None:
            raise _no_such_version(f"“{text[:40]}” is no version and no day of the form YYYY-MM-DD; {numbers}.")
        earlier = [place for place, each in enumerate(commits) if each.when <= until]
        if not earlier and commits[0].number == 0:
            raise _no_such_version(f"The first version is of {commits[0].when:%Y-%m-%d}, after {text}.")
        place = earlier[-1] if earlier else None
        if place is not None and (commits[place + 1 :] or commits[-1:])[0].number > commits[place].number + 1:
            place = None  # one of those that are gone came after it, perhaps before `until`
    if place is None:
        named = f"Version {text}" if _VERSION.fullmatch(text) else f"The newest version of {text}"
        raise _no_such_version(f"{named} can no longer be shown: {why_gone(commits)}.")
    found, next_ = commits[place], commits[place + 1] if place + 1 < len(commits) else None
    shops = _commits(path_of(facts))
    then = [each.number for each in shops if next_ is None or each.when < next_.when]
    if next_ is not None and SHOP_BEFORE in next_.said:  # its own half of the shop's came before it
        then = [number for number in then if number <= int(next_.said[SHOP_BEFORE])]
    if not then and shops and shops[0].number > 0:
        then = [shops[0].number - 1]  # which is gone, as who reads it says
    return Version(found.number, found.when, then[-1] if then else None)


def why_gone(commits: list[Commit]) -> str | None:
    """Which versions the log of a table lacks, given those that it has, as the end of a sentence; None for none."""
    there = {each.number for each in commits}
    numbers = [number for number in range(max(there, default=0)) if number not in there]
    if not numbers:
        return None
    are = "is" if len(numbers) == 1 else "are"
    return (
        f"{name_versions(numbers)} {are} gone, because another program or an earlier version of this one cleaned up "
        "the table's log"
    )


def name_versions(numbers: list[int]) -> str:
    """Versions in rising order, as a sentence names them: "version 3", "versions 0 to 8, 11 and 20 to 22"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    if len(names) > _MOST_RUNS:
        more = sum(map(len, runs[_MOST_RUNS:]))
        names = [*names[:_MOST_RUNS], f"{more:,} more"]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"version{'s' if len(numbers) > 1 else ''} {listed}"


def _no_such_version(sentence: str) -> DataProblem:
    """A version that does not exist, which readers may be told as it is."""
    return DataProblem(sentence, sentence)


def _commits(path: Path) -> list[Commit]:
    """The versions of a table that can still be read, oldest first."""
    return [] if delta_table_at(path) is None else whole_versions(path)


def _moment(text: str) -> datetime | None:
    """The end of a day, or a moment; UTC where it does not say."""
    try:
        found = datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            found += timedelta(days=1, microseconds=-1)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
