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
    """What a metric is called here, in short."""
    known = METRICS[metric]
    return company.labels.get(metric) or known.short or known.label


def missing_parts(metric: str, company: Company, formats: Formats) -> Iterator[str]:
    """Why `metric` has no value: what the shop's days do not tell."""
    for measure in STORE:
        if measure not in METRICS[metric].measures or measure not in company.gaps:
            continue
        what, column, gaps = MEASURE_LABELS[measure].removeprefix("store "), _COLUMNS[measure], company.gaps[measure]
        if gaps == company.days:
            yield f"The shop’s days have no {what}: import them with the column {column}."
        else:
            days = f"{formats.number(gaps)} of {formats.number(company.days)} days"
            yield f"The shop’s days have no {what} on {days}: import these with the column {column}."


def outside_spend(company: Company, formats: Formats) -> str:
    """``Without Amazon: $312k spend; add its sales.`` "" where no spend is left out."""
    if not company.outside:
        return ""
    spends = [(name, brief("spend", spend, formats)) for name, spend in company.outside.items()]
    if len(spends) == 1:
        return f"Without {spends[0][0]}: {spends[0][1]} spend; add its sales."
    return f"Without {' and '.join(f'{name} ({spend} spend)' for name, spend in spends)}: add their sales."
