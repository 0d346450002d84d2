"""Reads the rows of one version of the Delta table as Arrow, with nothing imported that reading does not need.

What a version is called is made here alone (`name_of_table`, `name_with_shop`), so that whoever waits for one knows it
when it is shown. Nothing here needs pandas, which takes longer to import than the rows to read.
"""

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from pyarrow.dataset import ParquetReadOptions

from facts.delta import side_data
from facts.delta.damage import Damage, commit_damage, damage_of
from facts.delta.table_names import DEMO_NAME, FACTS_NAME
from facts.delta.tables import dataset
from facts.own_rules import name_with_rules, read_rules, rules_path
from facts.protocol import DataProblem, NoData
from kpi.schema import DATE, DIMENSIONS, MEASURES, ROLLED

#: Columns that imports store beside those of kpi.schema. `cut` names what the rows are broken down by, joined by "+";
#: `program` tells apart exports of one account whose money differs (Amazon's products, brands and display).
CUT: Final = "cut"
PROGRAM: Final = "program"
CURRENCY: Final = "currency"
_USUAL_CURRENCY: Final = "USD"

#: The table's property that holds the costs somebody stated (facts.costs).
COSTS: Final = "dashboard.costs"

#: Breakdowns that a platform reports for part of the money only (a search term without a click is not listed).
PARTIAL: Final = frozenset({"ad group", "ad", "keyword", "search term", "product", "placement", "gender", "age"})

_COLUMNS: Final = (DATE, *DIMENSIONS, *MEASURES)

#: What a table that imports made has beside them: whose money a row is, in which cut and currency.
_OF_CUTS: Final = ("account", PROGRAM, CUT, CURRENCY)

_Read = TypeVar("_Read")

_log = logging.getLogger(__name__)


def explain_failures(read: Callable[[], _Read], path: str | Path, version: int | None = None) -> _Read:
    """What `read` gives of a version at `path`; whatever it raises becomes a DataProblem."""
    try:
        return read()
    except (DataProblem, KeyboardInterrupt, SystemExit):
        raise
    except TableNotFoundError as problem:
        if damage := damage_of(Path(path), version):
            raise _damage_problem(path, damage) from problem
        raise NoData(path) from None
    except BaseException as problem:  # a damaged file makes its readers raise almost anything, or panic
        if damage := damage_of(Path(path), version):
            raise _damage_problem(path, damage) from problem
        if _is_of_readers(problem):
            _log.debug("%s cannot be read", path, exc_info=True)
            raise _damage_problem(path, Damage("its files or its log are damaged")) from problem
        raise DataProblem(f"The data at {path} cannot be read: {_first_line(problem)}") from problem


def open_table(path: str | Path, version: int | None = None) -> DeltaTable:
    """A version of the table at `path`. Raises DataProblem where a commit of it is empty, or what deltalake raises."""
    table = DeltaTable(str(path), version=version)
    if damage := commit_damage(Path(path), version):
        raise _damage_problem(path, damage)
    return table


def _damage_problem(path: str | Path, damage: Damage) -> DataProblem:
    return DataProblem(f"The data at {path} cannot be read ({damage.what}), and nothing was changed: {damage.remedy}.")


def fetch(path: str | Path, version: int | None = None, shop: int | None = None) -> pa.Table:
    """The rows of a version of the table, with its id, version and name as metadata. Raises what its readers raise."""
    table = open_table(path, version)
    options = ParquetReadOptions(dictionary_columns=[*DIMENSIONS, *_OF_CUTS])
    found = dataset(table, path, parquet_read_options=options)
    missing = [name for name in _COLUMNS if name not in found.schema.names]
    if missing:
        raise DataProblem(f"The table at {path} has no column {', '.join(missing)}; see the README for its columns.")
    metadata = table.metadata()
    rolled = [name for name in ROLLED if name in found.schema.names]
    held = [*_COLUMNS, *(_OF_CUTS if CUT in found.schema.names else ()), *rolled]
    rows = found.to_table(columns=held)
    if not len(rows) and metadata.name == FACTS_NAME:
        raise NoData(path, version)
    currency = rows[CURRENCY][0].as_py() if CURRENCY in held and len(rows) else _USUAL_CURRENCY
    shop_days = side_data.read(
        path, demo=metadata.name == DEMO_NAME, currency=currency, past=version is not None, shop=shop
    )
    more = {"imports": side_data.imports(Path(path), table, found), **shop_days}
    if metadata.name == FACTS_NAME:
        more["costs"] = metadata.configuration.get(COSTS)
    return rows.replace_schema_metadata(
        {
            "version": name_with_shop(name_of_table(table), more["shop"]),
            "name": metadata.name or "",
            "beside": json.dumps(more),
        }
    )


def name_of_table(table: DeltaTable) -> str:
    """What the opened version of a table is called by itself: the first of its id, and its number."""
    return f"{str(table.metadata().id)[:8]}-{table.version()}"


def name_with_shop(name: str, shop: Mapping[str, Any] | None) -> str:
    """The name of a version with the shop's days that are shown beside it (facts.delta.side_data), if there are any."""
    number = (shop or {}).get("version")
    return name if number is None else f"{name}+{number}"


def name_of_newest(path: str | Path) -> str:
    """What the newest data at `path` are called once they are shown. Raises what their readers raise."""
    table = DeltaTable(str(path))
    rows = dataset(table, path)
    first = rows.head(1, columns=[CURRENCY])[CURRENCY].to_pylist() if CURRENCY in rows.schema.names else []
    demo = table.metadata().name == DEMO_NAME
    shop = side_data.read(path, demo=demo, currency=first[0] if first else _USUAL_CURRENCY)["shop"]
    return name_with_rules(name_with_shop(name_of_table(table), shop), read_rules(rules_path(path)))


def _is_of_readers(problem: BaseException) -> bool:
    """Whether what went wrong is told by deltalake or Arrow, in words that name their insides."""
    if isinstance(problem, MemoryError):
        return False
    arrows = isinstance(problem, OSError) and problem.errno is None
    return arrows or isinstance(problem, (DeltaError, pa.ArrowException))


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:300]
