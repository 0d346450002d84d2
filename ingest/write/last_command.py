"""Finds what the tables held before the last command, so that each `undo` goes one further back.

An undo is a version too. What it returned to counts as where the table is, not the undo itself.
"""

from pathlib import Path
from typing import Final

from facts.delta.log import Commit, whole_versions
from facts.delta.table_names import path_of
from ingest.results import TableProblem
from ingest.write import ownership
from ingest.write.commit import COMMAND, UNDO
from ingest.write.ownership import is_own

#: What the commits of imports name: the files that they are of.
_FILES: Final = "import.files"


def before_command(facts: Path) -> dict[Path, int | None]:
    """The tables that the last command not yet undone changed, with their versions before it, None for nothing at all.

    Where tables of earlier versions of this program do not name commands, each version of the facts is one. Raises
    TableProblem where there is nothing before.
    """
    logs = {
        path: whole_versions(path)
        for path, names in ((facts, ownership.FACTS), (path_of(facts), ownership.SHOP))
        if is_own(path, names)
    }
    held = {path: commit for path, commits in logs.items() if (commit := held_version(commits)) is not None}
    newest = max(held.values(), key=lambda commit: commit.when, default=None)
    if newest is None:
        raise TableProblem("There is nothing to undo: no figures are imported.")
    command = newest.said.get(COMMAND)
    if command is None and facts not in held:
        raise _nothing_before(facts)
    taken = (
        {facts: held[facts]}
        if command is None
        else {path: commit for path, commit in held.items() if commit.said.get(COMMAND) == command}
    )
    goals = {path: _before(logs[path], commit) for path, commit in taken.items()}
    for path, version in goals.items():
        if version is None and _FILES not in taken[path].said:  # nobody imported it: the demo stays
            raise _nothing_before(path)
    return goals


def shop_before_command(facts: Path) -> dict[Path, int | None]:
    """The shop's table beside the `facts`, with its version before its last command, None for nothing at all.

    Raises TableProblem where it holds nothing.
    """
    shop = path_of(facts)
    commits = whole_versions(shop)
    held = held_version(commits)
    before = None if held is None else _before(commits, held)
    if held is None or (before is None and _FILES not in held.said):  # the demo's days stay
        raise _nothing_before(shop)
    return {shop: before}


def held_version(commits: list[Commit]) -> Commit | None:
    """The version whose rows the newest one holds, as undos returned to it; None where that is nothing."""
    by_number = {commit.number: commit for commit in commits}
    held = commits[-1]
    while (goal := held.said.get(UNDO)) is not None:
        if not goal.isdigit():
            return None
        if int(goal) not in by_number:  # gone: whoever goes further back is told so
            break
        held = by_number[int(goal)]
    return held


def _before(commits: list[Commit], held: Commit) -> int | None:
    """The version before all of the command that made `held`; None where it is the first."""
    by_number = {commit.number: commit for commit in commits}
    command, number = held.said.get(COMMAND), held.number - 1
    while command and number in by_number and by_number[number].said.get(COMMAND) == command:
        number -= 1
    if number < 0 or (
        number in by_number and held_version([each for each in commits if each.number <= number]) is None
    ):
        return None
    return number  # one that is gone cannot be returned to, as whoever does it says


def _nothing_before(path: Path) -> TableProblem:
    return TableProblem(f"{path} has no version before its first.")
