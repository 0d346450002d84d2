"""The dimensions of imported rows: platform, account, campaign, breakdowns, and the currency."""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from facts.words.platforms import IN_FILE_NAMES, platform_of, renamed_platforms
from ingest.layouts import amazon, meta
from ingest.read.normalize import Table, constant, recode
from ingest.read.tables import Sheet
from ingest.results import CURRENCY, PROGRAM, ImportProblem
from kpi.schema import MONEY, UNKNOWN

_OBJECTIVES: Final = {
    **dict.fromkeys(("awareness", "reach", "brand awareness", "video views", "outcome awareness"), "Awareness"),
    **dict.fromkeys(
        ("consideration", "traffic", "link clicks", "engagement", "outcome engagement", "outcome traffic"),
        "Consideration",
    ),
    **dict.fromkeys(
        (
            "conversion",
            "conversions",
            "sales",
            "product sales",
            "leads",
            "lead generation",
            "app promotion",
            "outcome sales",
            "outcome leads",
            "website conversions",
            "product catalog sales",
        ),
        "Conversion",
    ),
    "retention": "Retention",
}
_OBJECTIVES_PREFIX: Final = re.compile(r"^(outcome|objective)[_ ]", re.IGNORECASE)


def texts(sheet: Sheet, table: Table) -> dict[str, pd.Categorical]:
    """Every text column of the facts, with `program` and `currency`. Raises ImportProblem."""
    options = table.options
    found = {name: table.dimension(name) for name in ("region", "device")}
    found["segment"] = _segment(table)
    found["objective"] = _rename(
        table.dimension("objective"),
        lambda each: _OBJECTIVES.get(_OBJECTIVES_PREFIX.sub("", each).replace("_", " ").casefold(), each),
    )
    found["campaign_id"] = table.ids("campaign_id")
    found["campaign"] = table.texts("campaign")
    nameless = np.asarray(found["campaign"] == UNKNOWN)
    if nameless.any() and table.has("campaign_id"):
        named = np.where(
            nameless, np.asarray(found["campaign_id"], dtype=object), np.asarray(found["campaign"], dtype=object)
        )
        found["campaign"] = pd.Categorical(np.where(named == "", UNKNOWN, named))
    found["account"] = table.texts("account", options.account or UNKNOWN)
    found["platform"] = _platform(sheet, table)
    found[PROGRAM] = _program(sheet, table)
    found[CURRENCY] = currency(table)
    if not table.has("account") and not options.account:
        table.note(f"No account: its rows stand under {UNKNOWN}; say --account where you have several.")
    return found


def _segment(table: Table) -> pd.Categorical:
    if table.has("segment"):
        return table.dimension("segment")
    parts = [np.asarray(table.dimension(field), dtype=object) for field in ("gender", "age") if table.has(field)]
    if not parts:
        return table.dimension("segment")
    if len(parts) == 1:
        return pd.Categorical(parts[0])
    both = parts[0] + ", " + parts[1]
    return pd.Categorical(np.where(both == f"{UNKNOWN}, {UNKNOWN}", UNKNOWN, both))


def _platform(sheet: Sheet, table: Table) -> pd.Categorical:
    layout, options = table.known.layout, table.options
    if options.platform or layout.platform:
        return constant(options.platform or layout.platform or "", len(table))
    if table.has("platform"):
        return _platforms_in_cells(table)
    named = {name for word, name in IN_FILE_NAMES.items() if word != "other" and word in sheet.title.casefold()}
    if len(named) != 1:
        raise ImportProblem(f"{table.name} does not say which platform it is from: say it with --platform.")
    (platform,) = named
    table.note(f"Taken for {platform} by the file's name.")
    return constant(platform, len(table))


def _platforms_in_cells(table: Table) -> pd.Categorical:
    """The platform that each row names: as a mapping says, else by its shown name. What was renamed is said."""
    found = table.texts("platform")
    mapped = table.options.values.get("platform", {})
    names = [mapped.get(each.casefold()) or platform_of(each) for each in found.categories]
    if renamed := renamed_platforms(found.categories, names):
        table.note(f"Platforms: {renamed}.")
    return recode(pa.array(found.codes), names)


def _program(sheet: Sheet, table: Table) -> pd.Categorical:
    if table.known.layout.name == meta.ACTION_TABLE.name:
        values = re.search(r"action[_ ]values?", sheet.title, re.IGNORECASE)
        return constant("action values" if values else "actions", len(table))
    if table.known.layout.name != amazon.LAYOUT.name:
        return constant("", len(table))
    return table.texts("program", amazon.program_of(sheet.title, table.known.normal))


def currency(table: Table) -> pd.Categorical:
    """The currency of each row: in a column, a header, beyond doubt in the cells, or said; else empty."""
    if table.has("currency"):
        found = _rename(table.texts("currency", ""), str.upper)
        known = [each for each in found.categories if each]
        if len(known) == 1:
            return constant(known[0], len(table))
        if known:
            return found
    named = table.known.currencies(MONEY) or table.money_signs(MONEY)
    if len(named) > 1:
        raise ImportProblem(
            f"{table.name} has money in {' and '.join(sorted(named))} without saying which row is in which: export it "
            "in one currency, or with a column for it."
        )
    if not named and table.options.currency:
        named = {table.options.currency.upper()}
    if not named:
        table.note(
            "No currency is named: it is taken for the table's own; say --currency where it is another.", "warning"
        )
    return constant(named.pop() if named else "", len(table))


def _rename(values: pd.Categorical, rename: Callable[[str], str]) -> pd.Categorical:
    names = [rename(each) for each in values.categories]
    distinct = list(dict.fromkeys(names))
    place = np.array([distinct.index(name) for name in names], dtype=np.int32)
    return pd.Categorical.from_codes(place[values.codes], categories=distinct)
