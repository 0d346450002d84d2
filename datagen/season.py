"""The ordinary course of a year: weekdays, seasons and growth.

Days are proleptic ordinals (`date.toordinal()`), so that a day's factors depend on nothing but the day.
"""

import datetime as dt
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Orders relative to an average day, Monday first: a fifth more at weekends, a quarter less on Thursday and Friday.
WEEKDAY_ORDERS: Final = (1.0333, 1.0333, 1.0333, 0.75, 0.75, 1.20, 1.20)
#: Budgets follow in part.
WEEKDAY_SPEND: Final = (1.02, 1.01, 1.00, 0.92, 0.92, 1.06, 1.07)
#: What a day's spend brings in impressions, on average over the campaigns: leaves the rest to conversion.
MEAN_ELASTICITY: Final = 0.62

_MID_MONTH: Final = np.array([15.0, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
SPEND: Final = np.array([0.86, 0.88, 0.92, 0.95, 0.99, 1.00, 0.99, 0.98, 1.03, 1.07, 1.22, 1.12])
CONVERSION: Final = np.array([0.95, 0.94, 0.95, 0.98, 1.00, 1.00, 0.98, 0.98, 1.01, 1.02, 1.09, 1.08])
CLICKS: Final = np.array([0.98, 0.98, 0.98, 0.99, 1.00, 1.00, 1.00, 1.00, 1.01, 1.03, 1.12, 1.08])
AUCTION: Final = np.array([0.84, 0.88, 0.93, 0.97, 1.00, 1.00, 0.98, 0.99, 1.05, 1.12, 1.95, 1.15])
#: How much of it a platform feels (Meta, Google, Amazon, TikTok): exponents on AUCTION, and on CLICKS and CONVERSION.
AUCTION_FELT: Final = np.array([1.0, 0.25, 0.20, 0.38])
DEMAND_FELT: Final = np.array([2.5, 0.8, 0.25, 0.9])


def weekday_spend(day: int) -> float:
    """Spend relative to an average day."""
    return WEEKDAY_SPEND[(day + 6) % 7]


def weekday_conversion(day: int) -> float:
    """The part of the weekday's orders that is not bought by spend."""
    weekday = (day + 6) % 7
    return float(WEEKDAY_ORDERS[weekday] / WEEKDAY_SPEND[weekday] ** MEAN_ELASTICITY)


def growth(day: int) -> float:
    """Spend relative to autumn 2024: some percent a year, levelling off on both sides."""
    years = (day - dt.date(2024, 10, 1).toordinal()) / 365.25
    return 1.0 + 0.16 * float(np.tanh(years / 3))


def curve(anchors: Array, day: int) -> float:
    """A yearly curve between its mid-month anchors."""
    of_year = dt.date.fromordinal(day).timetuple().tm_yday
    return float(np.interp(of_year, _MID_MONTH, anchors, period=365.25))


def auction(day: int) -> Array:
    """Cost of an impression by platform, (4,)."""
    return np.asarray(curve(AUCTION, day) ** AUCTION_FELT)


def click_season(day: int) -> Array:
    """Click-through rate by platform, (4,)."""
    return np.asarray(curve(CLICKS, day) ** DEMAND_FELT)


def conversion_season(day: int) -> Array:
    """Conversion rate by platform, (4,)."""
    return np.asarray(curve(CONVERSION, day) ** DEMAND_FELT)
