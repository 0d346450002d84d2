"""Packs long lists of figures into base-91 texts, a third smaller than JSON’s numbers.

What a chart draws is nothing less for it: the browser (assets/js/packed.js) gets the same figures back.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Digits are the characters from "#" on, without the backslash: none that JSON writes as two.
BASE: Final = 91
_DIGITS: Final = np.array([code for code in range(35, 127) if code != ord("\\")], dtype=np.uint8)
#: The digit that says "no value".
_NONE: Final = 0
#: A list shorter than this stays one.
FROM: Final = 20
_MOST: Final = 2**53  # what the browser counts to


def figures(values: NDArray[np.float64], decimals: int) -> str | None:
    """``lowest:decimals:width:digits`` for `values` rounded to `decimals`, NaN where there is none.

    A value is (lowest + number − 1) / 10^decimals, its number `width` digits, 0 where it is missing; all first digits
    come first, as these are much alike. None where a list says it better: few values, or none, or beyond the range.
    """
    if len(values) < FROM:
        return None
    scaled = np.rint(values * 10.0**decimals)
    missing = np.isnan(scaled)
    if missing.all() or np.nanmax(np.abs(scaled)) >= _MOST:
        return None
    lowest = int(np.nanmin(scaled))
    number = np.where(missing, _NONE, scaled - lowest + 1).astype(np.int64)
    digits: list[NDArray[np.uint8]] = []
    while not digits or number.any():
        digits.append(_DIGITS[number % BASE])
        number //= BASE
    return f"{lowest}:{decimals}:{len(digits)}:{np.concatenate(digits[::-1]).tobytes().decode('ascii')}"


def course(values: NDArray[np.float64]) -> str:
    """The shape of a line a finger wide: a digit a point, from 1 at its lowest to 90 at its highest; 0 for none."""
    known = values[~np.isnan(values)]
    low, span = (known.min(), np.ptp(known) or 1.0) if len(known) else (0.0, 1.0)
    height = np.where(np.isnan(values), _NONE, 1 + np.rint((values - low) / span * (BASE - 2)))
    return _DIGITS[height.astype(np.int64)].tobytes().decode("ascii")
