"""Chooses who sums the facts: memory, DuckDB over files, or an engine elsewhere. Imports little: starts need it."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from facts.delta.file_names import id_of
from kpi.retention import EXISTING_SEGMENTS
from machine.state_folder import state_folder

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

#: Cuts by platform, "" for every other: the dimensions joined by "+", as imports call them (facts.memory.cuts).
NamedCuts = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Engine:
    """Of a table on this machine's disk `kind` (memory, duckdb, or auto: memory up to `memory_rows`) says who sums.

    Whether a table in an engine elsewhere has changed is asked every `refresh` seconds. `cut` names what memory prefers
    where rows tell the same money in several cuts. `existing` are the segments of existing customers (kpi.retention).
    `state` is the folder with the rules of own dimensions where no table here has them beside it (facts.own_rules).
    `mapping` is the file that says what the columns of somebody else's table hold (facts.engines.mapping). `costs` is
    the log of costs of facts that imports do not write (facts.costs). With `stated` false nobody's costs are worked
    out: the rows are as they are.
    """

    kind: str = "auto"
    memory_rows: int = 5_000_000
    refresh: float = 300.0
    cut: NamedCuts = ()
    existing: tuple[str, ...] = EXISTING_SEGMENTS
    state: str = ""
    mapping: str = ""
    costs: Path | None = None
    stated: bool = True


class Chosen(Protocol):
    """The settings that say who sums."""

    @property
    def engine(self) -> str: ...

    @property
    def memory_rows(self) -> int: ...

    @property
    def refresh_seconds(self) -> float: ...

    @property
    def cut(self) -> NamedCuts: ...

    @property
    def existing_segments(self) -> tuple[str, ...]: ...

    @property
    def facts(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def facts_mapping(self) -> str: ...


def engine_of(settings: Chosen) -> Engine:
    """Who sums, as the settings have it."""
    return Engine(
        settings.engine,
        settings.memory_rows,
        settings.refresh_seconds,
        settings.cut,
        settings.existing_segments,
        settings.state,
        settings.facts_mapping,
        costs_log(settings.facts, settings.state),
    )


def costs_log(facts: str, state: str) -> Path:
    """Where the costs of facts are kept that imports do not write; `state` is the folder that is set."""
    folder = state_folder(state, None if elsewhere(facts) else Path(facts))
    place = facts if elsewhere(facts) else str(Path(facts).absolute())
    return folder / f"costs-{sha256(place.encode()).hexdigest()[:12]}.jsonl"


def elsewhere(address: object) -> bool:
    """Whether `address` names an engine rather than a path."""
    return bool(_SCHEME.match(str(address)))


def is_parquet(path: str | Path) -> bool:
    """Whether `path` is a Parquet file, or a folder of some that is no Delta table, nor one of ours without its log."""
    path = Path(path)
    if path.is_file():
        return path.suffix == ".parquet"
    if not path.is_dir() or (path / "_delta_log").exists() or any(id_of(file.name) for file in path.glob("*.parquet")):
        return False
    return next(path.rglob("*.parquet"), None) is not None


def parquet_files(path: str | Path) -> list[Path]:
    """The Parquet files at or below `path`."""
    path = Path(path)
    return [path] if path.is_file() else sorted(path.rglob("*.parquet"))


def stamp(path: str | Path) -> tuple[object, ...]:
    """What changes when a Parquet file at or below `path` does."""
    found = [(str(file), file.stat()) for file in parquet_files(path)]
    return tuple((name, status.st_size, status.st_mtime_ns) for name, status in found)


def by_duckdb(path: str | Path, engine: Engine, version: int | None = None) -> bool:
    """Whether DuckDB reads the table at `path`, rather than all its rows into memory. Raises what its readers raise."""
    if engine.mapping or is_parquet(path):
        return True
    if engine.kind != "auto":
        return engine.kind == "duckdb"
    return rows(path, version) > engine.memory_rows


def rows(path: str | Path, version: int | None = None) -> int:
    """The number of rows of a Delta table, as its log reports it."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from deltalake import DeltaTable

    return (
        pc.sum(pa.table(DeltaTable(str(path), version=version).get_add_actions(flatten=True))["num_records"]).as_py()
        or 0
    )
