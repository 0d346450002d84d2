"""The table on disk, and which of its versions the dashboard shows.

`load` reads and checks one version. `Source` holds the one that is shown and looks for newer ones while it runs: a
newer version is read in the background and takes its place whole; one that cannot be read is refused, and the old one
stays.
"""

import fcntl
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final
from weakref import ReferenceType, finalize, ref

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facts import side_facts
from facts.costs import costs_now, costs_of_rows, name_of, of_text
from facts.delta.kept_versions import PastVersions
from facts.delta.log import lacks_files, newest_entry
from facts.delta.rows import CURRENCY, CUT, explain_failures, fetch
from facts.delta.table_names import DEMO_NAME as DEMO_NAME
from facts.delta.table_names import FACTS_NAME, path_of, under_way_note
from facts.delta.versions import Version, version_at
from facts.engines.choice import Engine, by_duckdb, elsewhere, is_parquet, stamp
from facts.memory.cuts import missing_cut_sentence, of_cuts
from facts.memory.frame import FrameFacts
from facts.own_rules import name_with_rules, read_rules, rules_of_data, rules_path, stamp_of
from facts.protocol import DataProblem, Facts, NoData, NotYet, time_of_day, utc_now
from facts.reader_process import ReaderProcess
from kpi.schema import COUNTS, DATE, DIMENSIONS, MEASURES
from machine.memory import give_back

if TYPE_CHECKING:
    from facts.engines.remote import Remote

_LOOK_EVERY: Final = 1.0
_ENGINE: Final = Engine()

_log = logging.getLogger(__name__)


def load(
    path: str | Path,
    now: Callable[[], datetime] = utc_now,
    version: int | None = None,
    engine: Engine = _ENGINE,
    shop: int | None = None,
) -> Facts:
    """A version of the Delta table at `path`, the newest unless one is named; or Parquet files; or what is elsewhere.

    `engine` says who sums; `shop` is the version of the shop's days beside a named one. Raises DataProblem with a
    sentence where it cannot be used.
    """
    if elsewhere(path):
        return _remote(path, engine).facts(now)
    try:
        return explain_failures(lambda: _load_version(path, now, version, engine, shop), path, version)
    except DataProblem:
        if version is not None and lacks_files(Path(path), version):
            removed = f"Version {version} can no longer be shown: files that it was made of were removed."
            raise DataProblem(f"{removed} The table is at {path}.", removed) from None
        raise


def _load_version(
    path: str | Path, now: Callable[[], datetime], version: int | None, engine: Engine, shop: int | None
) -> Facts:
    if by_duckdb(path, engine, version):
        from facts.engines.files import TwoCuts, files, open_files

        try:
            return open_files(files(path, version), now, DEMO_NAME, engine)
        except TwoCuts:
            if engine.kind == "duckdb" or is_parquet(path):
                raise
            _log.warning("the table has several cuts of the same days and is read into memory")
    return facts_of(fetch(path, version, shop), path, now, engine)


def _remote(path: str | Path, engine: Engine) -> "Remote":
    from facts.engines.mapping import mapping_at
    from facts.engines.remote import Remote

    mapping, rules = mapping_at(engine.mapping), rules_of_data(path, engine.state)
    return Remote(str(path), engine.refresh, engine.existing, rules, mapping, engine.costs)


def load_by_reader_process(
    path: str | Path,
    now: Callable[[], datetime] = utc_now,
    reader: ReaderProcess | None = None,
    engine: Engine = _ENGINE,
) -> Facts:
    """`load` for a process that is going to fork: another process reads the table and hands its rows over.

    deltalake's runtime does not survive a fork. In the children of a process that has used it every further use
    panics (tokio#4301), so gunicorn's master never does. `reader` is such a process that was started earlier. Raises
    DataProblem; NotYet where the rows stay where they are, and each process opens them for itself.
    """
    return explain_failures(lambda: facts_of((reader or ReaderProcess(path, engine)).rows(), path, now, engine), path)


