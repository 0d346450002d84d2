"""`TableMapping`: what the columns of somebody else's table hold, as a small TOML file says it, in import's words."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from babel.numbers import is_currency

from facts.protocol import DataProblem
from kpi.schema import DATE, DIMENSIONS, IDENTIFIERS, MEASURES
from machine.file_kinds import kind_of

_CURRENCY: Final = "currency"

#: What [columns] may name. Identifiers are let through, so that one file serves imports too.
_FIELDS: Final = (DATE, _CURRENCY, *DIMENSIONS, *IDENTIFIERS, *MEASURES)
#: So many files are named where one is not there.
_FILES: Final = 10
_SEE: Final = "docs/engines.md shows how it is written"


@dataclass(frozen=True)
class TableMapping:
    """By field its column, by measure what its numbers are multiplied by, by dimension what its values become.

    `platform` and `currency` hold for the whole table. `name` is the file's, for sentences; no file says nothing.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    platform: str = ""
    currency: str = ""

    @cached_property
    def digest(self) -> str:
        """Another text wherever figures may differ, "" where no file is."""
        content = repr((self.columns, self.scale, self.values, self.platform, self.currency))
        return hashlib.sha256(content.encode()).hexdigest()[:12] if self.name else ""


#: Where no file says anything, shapes are known by their columns.
NO_MAPPING: Final = TableMapping()


def mapping_at(path: str) -> TableMapping:
    """The mapping in the file that a setting names, none where it names no file. Raises DataProblem."""
    return read_mapping(Path(path)) if path else NO_MAPPING


def read_mapping(path: Path) -> TableMapping:
    """The mapping in a TOML file. Raises DataProblem."""
    content = _content(path)
    name = path.name
    columns, scale, values = (_table(content, name, key) for key in ("columns", "scale", "values"))
    plain = {key: content.pop(key) for key in ("platform", _CURRENCY) if key in content}
    if content:
        raise DataProblem(
            f"{name}: “{next(iter(content))}” means nothing for a table that is read where it is; {_SEE}."
        )
    if not all(isinstance(each, str) and each.strip() for each in (*columns.values(), *plain.values())):
        raise DataProblem(f'{name}: write texts, as in [columns] spend = "cost".')
    if unknown := sorted(set(columns) - set(_FIELDS)):
        raise DataProblem(
            f"{name}: “{unknown[0]}” in [columns] is no column of the facts; they are {', '.join(_FIELDS)}."
        )
    for measure, factor in scale.items():
        if measure not in MEASURES or isinstance(factor, bool) or not isinstance(factor, int | float) or not factor > 0:
            raise DataProblem(
                f"{name}: [scale] says what a measure is multiplied by, as in spend = 0.000001; "
                f"“{measure} = {factor}” does not. Measures are {', '.join(MEASURES)}."
            )
    for dimension, known in values.items():
        if dimension not in DIMENSIONS or not _holds_texts(known):
            raise DataProblem(
                f'{name}: write [values.platform] with "their value" = "ours"; “{dimension}” is not such a table.'
            )
    if not is_currency(plain.get(_CURRENCY, "USD")):
        raise DataProblem(f"{name}: currency is “{plain[_CURRENCY]}”; it must be a code such as EUR.")
    return TableMapping(
        name,
        columns,
        {measure: float(factor) for measure, factor in scale.items()},
        {dimension: {key.casefold(): ours for key, ours in known.items()} for dimension, known in values.items()},
        plain.get("platform", ""),
        plain.get(_CURRENCY, ""),
    )


def _content(path: Path) -> dict[str, Any]:
    named = f"DASHBOARD_FACTS_MAPPING names {path}"
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        beside = sorted(each.name for each in path.parent.glob("*.toml"))[:_FILES] if path.parent.is_dir() else []
        there = f"Beside it {'is' if len(beside) == 1 else 'are'} {', '.join(beside)}: " if beside else ""
        raise DataProblem(f"{named}, a file that is not there. {there}name a TOML file, or unset it; {_SEE}.") from None
    except OSError as problem:
        raise DataProblem(f"{named}, which cannot be read ({problem.strerror}): name a TOML file; {_SEE}.") from None
    if kind := kind_of(content):
        raise DataProblem(f"{named}, which is {kind} and no TOML; {_SEE}.")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DataProblem(f"{named}, which is no text in UTF-8; {_SEE}.") from None
    except (ValueError, RecursionError) as problem:
        raise DataProblem(f"{path.name} is not TOML ({problem}); {_SEE}.") from None


def _table(content: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    found = content.pop(key, {})
    if not isinstance(found, dict):
        raise DataProblem(f"{name}: {key} is a table, written as [{key}]; {_SEE}.")
    return found


def _holds_texts(known: object) -> bool:
    return isinstance(known, dict) and all(isinstance(ours, str) and ours.strip() for ours in known.values())
