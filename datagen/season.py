"""What every year brings: weekdays, seasons, growth, and the fixed feasts of trade.

Days are proleptic ordinals (`date.toordinal()`), so that a day's factors depend on nothing but the day.
"""

import datetime as dt
from typing import Final

import numpy as np

from datagen.campaigns import PLATFORMS

#: Orders relative to an average day, Monday first: about a fifth more at weekends, a quarter less on Thursday and Friday.
WEEKDAY_ORDERS: Final = (1.0333, 1.0333, 1.0333, 0.75, 0.75, 1.20, 1.20)
#: Budgets follow in part.
WEEKDAY_SPEND: Final = (1.02, 1.01, 1.00, 0.92, 0.92, 1.06, 1.07)
#: What a day's spend brings in impressions, on average over the campaigns: leaves the rest to conversion.
MEAN_ELASTICITY: Final = 0.62

_MID_MONTH: Final = np.array([15.0, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
SPEND: Final = np.array([0.86, 0.88, 0.92, 0.95, 0.99, 1.00, 0.99, 0.98, 1.03, 1.07, 1.22, 1.12])
CONVERSION: Final = np.array([1.00, 0.97, 0.97, 0.99, 1.00, 1.00, 0.98, 0.98, 1.01, 1.02, 1.09, 1.08])
CLICKS: Final = np.array([0.98, 0.98, 0.98, 0.99, 1.00, 1.00, 1.00, 1.00, 1.01, 1.03, 1.12, 1.08])
AUCTION: Final = np.array([0.84, 0.88, 0.93, 0.97, 1.00, 1.00, 0.98, 0.99, 1.05, 1.12, 1.65, 1.15])
#: How much of the auction's season a platform feels: an exponent on AUCTION, and on CLICKS and CONVERSION.
AUCTION_FELT: Final = np.array([1.0, 0.30, 0.25, 0.45])
DEMAND_FELT: Final = np.array([1.7, 0.8, 0.25, 0.9])


def weekday_spend(day: int) -> float:
    return WEEKDAY_SPEND[(day + 6) % 7]


def weekday_conversion(day: int) -> float:
    """The part of the weekday's orders that is not bought by spend."""
    weekday = (day + 6) % 7
    return float(WEEKDAY_ORDERS[weekday] / WEEKDAY_SPEND[weekday] ** MEAN_ELASTICITY)


def growth(day: int) -> float:
    """Spend relative to autumn 2024: some percent a year, levelling off on both sides."""
    years = (day - dt.date(2024, 10, 1).toordinal()) / 365.25
    return 1.0 + 0.16 * float(np.tanh(years / 3))


def curve(anchors: np.ndarray, day: int) -> float:
    """A yearly curve between its mid-month anchors."""
    of_year = dt.date.fromordinal(day).timetuple().tm_yday
    return float(np.interp(of_year, _MID_MONTH, anchors, period=365.25))


def auction(day: int) -> np.ndarray:
    """Cost of an impression by platform, (4,)."""
    assert len(AUCTION_FELT) == len(PLATFORMS)
    return np.asarray(curve(AUCTION, day) ** AUCTION_FELT)


def click_season(day: int) -> np.ndarray:
    return np.asarray(curve(CLICKS, day) ** DEMAND_FELT)


def conversion_season(day: int) -> np.ndarray:
    return np.asarray(curve(CONVERSION, day) ** DEMAND_FELT)


def prime_days(year: int) -> list[tuple[dt.date, tuple[float, ...]]]:
    """First day and Amazon's spend factors of the year's Prime sales: July's and October's."""
    july = _nth_weekday(year, 7, 1, 3 if year == 2024 else 2)
    factors = (2.5, 2.2, 1.8, 2.3) if year >= 2025 else (2.4, 2.2)
    return [(july, factors), (_nth_weekday(year, 10, 1, 2 if year != 2025 else 1), (1.6, 1.5))]


def black_friday(year: int) -> dt.date:
    """The day after the fourth Thursday of November."""
    return _nth_weekday(year, 11, 3, 4) + dt.timedelta(1)


def _nth_weekday(year: int, month: int, weekday: int, n: int) -> dt.date:
    first = dt.date(year, month, 1)
    return first + dt.timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))
