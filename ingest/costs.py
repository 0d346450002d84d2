"""Costs that somebody states: kept as a version of the facts that imports write, else in a log in the state folder."""

import fcntl
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deltalake import CommitProperties, DeltaTable

from facts.costs import CostsChange, line_of, of_text, read_log, to_text
from facts.delta.rows import COSTS
from facts.delta.table_names import DEMO_NAME, FACTS_NAME
from facts.delta.tables import delta_table_at
from facts.engines.choice import elsewhere
from facts.protocol import utc_now
from facts.undo_steps import steps
from ingest.results import ImportProblem
from ingest.write.commit import COMMAND, alone
from ingest.write.replace import LOG_STAYS
from ingest.write.table import WAIT
from kpi.costs import Cost, WrongCost
from machine.state_folder import NoStateFolder, make_state_folder

#: Of a commit that changed the costs: what they are from then on, as they are stored.
STATED = "import.costs"

#: What becomes of costs.
Change = Callable[[tuple[Cost, ...]], Sequence[Cost]]

_NONE_YET = "There are no figures yet that costs could be of: import some first."
_DEMO = "These are the demo’s figures, which have costs of their own: import your own, then state your costs."


@dataclass(frozen=True)
class CostsStore:
    """Where the costs of the facts at `facts` are kept: in their table where imports write it, else in `log`."""

    facts: str
    log: Path

    @property
    def in_table(self) -> bool:
        """Whether they are a property of the table. Raises ImportProblem for the demo and where there are no facts."""
        if elsewhere(self.facts):
            return False
        table = delta_table_at(Path(self.facts))
        if table is None:
            if not Path(self.facts).exists():
                raise ImportProblem(_NONE_YET)
            return False
        if table.metadata().name == FACTS_NAME and not table.file_uris():  # what was imported was taken back
            raise ImportProblem(_NONE_YET)
        if table.metadata().name == DEMO_NAME:
            raise ImportProblem(_DEMO)
        return table.metadata().name == FACTS_NAME

    def now(self) -> tuple[Cost, ...]:
        """The costs that hold now. Raises ImportProblem."""
        if self.in_table:
            return of_text(DeltaTable(self.facts).metadata().configuration.get(COSTS))
        changes = self.changes()
        return changes[-1].costs if changes else ()

    def changes(self) -> list[CostsChange]:
        """What the log holds, oldest first. Raises ImportProblem where it cannot be read."""
        try:
            return read_log(self.log)
        except (OSError, ValueError, KeyError, TypeError):
            why = f"The costs in {self.log} cannot be read: move the file away, then try again."
            raise ImportProblem(why) from None

    def change(self, change: Change, by: str, wait: float = WAIT) -> tuple[Cost, ...]:
        """Keep what `change` makes of the costs; gives them. Waits so many seconds for imports to end.

        Raises ImportProblem with nothing changed.
        """
        if self.in_table:
            with alone(Path(self.facts), wait):
                return self._change_table(change, by)
        return self._write(lambda changes: _apply(change, changes[-1].costs if changes else ()), by)

    def _change_table(self, change: Change, by: str) -> tuple[Cost, ...]:
        table = DeltaTable(self.facts)
        before = of_text(table.metadata().configuration.get(COSTS))
        after = tuple(_apply(change, before))
        if after != before:
            note = {"import.by": by, COMMAND: secrets.token_hex(8), STATED: to_text(after)}
            table.alter.set_table_properties(
                {COSTS: to_text(after)},
                raise_if_not_exists=False,
                commit_properties=CommitProperties(custom_metadata=note, max_commit_retries=0),
                post_commithook_properties=LOG_STAYS,
            )
        return after

    def undo(self, by: str) -> tuple[Cost, ...]:
        """Return a log to what it held before the last change that still counts: each undo goes one further back.

        That is a change too. Raises ImportProblem where there is none.
        """

        def earlier(changes: Sequence[CostsChange]) -> Sequence[Cost]:
            standing = steps((each.costs, each.undone) for each in changes)
            if not standing:
                raise ImportProblem("No change of these data's costs is left: there is nothing to undo.")
            return standing[-2] if len(standing) > 1 else ()

        return self._write(earlier, by, undone=True)

    def _write(
        self, change: Callable[[Sequence[CostsChange]], Sequence[Cost]], by: str, undone: bool = False
    ) -> tuple[Cost, ...]:
        """Add to the log what `change` makes of its changes; gives the costs that hold then."""
        try:
            make_state_folder(self.log.parent)
            with open(self.log, "a", opener=_open_own, encoding="utf-8") as file:
                fcntl.lockf(file, fcntl.LOCK_EX)
                changes = self.changes()
                before = changes[-1].costs if changes else ()
                after = tuple(change(changes))
                if after != before:
                    file.write(line_of(CostsChange(_after(changes), by, after, undone)))
                    file.flush()
                    os.fsync(file.fileno())
        except NoStateFolder as problem:
            raise ImportProblem(str(problem)) from None
        except OSError as problem:
            raise ImportProblem(f"{self.log} cannot be written ({problem.strerror}): nothing was changed.") from None
        return after


def _apply(change: Change, before: tuple[Cost, ...]) -> Sequence[Cost]:
    try:
        return change(before)
    except WrongCost as problem:
        raise ImportProblem(str(problem)) from None


def _after(changes: list[CostsChange]) -> datetime:
    """Now, never before the last change, whatever the clock says."""
    return max([utc_now(), *(each.at for each in changes[-1:])])


def _open_own(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CREAT, 0o600)
