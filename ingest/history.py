"""What was changed in the facts, and the way back: each change is a version, and so is each return to an older one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from facts.costs import of_text
from facts.delta.damage import damage_of
from facts.delta.log import lacks_files, whole_versions
from facts.delta.versions import why_gone
from ingest.costs import STATED
from ingest.results import ImportProblem
from ingest.write.commit import CORRECTED, RELABELED, UNDO, return_both
from ingest.write.last_command import before_command
from ingest.write.summary import number
from kpi.costs import costs_in_words
from kpi.units import USUAL


def return_to_before_command(facts: Path, by: str) -> None:
    """Return the tables to what they were before the last command that is not undone, within `alone`.

    Raises ImportProblem, with nothing done.
    """
    return_to_goals(facts, before_command(facts), by)


def return_to_goals(facts: Path, goals: dict[Path, int | None], by: str) -> None:
    """Return the tables to the versions of `goals`, within `alone`. Raises ImportProblem where one is gone."""
    for path, version in goals.items():
        if version is not None:
            version_to_return_to(path, DeltaTable(str(path)), version)
    return_both(facts, goals, by)


def what_changed(commit: Mapping[str, Any]) -> str:
    """What a commit changed, of what its writer said of it, in words."""
    if UNDO in commit:
        before = commit[UNDO]
        return f"returned to version {before}" if before.isdigit() else f"returned to {before}"
    if STATED in commit:
        costs = of_text(commit[STATED])
        return f"costs: {costs_in_words(costs, USUAL)}" if costs else "costs: none any more"
    if "import.files" not in commit:
        return "the demo company" if "datagen.seed" in commit else str(commit.get("operation", "")).lower()
    parts = json.loads(commit["import.parts"])
    told = "; ".join(
        f"{each['part']} {each['first']} to {each['last']}: spend {number('spend', each['after']['spend'])}"
        + (f", was {number('spend', each['before']['spend'])}" if each["before"] else "")
        for each in parts[:3]
    )
    files = ", ".join(json.loads(commit["import.files"]))
    if RELABELED in commit:
        relabeled = f"the assumed currency {commit[RELABELED]}, with the same figures"
        files = f"{files} ({relabeled})" if files else relabeled
    if CORRECTED in commit:
        files = f"{files}: {commit[CORRECTED]}"
    return f"{files}: {told}{'; …' if len(parts) > 3 else ''}" if told else files


def version_to_return_to(path: Path, table: DeltaTable, version: int) -> int:
    """The version of `table` to return to. Raises ImportProblem where it is not there or gone."""
    newest, commits = table.version(), whole_versions(path)
    there = [each.number for each in commits]
    if version == newest:
        raise ImportProblem(f"{path} is at version {version} already.")
    if not 0 <= version <= newest:
        raise ImportProblem(f"There is no version {version}; they run from {there[0]} to {newest} (see `history`).")
    if version not in there:
        raise ImportProblem(f"{path} cannot return to version {version}: {why_gone(commits)}.")
    if (damage := damage_of(path, version)) and not lacks_files(path, version):
        raise ImportProblem(f"{path} cannot return to version {version} ({damage.what}): {damage.remedy}.")
    if lacks_files(path, version):
        raise ImportProblem(f"{path} cannot return to version {version}: files that it was made of were removed.")
    return version


def say_return(path: Path, version: int | None) -> str:
    """That the table at `path` returned to a version, None where it had none."""
    held = "nothing, as before" if version is None else f"again what it held at version {version}"
    return f"{path} holds {held}; this is version {DeltaTable(str(path)).version()}."