def facts_of(rows: pa.Table, path: str | Path, now: Callable[[], datetime], engine: Engine = _ENGINE) -> Facts:
    """The facts of fetched rows, checked; `engine` says which cuts come first. Raises DataProblem."""
    metadata = {key.decode(): value.decode() for key, value in (rows.schema.metadata or {}).items()}
    own = read_rules(rules_path(path))
    version = name_with_rules(metadata["version"], own)
    loaded, demo = time_of_day(now()), metadata["name"] == DEMO_NAME
    more = side_facts.of_text(metadata.get("beside"))
    frame = _check_rows(rows, path)
    stated = of_text(side_facts.stated_costs(metadata.get("beside")))
    logged = () if metadata["name"] in (FACTS_NAME, DEMO_NAME) else costs_now(engine.costs)
    frame, costs = costs_of_rows(frame, logged or stated)
    reported = side_facts.reports_of_platforms(frame, metadata.get("beside"), bool(costs.costs))
    more = replace(more, reported=reported, costs=costs, missing_cut=missing_cut_sentence(frame, engine.cut))
    version += name_of(logged)
    if CUT not in frame.columns:
        return FrameFacts(frame, version, loaded=loaded, demo=demo, side=more, existing=engine.existing, own=own)
    currencies = list(frame[CURRENCY].unique())
    if len(currencies) != 1:
        raise DataProblem(
            f"The table at {path} has money in {' and '.join(map(str, currencies))}, which cannot be added."
        )
    return of_cuts(
        frame,
        version,
        loaded=loaded,
        demo=demo,
        currency=str(currencies[0]),
        side=more,
        named=engine.cut,
        existing=engine.existing,
        own=own,
    )


def _check_rows(rows: pa.Table, path: str | Path) -> pd.DataFrame:
    """The rows as a frame that holds what kpi.schema promises."""
    if not rows.num_rows:
        raise DataProblem(f"The table at {path} has no rows.")
    kind = rows.schema.field(DATE).type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise DataProblem(f"The column {DATE} at {path} is {kind}; it must hold days.")
    for name in DIMENSIONS:
        kind = rows.schema.field(name).type
        if not pa.types.is_dictionary(kind) or not pa.types.is_string(kind.value_type):
            raise DataProblem(f"The column {name} at {path} is {kind}; it must hold text.")
    for name in (DATE, *DIMENSIONS):
        column = rows.column(name)
        if column.null_count or any(chunk.dictionary.null_count for chunk in column.chunks if name != DATE):
            raise DataProblem(f"The column {name} at {path} has empty cells; what is not known is “Unknown”.")
    for name in MEASURES:
        kind = rows.schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
            raise DataProblem(f"The column {name} at {path} is {kind}; it must hold numbers.")
        column = rows.column(name).cast(pa.float64())
        values = column.to_numpy()
        if np.isinf(values).any() or pc.sum(pc.is_nan(column)).as_py():
            raise DataProblem(f"The column {name} at {path} holds a number that is not finite.")
        if name in COUNTS and values.size and np.nanmin(values, initial=0.0) < 0:
            raise DataProblem(f"The column {name} at {path} counts below zero.")
        rows = rows.set_column(rows.schema.names.index(name), name, column)
    rows = rows.set_column(0, DATE, rows.column(DATE).cast(pa.timestamp("us")))
    return rows.to_pandas()


@dataclass(frozen=True)
class ShownKind:
    """Whether the demo, or `nothing`, is shown, and how often that has changed in this process.

    A request that began with one and ends with the same has read no facts of the other kind.
    """

    demo: bool
    changes: int = 0
    nothing: bool = False


