"""Tables of somebody else's, read where they are: their columns renamed, cast and scaled by the engine's expressions.

`places_of` says which column holds what, by a mapping or as known shapes have it; `learn` asks the table once what its
values are called; `mapped_rows` makes rows with the schema's columns of it. No view has to be written.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import narwhals as nw
import pyarrow as pa

from facts.engines.column_checks import TEXTS, subject
from facts.engines.expressions import Frame, Rows, columns_sentence, missing_columns
from facts.engines.mapping import TableMapping
from facts.protocol import DataProblem
from facts.words import ad_reporting, vocabulary
from facts.words.headers import normal, scale_of
from facts.words.platforms import platform_of
from kpi.evaluate import ROWS
from kpi.schema import DATE, DIMENSIONS, MEASURES, UNKNOWN

_CURRENCY: Final = "currency"
_NEEDED: Final = {DATE: "the day", "spend": "the spend"}

#: By field the column that holds it.
Places = Mapping[str, str]

Collect = Callable[[Frame], pa.Table]


@dataclass(frozen=True)
class TableWords:
    """What a table was seen to hold: by dimension what its values become, and its currency, "" where it names none."""

    renamed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    currency: str = ""


def places_of(names: Sequence[str], label: str, mapping: TableMapping) -> Places | None:
    """The columns of a table by what they hold, None where it has the schema's own and no mapping says otherwise.

    Raises DataProblem, with the columns that are there, where the table tells no day or no spend.
    """
    if not mapping.name:
        lacking = set(missing_columns(names))
        if not lacking:
            return None
        if normal_of(names, (ad_reporting.MONTHS,)) and not normal_of(names, (ad_reporting.MARK, DATE)):
            raise DataProblem(
                f"The table {label} holds months (date_month), and the dashboard needs days: point DASHBOARD_FACTS at "
                "a daily model such as ad_reporting__campaign_report."
            )
        if normal_of(names, (ad_reporting.MARK,)) is None and not _NEEDED.keys() & lacking:
            return None
    found = {}
    for name in (DATE, _CURRENCY, *DIMENSIONS, *MEASURES):
        if name in mapping.columns:
            found[name] = _named_column(names, mapping.columns[name], name, label, mapping)
        elif not (name == "platform" and mapping.platform):
            column = normal_of(names, ad_reporting.COLUMNS.get(name, ())) or normal_of(names, (normal(name),))
            if column is not None:
                found[name] = column
    missing = [what for name, what in _NEEDED.items() if name not in found]
    if missing:
        raise DataProblem(
            f"The table {label} has no column for {' and '.join(missing)}. {columns_sentence(names, mapping.name)}"
        )
    return found


def normal_of(names: Sequence[str], wanted: Iterable[str]) -> str | None:
    """The first of `wanted`, in normal form, that a column is called."""
    return next((name for header in wanted for name in names if normal(name) == header), None)


def _named_column(names: Sequence[str], said: str, name: str, label: str, mapping: TableMapping) -> str:
    """The column that a mapping calls `said`: as it is written, in another case, else in normal form."""
    same = [each for each in names if each == said] or [each for each in names if each.casefold() == said.casefold()]
    same = same or [each for each in names if normal(each) == normal(said)]
    if not same:
        raise DataProblem(
            f"{mapping.name} says [columns] {name} = “{said}”, a column that the table {label} does not have. "
            f"{columns_sentence(names, mapping.name)}"
        )
    return same[0]


def learn(frame: Frame, places: Places, label: str, mapping: TableMapping, collect: Collect) -> TableWords:
    """What a table's values are called, asked of it. Raises DataProblem for money in two currencies or of no day."""
    undated = frame.filter(_day(frame, places).is_null() & (_number(frame, places, "spend", mapping) != 0.0))
    lost = collect(undated.select(nw.len().alias(ROWS)))[ROWS][0].as_py()
    if lost:
        raise DataProblem(
            f"{subject(DATE, places[DATE], label, mapping)} is empty in {lost} rows with spend: their money would be "
            "in no figure. Give them their day, or leave them out of the table."
        )
    renamed = {}
    for name in DIMENSIONS:
        word = _word(name, places.get(name, ""))
        said = mapping.values.get(name, {})
        if name in places and (word or said):
            texts = _texts(frame, places[name], collect)
            shown = [said.get(each.casefold()) or (word or str)(each) for each in texts]
            renamed[name] = {each: other for each, other in zip(texts, shown, strict=True) if each != other}
    return TableWords(renamed, mapping.currency or _currency(frame, places, label, collect))


