"""Whether the columns of somebody else's table hold what they are said to: days and numbers, not texts that look alike.

Asked of the engine once a version, before it casts anything: its own words for what it cannot cast name its insides.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from facts.engines.expressions import Frame
from facts.engines.mapping import TableMapping
from facts.protocol import DataProblem
from kpi.schema import DATE, MEASURES

TEXTS: Final = (nw.String, nw.Categorical, nw.Enum)
DAYS: Final = (nw.Date, nw.Datetime)

# Written without \d and the like, which engines write in several ways.
_NUMBER: Final = r"^ *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)? *$"
_LONG, _SHORT = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_DAY: Final = f"^[0-9][0-9][0-9][0-9]-({_LONG}|{_SHORT}|02-(0[1-9]|1[0-9]|2[0-9]))"

_FOUND: Final = "found"
_SHOWN: Final = 20


def check_columns(
    frame: Frame,
    places: Mapping[str, str],
    label: str,
    mapping: TableMapping,
    collect: Callable[[Frame], pa.Table],
) -> None:
    """Raise DataProblem where a column holds no days, or no numbers: which, what it holds, and which columns do."""
    schema = frame.collect_schema()
    for name in (DATE, *(each for each in MEASURES if each in places)):
        column, is_day = places[name], name == DATE
        kind = schema[column]
        wanted = "days" if is_day else "numbers"
        if kind in TEXTS:
            text = _sample(frame, column, _DAY if is_day else _NUMBER, collect)
            if text is None:
                continue
            like = "no day as 2025-10-03 is" if is_day else "no number as 1234.56 is"
            what = f"holds “{text[:40]}”, which is {like}"
        elif kind in DAYS if is_day else kind.is_numeric():
            continue
        else:
            what = f"holds {_in_words(kind)}, and must hold {wanted}"
        raise DataProblem(f"{subject(name, column, label, mapping)} {what}. {_advice(schema, name, mapping)}")


def subject(name: str, column: str, label: str, mapping: TableMapping) -> str:
    """A column as a sentence begins with it: by the mapping's file and key where one names it."""
    if name in mapping.columns:
        return f"{mapping.name} says [columns] {name} = “{mapping.columns[name]}”: that column of {label}"
    return f"The column {column} of {label}, taken for {name},"


def _sample(frame: Frame, column: str, pattern: str, collect: Callable[[Frame], pa.Table]) -> str | None:
    """A text of the column that is not like `pattern`, None where all are, or are empty."""
    text = nw.col(column).cast(nw.String)
    texts = frame.select(text.alias(_FOUND))
    strange = texts.filter((nw.col(_FOUND).str.strip_chars() != "") & ~nw.col(_FOUND).str.contains(pattern))
    found = collect(strange.group_by(_FOUND).agg(nw.len().alias("n")).head(1))[_FOUND].to_pylist()
    return found[0] if found else None


def _advice(schema: Mapping[str, Any], name: str, mapping: TableMapping) -> str:
    """What to do: the columns that hold such things, and else a cast in the warehouse."""
    is_day = name == DATE
    fits = [each for each, kind in schema.items() if (kind in DAYS if is_day else kind.is_numeric())]
    where = f"in {mapping.name}" if mapping.name else "in a mapping file (DASHBOARD_FACTS_MAPPING)"
    wanted, cast = ("days", "a date") if is_day else ("numbers", "a number")
    if not fits:
        there = f"It has: {_names_of(list(schema))}."
        return f"No column holds {wanted}: give the table, or a view of it, one that is cast to {cast}. {there}"
    return (
        f'Columns of {wanted} are {_names_of(fits)}: name one {where}, as in [columns] {name} = "{fits[0]}", or have '
        f"the table, or a view of it, cast this one to {cast}."
    )


def _names_of(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _in_words(kind: Any) -> str:
    if kind.is_integer():
        return "whole numbers"
    if kind.is_numeric():
        return "numbers"
    known = {nw.Boolean: "true or false", nw.Date: "days", nw.Datetime: "times", nw.String: "texts"}
    return next((words for each, words in known.items() if kind == each), str(kind))
