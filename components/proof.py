"""How a figure comes about, in words: ``2.84× = $1,204,331 attributed revenue / $424,102 spend``."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from kpi.compare import stated_change
from kpi.formats import Formats
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS
from kpi.proof import Part, Proof
from kpi.schema import ACQUISITION_SPEND, MONEY, STORE, STORE_MONEY
from kpi.units import NOTHING, decimals, figure

#: Digits beyond the usual ones that are tried so that a change comes out of the figures as they are written.
_MOST: Final = 8


def proof_answer(
    proof: Proof, formats: Formats, known: Sequence[str] = (), assumed: Sequence[str] = ()
) -> dict[str, Any]:
    """The proof as docs/wire.md has it: its parts with their figures, a sentence of them, and what must be known.

    `known` are sentences on the figure that its parts do not say, `assumed` say what it rests on.
    """
    return {
        "value": proof.value,
        "text": _value(proof, formats),
        "scale": METRICS[proof.metric].scale,
        "over": _parts(proof.over, formats),
        "by": _parts(proof.by, formats),
        "sentence": _sentence(proof, formats),
        "note": " ".join([*filter(None, [_note(proof, known)]), *known, *assumed]) or None,
        "rows": proof.rows,
    }


def change_in_words(now: Proof, before: Proof, formats: Formats) -> str | None:
    """How the change comes about, ``−13.4% = ($508,230 − $586,911) / $586,911``; None where there is none."""
    if now.value is None or before.value is None:
        return None
    step = stated_change(now.metric, now.value, before.value)
    if step is None:
        return None
    sign = "+" if step > 0 else ""
    percent = METRICS[now.metric].unit == "percent"
    result = formats.number(step, 2 if percent else 1, 2)
    more = next((more for more in range(_MOST) if _comes_out(now, before, formats, more) == result), _MOST)
    new, old, size = (
        figure(now.metric, value, formats, more + percent) for value in (now.value, before.value, abs(before.value))
    )
    if percent:
        return f"{sign}{result} percentage points = {new} − {_in_brackets(old)}"
    return f"{sign}{formats.between(formats.percent, step, 1, 2)} = ({new} − {_in_brackets(old)}) / {size}"


def _comes_out(now: Proof, before: Proof, formats: Formats, more: int) -> str:
    """What a reader gets who works out the change from both figures as they are written with `more` digits."""
    percent = METRICS[now.metric].unit == "percent"
    digits = Decimal(1).scaleb(-decimals(now.metric, formats) - more - (3 if percent else 0))
    new, old = (Decimal(repr(value or 0.0)).quantize(digits, ROUND_HALF_UP) for value in (now.value, before.value))
    if percent:
        return formats.number(float(new - old), 2, 2)
    return formats.number(float((new - old) / abs(old)), 1, 2) if old else ""


def _in_brackets(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _value(proof: Proof, formats: Formats) -> str:
    most = "at most " if METRICS[proof.metric].unit == "people" and proof.value is not None else ""
    return most + figure(proof.metric, proof.value, formats)


def _parts(parts: Sequence[Part] | None, formats: Formats) -> list[dict[str, Any]] | None:
    if parts is None:
        return None
    return [
        {"label": _name(part), "taken": _is_subtracted(part), "value": part.value, "text": _amount(part, formats)}
        for part in parts
    ]


def _is_subtracted(part: Part) -> bool:
    """Whether a term is one that is taken away."""
    return len(part.measures) == 1 and part.measures[0].startswith("-")


def _name(part: Part) -> str:
    if len(part.measures) == 1:
        return MEASURE_LABELS[part.measures[0].removeprefix("-")]
    known = next((each for each in METRICS.values() if each.over == part.measures and not each.by), None)
    return (known.short or known.label).lower() if known and not known.of_whole else "the sum of its parts"


def _amount(part: Part, formats: Formats) -> str:
    """The size of a term: money as a table has it, counts in full, parts of an order to the hundredth."""
    if part.value is None:
        return NOTHING
    value = -part.value if _is_subtracted(part) else part.value
    if part.measures[0].removeprefix("-") in (*MONEY, *STORE_MONEY, ACQUISITION_SPEND):
        return figure("spend", value, formats)
    return formats.number(value, 0 if float(value).is_integer() else 2)


def _sum(parts: Sequence[Part], formats: Formats, tail: str = "") -> str:
    words = ""
    for part in parts:
        sign = (" − " if _is_subtracted(part) else " + ") if words else ""
        words += f"{sign}{_amount(part, formats)} {_name(part)}{tail}"
    return f"({words})" if len(parts) > 1 else words


def _sentence(proof: Proof, formats: Formats) -> str | None:
    """The formula with the figures in it; None where the parts may not be told."""
    if proof.over is None or proof.by is None:
        return None
    metric = METRICS[proof.metric]
    over = _sum(proof.over, formats)
    if metric.scale != 1:
        over = f"{formats.number(metric.scale)} × {over}"
    if proof.by:
        tail = " of the whole selection" if metric.of_whole else ""
        return f"{_value(proof, formats)} = {over} / {_sum(proof.by, formats, tail)}"
    if len(proof.over) > 1:
        return f"{_value(proof, formats)} = {over.strip('()')}"
    rows = "day" if proof.over[0].measures[0] in STORE else "row"
    rows += "" if proof.rows == 1 else "s"
    return f"{_value(proof, formats)} = the sum of {_name(proof.over[0])} in {formats.number(proof.rows)} {rows}"


def _note(proof: Proof, known: Sequence[str]) -> str | None:
    metric = METRICS[proof.metric]
    if proof.over is None or proof.by is None:
        return "Its parts are not among what you may see."
    if proof.value is None:
        return _why_none(proof) if proof.acquisition is not None or not known else None
    if metric.unit == "people":
        return "People cannot be added up: somebody may be in several rows, so this is the most there can be."
    return None


def _why_none(proof: Proof) -> str:
    missing = [_name(part) for part in (*(proof.over or ()), *(proof.by or ())) if part.value is None]
    if missing:
        return f"There is no value: no row here reports {' or '.join(dict.fromkeys(missing))}."
    if proof.by and not sum(part.value or 0.0 for part in proof.by):
        return f"There is no value: nothing can be divided by {' and '.join(_name(part) for part in proof.by)} of zero."
    return "There is no value: a part makes a loss, and a loss has no share of a whole."
