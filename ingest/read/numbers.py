"""Parses numbers, with thousands and decimal signs decided by the whole column.

`1.234` alone says nothing; `1.234` in a column that also holds `0,5` or `1.234.567` is one thousand and something. What
a platform writes for "no value" or "too few to tell" (`--`, `< 10%`, `<5`) is missing, never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.results import ImportProblem

Floats = NDArray[np.float64]

#: Beyond it no account spends or counts in a day, in no currency.
LARGEST: Final = 1e15

#: Texts that mean: no value.
MISSING: Final = ("", "-", "--", "—", "–", "---", "n/a", "na", "#n/a", "#n/d", "nan", "null", "none", "#nv", "\\n")
_MISSING: Final = pa.array(MISSING)

#: How money is marked before or after its digits.
_MONEY: Final = r"[A-Z]{0,3}\p{Sc}|[A-Z]{3}|Rs\.?|Kč|[Kk]r\.?|zł|Fr\.?|Ft|lei"

#: A sign between groups of three digits that no decimal has, and its neighbours.
_GROUPS: Final = r"(\d)[\s'’\x{00a0}\x{202f}\x{2009}](\d{3})"

_AMBIGUOUS: Final = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_POINT: Final = r"^[+-]?(\d{1,3}(,\d{2,3})+|\d*)\.\d*$"  # the last sign is a point
_COMMA: Final = r"^[+-]?(\d{1,3}(\.\d{2,3})+|\d*),\d*$"
_MANY_POINTS: Final = r"^[+-]?\d{1,3}(\.\d{3}){2,}$"
_MANY_COMMAS: Final = r"^[+-]?\d{1,3}(,\d{2,3})+,\d{3}$"


@dataclass(frozen=True)
class Evidence:
    """The decimal sign that a column's texts prove, and the place of the text that proves it; None where none does."""

    sign: str | None = None
    place: int = -1


def clean_texts(texts: pa.Array) -> pa.Array:
    """Texts without spaces at their ends and Excel's `="…"`; null where they mean no value."""
    texts = pc.utf8_trim_whitespace(texts)
    texts = pc.replace_substring_regex(texts, r'^="?([^"]*)"?$', r"\1")
    missing = pc.or_(
        pc.is_in(pc.utf8_lower(texts), _MISSING), pc.match_substring_regex(texts, r"^[<>≤≥]\s*[\d.,]+\s*%?$")
    )
    return pc.if_else(missing, pa.scalar(None, pa.string()), texts)


def bare(texts: pa.Array) -> pa.Array:
    """Cleaned texts as digits, signs and one kind of minus: no currency, no spaces or apostrophes between digits."""
    if pc.all(pc.match_substring_regex(texts, r"^-?[\d.,]+$"), min_count=0).as_py():
        return texts
    texts = pc.replace_substring_regex(texts, r"^\((.*)\)$", r"-\1")
    texts = pc.replace_substring_regex(texts, "[−–]", "-")
    texts = pc.replace_substring_regex(texts, rf"^([+-]?)\s*(?:{_MONEY})\s*([+-]?)", r"\1\2")
    texts = pc.replace_substring_regex(texts, rf"\s*(?:{_MONEY})$", "")
    texts = pc.replace_substring_regex(texts, r"^(.*\d)-$", r"-\1")
    for _ in range(2):  # a match takes the digit that the next separator needs: each pass joins every other group
        texts = pc.replace_substring_regex(texts, _GROUPS, r"\1\2")
    return texts


def ambiguous(texts: pa.Array) -> pa.Array:
    """Which bare texts may hold decimals or thousands alike, as 1.234 does."""
    return pc.match_substring_regex(texts, _AMBIGUOUS)


def evidence(column: str, texts: pa.Array, row: Callable[[int], str]) -> Evidence:
    """What the bare texts of a column prove. `row` names a place. Raises ImportProblem where they prove both signs."""
    either = ambiguous(texts)
    point = _place(texts, either, _POINT, _MANY_COMMAS)
    comma = _place(texts, either, _COMMA, _MANY_POINTS)
    if point >= 0 and comma >= 0:
        raise ImportProblem(
            f"{row(point)}: “{column}” is {texts[point].as_py()}, but {texts[comma].as_py()} in {row(comma)}: "
            "one has a decimal point, the other a decimal comma; export the file again, or repair the column."
        )
    if point >= 0:
        return Evidence(".", point)
    return Evidence(",", comma) if comma >= 0 else Evidence()


def _place(texts: pa.Array, either: pa.Array, *patterns: str) -> int:
    for pattern in patterns:
        found = pc.and_not(pc.match_substring_regex(texts, pattern), either)
        if pc.any(found, min_count=0).as_py():
            return int(pc.index(found, pa.scalar(True)).as_py())
    return -1


def numbers(texts: pa.Array, sign: str) -> tuple[Floats, NDArray[np.intp]]:
    """Bare texts as floats, NaN where null, with `sign` before the decimals; and the places of what is no number."""
    other = "," if sign == "." else "."
    plain = rf"^[+-]?(\d+|\d{{1,3}}([{other}]\d{{2,3}})*[{other}]\d{{3}})?([{sign}]\d*)?([eE][+-]?\d{{1,3}})?$"
    good = pc.and_(pc.match_substring_regex(texts, plain), pc.match_substring_regex(texts, r"\d"))
    wrong = ~pc.fill_null(good, True).to_numpy(zero_copy_only=False)
    if wrong.any():
        texts = pc.if_else(pa.array(wrong), pa.scalar(None, pa.string()), texts)
    texts = pc.replace_substring(texts, other, "")
    if sign == ",":
        texts = pc.replace_substring(texts, ",", ".")
    values = pc.cast(texts, pa.float64()).to_numpy(zero_copy_only=False)
    return values, np.flatnonzero(wrong | np.isinf(values))


def currencies(texts: pa.Array) -> set[str]:
    """The currencies that signs in the cleaned texts of a money column name beyond doubt; `$` alone names none."""
    letters = pc.replace_substring_regex(texts, r"[\d\s.,+()−'’-]", "")
    found = {str(each).rstrip(".").upper() for each in pc.unique(letters).to_pylist() if each}
    return {_SIGNS.get(each, each if len(each) == 3 and each.isalpha() else "") for each in found} - {""}


_SIGNS: Final = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "RS": "INR",
    "US$": "USD",
    "CA$": "CAD",
    "A$": "AUD",
    "R$": "BRL",
    "ZŁ": "PLN",
    "₺": "TRY",
}
