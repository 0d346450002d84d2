"""The line that proves a change comes out: its result follows from the operands as they are printed."""

import random
import re
from decimal import ROUND_HALF_UP, Decimal

import pytest

from components.proof import change_in_words
from kpi.proof import Proof
from kpi.units import USUAL


def told(metric: str, now: float, before: float) -> str:
    line = change_in_words(Proof(metric, now, None, None, 1), Proof(metric, before, None, None, 1), USUAL)
    assert line is not None
    return line


@pytest.mark.parametrize("metric", ["mer", "revenue", "cac", "roi", "conversions"])
def test_a_change_comes_out_of_what_is_printed(metric: str) -> None:
    draw = random.Random(metric)
    for _ in range(500):
        before = draw.uniform(0.3, 9) * 10 ** draw.randint(0, 3)
        line = told(metric, before * draw.uniform(0.9, 1.1), before)
        result, new, old = (
            Decimal(each.replace("−", "-").replace(",", "")) for each in re.findall(r"−?[\d,.]*\d", _plain(line))[:3]
        )
        ratio = new - old if metric == "roi" else (new - old) / old * 100
        assert ratio.quantize(Decimal(1).scaleb(result.as_tuple().exponent), ROUND_HALF_UP) == result, line


def _plain(line: str) -> str:
    """Without the sign of the subtraction and of the currency."""
    return line.replace(" − ", " ").replace("$", "")


def test_money_whose_sign_turned_has_no_percentage() -> None:
    proofs = (Proof("profit", value, None, None, 1) for value in (-9600.0, 100000.0))
    assert change_in_words(*proofs, USUAL) is None


def test_no_more_digits_than_needed() -> None:
    assert told("mer", 2.3400, 2.4051).startswith("−2.7% = (2.340× − 2.405×)")
    assert told("revenue", 508230.0, 586911.0) == "−13.4% = ($508,230 − $586,911) / $586,911"
