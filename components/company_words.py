"""Sentences on the shop's own figures: what they are without, and why one of them has no value."""

from collections.abc import Iterator
from typing import Final

from components.page_data import Company
from kpi.formats import Formats
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS
from kpi.schema import STORE
from kpi.units import brief

#: The columns of the shop's days by which what is missing is imported.
_COLUMNS: Final = {name: name.removeprefix("store_") for name in STORE}


def name_of(metric: str, company: Company) -> str:
    """What a metric is called in a sentence: by its abbreviation, or by the whole of its name."""
    known = METRICS[metric]
    label, _ = company.labels.get(metric, ("", ""))
    return label or (known.short if known.short.isupper() else known.label)


def missing_parts(metric: str, company: Company, formats: Formats) -> Iterator[tuple[str, str]]:
    """Why `metric` has no value, in a few words and with what to do: what the shop's days do not tell."""
    for measure in STORE:
        if measure in METRICS[metric].measures and measure in company.gaps:
            what, gaps = MEASURE_LABELS[measure].removeprefix("store "), company.gaps[measure]
            some = f" on {formats.number(gaps)} of {formats.number(company.days)} days" if gaps < company.days else ""
            which = "these" if some else "them"
            column = _COLUMNS[measure]
            yield f"No {what}{some}.", f"The shop’s days have no {what}{some}: import {which} with the column {column}."


def outside_spend(company: Company, formats: Formats) -> str:
    """``Without Amazon: $312k spend; add its sales.`` "" where no spend is left out."""
    if not company.outside:
        return ""
    spends = [(name, brief("spend", spend, formats)) for name, spend in company.outside.items()]
    if len(spends) == 1:
        return f"Without {spends[0][0]}: {spends[0][1]} spend; add its sales."
    return f"Without {' and '.join(f'{name} ({spend} spend)' for name, spend in spends)}: add their sales."