def _word(name: str, column: str) -> Callable[[str], str] | None:
    """What renames a dimension's values as imports do: a region's where its column says that it holds countries."""
    if name == "platform":
        return platform_of
    if name == "region" and re.search(r"countr|\bland\b|pays|país", normal(column)):
        return vocabulary.country
    return vocabulary.device if name == "device" else None


def _texts(frame: Frame, column: str, collect: Collect) -> list[str]:
    """The distinct texts of a column, without what is empty."""
    answer = collect(frame.select(_text(column).alias(ROWS)).group_by(ROWS).agg(nw.len().alias("n")))
    return sorted(each for each in answer[ROWS].cast(pa.string()).to_pylist() if each)


def _currency(frame: Frame, places: Places, label: str, collect: Collect) -> str:
    codes = {each.upper() for each in _texts(frame, places[_CURRENCY], collect)} if _CURRENCY in places else set()
    if len(codes) > 1:
        raise DataProblem(
            f"The table {label} has money in {' and '.join(sorted(codes))} (its column {places[_CURRENCY]}), which "
            "cannot be added: point DASHBOARD_FACTS at a table, or a view of it, in one currency."
        )
    return next(iter(codes), "")


def mapped_rows(frame: Frame, places: Places, mapping: TableMapping, words: TableWords) -> Rows:
    """Rows with the schema's columns: what the table does not tell is null, or `UNKNOWN` where it is text."""
    day = frame.collect_schema()[places[DATE]]
    texts = []
    for name in DIMENSIONS:
        if name in places:
            texts.append(_rename(_text(places[name]), words.renamed.get(name, {})).alias(name))
        else:
            said = platform_of(mapping.platform) if name == "platform" else ""
            texts.append(nw.lit(said or UNKNOWN).alias(name))
    figures = [_number(frame, places, name, mapping).alias(name) for name in MEASURES]
    return Rows(frame.select(_day(frame, places).alias(DATE), *texts, *figures), day == nw.Datetime, rolled=False)


def _day(frame: Frame, places: Places) -> nw.Expr:
    """The day, of a text its first ten characters: 2025-10-03."""
    column = nw.col(places[DATE])
    if frame.collect_schema()[places[DATE]] in TEXTS:
        return _unless_empty(places[DATE]).str.slice(0, 10).str.to_date(format="%Y-%m-%d")
    return column


def _unless_empty(column: str) -> nw.Expr:
    """A column's texts, null where they are empty."""
    text = nw.col(column).cast(nw.String)
    return nw.when(text.str.strip_chars() != "").then(text)


def _text(column: str) -> nw.Expr:
    """A column's texts without spaces around them."""
    return nw.col(column).cast(nw.String).str.strip_chars()


def _rename(text: nw.Expr, renamed: Mapping[str, str]) -> nw.Expr:
    """What a text becomes, in one flat list of cases; `UNKNOWN` where there is none."""
    raws: dict[str, list[str]] = {}
    for raw, shown in renamed.items():
        raws.setdefault(shown, []).append(raw)
    cases: list[Any] = [nw.when(text.is_in(each)).then(nw.lit(shown)) for shown, each in raws.items()]
    return nw.coalesce(*cases, nw.when(text != "").then(text), nw.lit(UNKNOWN))


def _number(frame: Frame, places: Places, name: str, mapping: TableMapping) -> nw.Expr:
    """A measure, multiplied by what the mapping says, else by what its column's name says."""
    if name not in places:
        return nw.lit(None, dtype=nw.Float64)
    kind = frame.collect_schema()[places[name]]
    column = _unless_empty(places[name]) if kind in TEXTS else nw.col(places[name])
    factor = mapping.scale.get(name, scale_of(normal(places[name])))
    if factor != 1.0 or not kind.is_integer():
        column = column.cast(nw.Float64)
    return column if factor == 1.0 else column * factor