class Source:
    """The facts that are shown now, and the reason where a newer version is not.

    `current()` is what a request works with from its start to its end. A thread of each process looks for a newer
    version every second; it is started by the first request after a fork.
    """

    def __init__(
        self, path: str | Path, first: Callable[[Path], Facts] | None = None, engine: Engine = _ENGINE
    ) -> None:
        """`first` reads versions in this process where that is not `load`: `load_by_reader_process` before a fork.

        Raises DataProblem where `path` is the address of an engine, but not a whole one.
        """
        self._elsewhere = _remote(path, engine) if elsewhere(path) else None
        self._path, self._engine, self._own = Path(path), engine, partial(load, engine=engine)
        self._load: Callable[[Path], Facts] = first or self._own
        self._admit: Callable[[Facts], None] = lambda facts: None
        self._facts: Facts | None = None
        self._kind = ShownKind(demo=self._elsewhere is None)
        self._when_changed: Callable[[ShownKind], None] = lambda kind: None
        self._past = PastVersions()
        self._reading = Lock()
        self._problem: DataProblem | None = None
        self._seen: object = None
        self._lock = Lock()
        self._watcher: tuple[int, Thread] | None = None
        self._stop = Event()
        self._lock_file = tempfile.TemporaryFile()  # noqa: SIM115  (kept open: it is what forked processes share)
        finalize(self, self._lock_file.close)
        here = ref(self)
        os.register_at_fork(after_in_child=lambda: _reset_after_fork(here()))
        self.refresh()

    @property
    def elsewhere(self) -> bool:
        """Whether the facts are in an engine elsewhere."""
        return self._elsewhere is not None

    @property
    def problem(self) -> str | None:
        """Why the newest data is not shown, for those who look at a page, or None."""
        return None if self._problem is None else self._problem.reader

    @property
    def cause(self) -> str | None:
        """The same for whoever runs the dashboard."""
        return None if self._problem is None else str(self._problem)

    def current(self) -> Facts | None:
        """The facts to show, or None where there have never been any."""
        if self._watcher is None or self._watcher[0] != os.getpid():
            self._watch()
        return self._facts

    def shown_kind(self) -> ShownKind:
        """Whether the demo is shown. Ask before `current()`, and again once its figures are about to go out."""
        return self._kind

    def when_changed(self, say: Callable[[ShownKind], None]) -> None:
        """Call `say` each time the demo and one's own data change places."""
        self._when_changed = say

    def require(self, admit: Callable[[Facts], None]) -> None:
        """From now on take only facts for which `admit` raises no DataProblem. Raises it for those already here."""
        if self._facts is not None:
            admit(self._facts)
        self._admit = admit

    def refresh(self) -> bool:
        """Look once for a newer version and take it; whether one was taken."""
        with self._lock:
            seen = None
            try:
                seen = self._stamp()
                if seen == self._seen and seen is not None:
                    return False
                found = self._read()
                self._admit(found)
            except DataProblem as problem:
                if self.cause != str(problem) and not isinstance(problem, NotYet):
                    _log.warning("data not taken: %s", problem)
                self._problem, self._seen = problem, seen
                if isinstance(problem, NoData) and seen is not None:  # a folder that is gone may come back
                    self._past = PastVersions()
                    self._show(None)
                return False
            self._problem, self._seen = None, seen
            if self._facts is not None and self._facts.version == found.version:
                return False
            before = self._facts.side if self._facts is not None else side_facts.NO_SIDE_FACTS
            if self._facts is not None and self._facts.own.dimensions != found.own.dimensions:
                self._past = PastVersions()  # what they are broken down by has changed too
            self._show(found)
            for sentence in (found.side.missing_cut, found.side.reason):
                if sentence not in ("", before.missing_cut, before.reason):
                    _log.warning("%s", sentence)
            return True

    def _show(self, facts: Facts | None) -> None:
        """Put `facts`, or nothing, in the place of what is shown; never own ones while the demo is said to be shown."""
        demo = facts is None or facts.demo
        turned = demo != self._kind.demo
        now = ShownKind(demo, self._kind.changes + turned, nothing=facts is None)
        if not demo:
            self._kind = now
        self._facts = facts
        self._kind = now
        if turned:
            self._when_changed(now)

    def at(self, text: str) -> tuple[Facts, Version]:
        """The facts of an earlier version, named by its number, a day or a time, and which it is.

        A few are kept for as long as they are asked for now and then (facts.delta.kept_versions). Raises
        DataProblem where there is no such version, or where it may not be shown.
        """
        if self._elsewhere is not None or is_parquet(self._path):
            raise DataProblem(no_versions := "These data have no versions.", no_versions)
        if self._facts is None:
            raise DataProblem(nothing := "There are no figures now, so there are no earlier ones.", nothing)
        version = explain_failures(lambda: version_at(self._path, text), self._path)
        facts = self._past.get(version)
        if facts is None:
            with self._reading:
                facts = self._past.get(version)  # by who read before
                if facts is None:
                    self._past.make_room()
                    facts = self._own(self._path, version=version.number, shop=version.shop)
                    give_back()
                    self._admit(facts)
                    self._past.put(version, facts)
        if self._kind.nothing or facts.demo != self._kind.demo:  # also where the other was shown a moment ago
            mixed = f"Version {version.number} is of other data: the demo's and one's own do not mix."
            raise DataProblem(mixed, mixed)
        return facts, version

    def forget(self) -> None:
        """Give back earlier versions that nobody has asked for lately."""
        self._past.forget()

    def _read(self) -> Facts:
        """The newest version; one process after the other, because reading takes far more memory than what is kept."""
        if self._elsewhere is not None and self._load is self._own:
            return self._elsewhere.facts(utc_now)
        fcntl.lockf(self._lock_file, fcntl.LOCK_EX)
        try:
            return self._load(self._path)
        finally:
            give_back()
            fcntl.lockf(self._lock_file, fcntl.LOCK_UN)

    def _stamp(self) -> object:
        """What changes when a version is added to the facts or to the shop's days; None where there are no facts."""
        if self._elsewhere is not None:
            return self._elsewhere.version() if self._load is self._own else None
        rules = stamp_of(rules_path(self._path))
        if is_parquet(self._path):
            return stamp(self._path), rules, name_of(costs_now(self._engine.costs))
        facts, costs = newest_entry(self._path), name_of(costs_now(self._engine.costs))
        return facts and (facts, newest_entry(path_of(self._path)), under_way_note(self._path).exists(), rules, costs)

    def _watch(self) -> None:
        with self._lock:
            if self._watcher is not None and self._watcher[0] == os.getpid():
                return
            thread = Thread(target=_look, args=(ref(self), self._stop), name="facts", daemon=True)
            try:
                thread.start()
            except RuntimeError as problem:  # no room for a thread: what is here is shown, the next request tries again
                _log.warning("newer data is not looked for: %s", problem)
                return
            self._watcher = (os.getpid(), thread)

    def close(self, patience: float | None = None) -> None:
        """Stop looking, and wait until nothing is read any more, for `patience` seconds at most.

        A process that ends before may end with SIGSEGV: the readers' own threads use an interpreter that is gone.
        """
        self._stop.set()
        pid, thread = self._watcher or (0, None)
        if thread is not None and pid == os.getpid():
            thread.join(patience)


def _look(here: ReferenceType[Source], stop: Event) -> None:
    """Look for newer versions for as long as there is somebody to take them, at once where there is none yet."""
    pause = 0.0
    while not stop.wait(pause):
        source = here()
        if source is None:
            return
        if pause or source._facts is None:
            try:
                source.refresh()
            except OSError:  # what may not be read just now is looked at again
                _log.warning("the data could not be looked at", exc_info=True)
            source.forget()
        del source
        pause = _LOOK_EVERY


def _reset_after_fork(source: Source | None) -> None:
    """In a new process: whoever held the lock when it was forked is not here to let go of it, and nothing forks on.

    What could not be taken where it was forked is tried again here.
    """
    if source is not None:
        source._lock, source._reading, source._load = Lock(), Lock(), source._own
        source._past = PastVersions()
        if source._facts is None or source._problem is not None:
            source._seen = None
