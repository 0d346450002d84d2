"""What metrics leave out, as platforms do not report all of their measures (kpi.basis): sentences with amounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from kpi.costs import COST_MEASURES
from kpi.evaluate import is_of_some_rows, sum_of
from kpi.formats import Formats
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS
from kpi.units import brief

#: Less money than this is none.
_CENT: Final = 0.005


@dataclass(frozen=True)
class LeftOut:
    """What is left out of `platform`: so much `spend`, all of it where `whole`, as the `measures` are not known."""

    platform: str
    spend: float
    whole: bool
    measures: tuple[str, ...]


def left_out_of(metric: str, platforms: pd.DataFrame) -> tuple[LeftOut, ...]:
    """What `metric` leaves out of a totals frame by platform; nothing where it has no value at all."""
    if not is_of_some_rows(platforms, metric):
        return ()
    counted = sum_of(platforms, metric, "spend")
    if np.isnan(counted).all():
        return ()
    needed = sorted(METRICS[metric].measures)
    found = []
    for name, spend, mine, sums in zip(
        platforms.index, platforms["spend"].fillna(0.0), counted, platforms[needed].isna().to_numpy(), strict=True
    ):
        whole, rest = bool(np.isnan(mine)), float(spend - np.nan_to_num(mine))
        if whole or abs(rest) >= _CENT:
            missing = [measure for measure, lacks in zip(needed, sums, strict=True) if lacks]
            others = [measure for measure in missing if measure not in COST_MEASURES]
            found.append(LeftOut(str(name), rest, whole, tuple(others) or COST_MEASURES[:1]))
    return tuple(found)


def leaves_out_otherwise(metric: str, platforms: pd.DataFrame, before: pd.DataFrame) -> bool:
    """Whether what `metric` leaves out of one period may not be what it leaves out of the other, so that both do not
    compare as they are: parts of platforms (costs that hold from a day on), or platforms in one of them only.
    """
    now, then = ({(each.platform, each.whole) for each in left_out_of(metric, frame)} for frame in (platforms, before))
    return now != then or not all(whole for _, whole in then)


def say_what_is_left_out(
    metrics: Iterable[str], platforms: pd.DataFrame, formats: Formats, amounts: bool = True
) -> list[str]:
    """``ROI and ROAS are without LinkedIn: $310 spend, no attributed revenue reported.``, for each that is left out.

    Without the `amounts`, for who may not see spend, it says of what platform alone.
    """
    by_part: dict[tuple[object, ...], tuple[list[str], list[tuple[LeftOut, ...]]]] = {}
    for metric in dict.fromkeys(metrics):
        if parts := left_out_of(metric, platforms):
            same_rows = tuple((each.platform, round(each.spend, 2), each.whole) for each in parts)
            names, causes = by_part.setdefault(same_rows, ([], []))
            names.append(METRICS[metric].short or METRICS[metric].label)
            causes.append(parts)
    return [
        f"{_join(names)} {'are' if len(names) > 1 else 'is'} without {_parts(_unite_causes(causes), formats, amounts)}."
        for names, causes in by_part.values()
    ]


def _unite_causes(causes: Sequence[Sequence[LeftOut]]) -> list[LeftOut]:
    """The same parts with all measures that some of the metrics need."""
    found = []
    for alike in zip(*causes, strict=True):
        measures = tuple(dict.fromkeys(measure for each in alike for measure in each.measures))
        told = tuple(each for each in measures if each not in COST_MEASURES)
        found.append(replace(alike[0], measures=told or measures))
    return found


def _parts(parts: Sequence[LeftOut], formats: Formats, amounts: bool) -> str:
    """``LinkedIn: $310 spend, no attributed revenue reported``, platforms that lack the same together."""
    alike: dict[tuple[bool, tuple[str, ...]], list[LeftOut]] = {}
    for each in parts:
        alike.setdefault((each.whole, each.measures), []).append(each)
    said = []
    for (whole, measures), those in alike.items():
        spend = f"{brief('spend', sum(each.spend for each in those), formats)} spend, " if amounts else ""
        why = "no costs known" if measures[0] in COST_MEASURES else f"no {_names_of_measures(measures)} reported"
        said.append(f"{'' if whole else 'a part of '}{_join([each.platform for each in those])}: {spend}{why}")
    return "; ".join(said)


def _names_of_measures(measures: Sequence[str]) -> str:
    return " or ".join(MEASURE_LABELS[measure] for measure in measures)


def _join(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
