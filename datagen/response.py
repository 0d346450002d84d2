"""How spend turns into impressions: a Hill curve on spend with geometric adstock.

Both as in Jin, Wang, Sun, Chan and Koehler, "Bayesian Methods for Media Mix Modeling with Carryover and Shape
Effects" (Google, 2017): carry-over first, saturation after.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Days of carry-over that count, today included: fixed, so that a day needs no more history than this.
HORIZON: Final = 14


def hill(spend: Array, half: Array, shape: Array) -> Array:
    """Share (0–1) of a campaign's ceiling reached at `spend` ($ a day): s^h / (k^h + s^h)."""
    powered = np.power(spend, shape)
    return np.asarray(powered / (np.power(half, shape) + powered))


def half_saturation(spend: Array, elasticity: Array, shape: Array) -> Array:
    """The half-way point k ($ a day) at which d log hill / d log spend is `elasticity` at `spend`.

    The Hill curve's elasticity is h·k^h / (k^h + s^h), so k = s · (e / (h − e))^(1/h); it needs e < h.
    """
    return np.asarray(spend * np.power(elasticity / (shape - elasticity), 1 / shape))


def adstock(spend: Array, carry_over: Array) -> Array:
    """Effective spend ($ a day) from the last days' spend, newest first: (days, n) and (n,) give (n,).

    Weights carry_over^lag, normalised to 1: steady spend is its own adstock.
    """
    weights = np.power(carry_over[None, :], np.arange(spend.shape[0])[:, None])
    return np.asarray((weights * spend).sum(axis=0) / weights.sum(axis=0))
