"""Which rows are ads for existing customers: their spend buys no first order, so they have no new customers and no CAC.

Those with the objective Retention, and those of a segment of existing customers, which a setting names. CAC, LTV : CAC
and payback are of all other rows, and say how much spend they leave out.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # settings are read before anything heavy is imported
    from kpi.selection import Only

RETENTION: Final = "Retention"

#: The segments of existing customers, unless a setting names others: the demo's.
EXISTING_SEGMENTS: Final = ("Loyal customers",)


def existing_customers(options: Mapping[str, Iterable[str]], segments: Iterable[str]) -> "Only":
    """By dimension the values in `options` whose rows are of existing customers, however they are capitalized."""
    wanted = {"objective": {RETENTION.casefold()}, "segment": {each.casefold() for each in segments}}
    having = {
        name: tuple(value for value in options[name] if value.casefold() in names) for name, names in wanted.items()
    }
    return tuple((name, values) for name, values in having.items() if values)


def existing_among(existing: "Only", options: Mapping[str, Iterable[str]], only: "Only") -> tuple[str, ...]:
    """The values in `existing` that a reader with `options` who filters by `only` can meet."""
    chosen = dict(only)
    return tuple(
        value
        for name, values in existing
        for value in values
        if value in options[name] and value in chosen.get(name, values)
    )
