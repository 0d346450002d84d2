"""Which metrics follow from others: whoever sees spend and ROI can work out profit, even where it is hidden.

A metric tells of linear forms over the measures: a plain sum tells its form, a ratio how two forms compare.
Forms whose comparison is known belong to one *scale*; within a scale every linear combination is known as well, and the
plain sums are a scale of their own, whose size is known. A metric follows from others where its forms lie in what one
scale of theirs spans.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kpi.metrics import METRICS, Metric
from kpi.schema import ACQUISITION_SPEND, MEASURES, STORE

_Forms = NDArray[np.float64]
_SIZE: Final = len((*MEASURES, *STORE))
_PLACE: Final = {name: place for place, name in enumerate((*MEASURES, *STORE))} | {
    # The same to who may filter: acquisition spend is the spend of all but a few objectives and segments.
    ACQUISITION_SPEND: MEASURES.index("spend")
}
_NONE: Final = np.zeros((0, _SIZE))


def follows(key: str, known: Iterable[str]) -> bool:
    """Whether the metric `key` can be worked out by whoever sees the metrics `known` for the same rows."""
    metric = METRICS[key]
    plain, scales = _scales([METRICS[each] for each in known])
    forms = _forms(metric)
    if not metric.by:
        return _spans(plain, forms)
    return any(_spans(scale, forms) for scale in (plain, *scales))


def tells(parts: tuple[str, ...], known: Iterable[str]) -> bool:
    """Whether the sum of `parts` (as in Metric.over) can be worked out by whoever sees the metrics `known`."""
    plain, _ = _scales([METRICS[each] for each in known])
    return _spans(plain, np.array([_form(parts)]))


@lru_cache(maxsize=128)
def known_measures(hidden: frozenset[str]) -> frozenset[str]:
    """The measures that whoever does not see the metrics `hidden` can work out from those that they see."""
    seen = _but(hidden)
    return frozenset(measure for measure in _PLACE if tells((measure,), seen))


def withheld(hidden: Iterable[str]) -> frozenset[str]:
    """`hidden`, and the metrics that must be hidden with them so that none of them can be worked out from the rest.

    Of the metrics that together give one away, ratios go before sums and rarely used sums before often used ones; none
    goes without need. Raises KeyError for a metric that is not in the catalogue.
    """
    chosen = {METRICS[key].key for key in hidden}
    wanted = [key for key in METRICS if key in chosen]
    gone = set(chosen)
    for key in wanted:
        while follows(key, seen := _but(gone)):
            clue = seen
            for each in seen:
                fewer = [other for other in clue if other != each]
                if follows(key, fewer):
                    clue = fewer
            gone.add(min(clue, key=lambda each: _loss(METRICS[each], METRICS[key], seen)))
    for each in _but(chosen):
        if each in gone and not any(follows(key, _but(gone - {each})) for key in wanted):
            gone.remove(each)
    return frozenset(gone)


def _but(gone: Iterable[str]) -> list[str]:
    return [key for key in METRICS if key not in gone]


def _loss(metric: Metric, hidden: Metric, seen: Iterable[str]) -> tuple[bool, bool, int, int]:
    """How much is lost with `metric`: what speaks of the hidden sum itself goes first."""
    uses = sum(metric.over in (METRICS[each].over, METRICS[each].by) for each in seen)
    speaks = not hidden.by and hidden.over in (metric.over, metric.by)
    return not metric.by, not speaks, uses, -list(METRICS).index(metric.key)


def _form(parts: tuple[str, ...]) -> _Forms:
    form = np.zeros(_SIZE)
    for part in parts:
        form[_PLACE[part.removeprefix("-")]] += -1.0 if part.startswith("-") else 1.0
    return form


def _forms(metric: Metric) -> _Forms:
    """What a metric compares; a share says something about the sum it is a share of."""
    return np.array([_form(metric.over), _form(metric.by)] if metric.by else [_form(metric.over)])


def _rank(forms: _Forms) -> int:
    return int(np.linalg.matrix_rank(forms)) if len(forms) else 0


def _spans(scale: _Forms, forms: _Forms) -> bool:
    return _rank(np.vstack([scale, forms])) == _rank(scale)


def _meet(one: _Forms, other: _Forms) -> bool:
    return _rank(np.vstack([one, other])) < _rank(one) + _rank(other)


def _scales(metrics: Iterable[Metric]) -> tuple[_Forms, list[_Forms]]:
    """The span of the plain sums, and that of each set of forms whose comparison is known."""
    plain, scales = _NONE, []
    for metric in metrics:
        if metric.by:
            scales.append(_forms(metric))
        else:
            plain = np.vstack([plain, _forms(metric)])
    while True:
        met = next((at for at, scale in enumerate(scales) if _meet(plain, scale)), None)
        if met is not None:
            plain = np.vstack([plain, scales.pop(met)])
            continue
        pair = next(
            (
                (at, beside)
                for at in range(len(scales))
                for beside in range(at + 1, len(scales))
                if _meet(scales[at], scales[beside])
            ),
            None,
        )
        if pair is None:
            return plain, scales
        scales[pair[0]] = np.vstack([scales[pair[0]], scales.pop(pair[1])])
