"""The fixed shopping holidays: Prime sales, Black Friday to Cyber Monday, Christmas."""

import datetime as dt

from datagen.effect import Effect, Sizes


def prime(year: int) -> list[Effect]:
    """Amazon's sales in July (four days from 2025 on) and October, with the lull before and the dip after."""
    july = _nth_weekday(year, 7, 1, 3 if year == 2024 else 2)
    october = _nth_weekday(year, 10, 1, 1 if year == 2025 else 2)
    long = (2.5, 2.2, 1.8, 2.3) if year >= 2025 else (2.4, 2.2)
    return [
        *_sale(
            f"Prime Day {year}", july.toordinal(), {"spend": long, "cvr": 1.31, "ctr": 1.05, "value": 0.97}, len(long)
        ),
        *_sale(
            f"Prime Big Deal Days {year}", october.toordinal(), {"spend": (1.6, 1.5), "cvr": 1.15, "value": 0.97}, 2
        ),
    ]


def _sale(name: str, first: int, during: Sizes, days: int) -> list[Effect]:
    back = (0.78, 0.82, 0.88, 0.92, 0.96)
    after: Sizes = {"spend": back, "cvr": back}
    return [
        Effect("event", f"{name}: waiting for it", first - 3, first - 1, {"cvr": 0.90}, platform="Amazon"),
        Effect("event", name, first, first + days - 1, during, platform="Amazon"),
        Effect("event", f"{name}: the dip after", first + days, first + days + 4, after, platform="Amazon"),
    ]


def black_friday(year: int) -> list[Effect]:
    """The day after the fourth Thursday of November, to Monday; the week before and the days after."""
    day = _nth_weekday(year, 11, 3, 4).toordinal() + 1
    before: Sizes = {"spend": (1.05, 1.10, 1.15, 1.20), "cvr": (1.0, 1.0, 1.02, 1.05), "auction": 1.08}
    during: Sizes = {
        "spend": (2.1, 1.6, 1.6, 1.9), "cvr": (2.20, 1.45, 1.45, 1.60), "ctr": 1.10, "auction": 1.15, "value": 0.95,
        "cogs": 1.06,
    }  # fmt: skip
    return [
        Effect("event", f"week before Black Friday {year}", day - 4, day - 1, before),
        Effect("event", f"Black Friday to Cyber Monday {year}", day, day + 3, during),
        Effect("event", f"Cyber Week {year}", day + 4, day + 6, {"spend": 1.1, "cvr": 1.05}),
    ]


def christmas(year: int) -> list[Effect]:
    """The rise of December's second week, the fall once parcels come too late, the quiet days to New Year."""
    start = dt.date(year, 12, 8).toordinal()
    rise = (1.03, 1.05, 1.07, 1.10, 1.12, 1.14, 1.16, 1.14, 1.12, 1.10)
    late: Sizes = {"spend": (0.90, 0.82, 0.75, 0.70, 0.66, 0.60), "cvr": (0.95, 0.88, 0.82, 0.78, 0.74, 0.70)}
    quiet: Sizes = {"spend": (0.58, 0.62, 0.70, 0.74, 0.76, 0.80, 0.82, 0.84), "cvr": 0.86, "auction": 0.80}
    return [
        Effect("event", f"Christmas shopping {year}", start, start + 9, {"spend": rise, "cvr": rise}),
        Effect("event", f"too late for Christmas {year}", start + 10, start + 15, late),
        Effect("event", f"Christmas holidays {year}", start + 16, start + 23, quiet),
    ]


def _nth_weekday(year: int, month: int, weekday: int, n: int) -> dt.date:
    """The n-th Monday (0) to Sunday (6) of a month."""
    first = dt.date(year, month, 1)
    return first + dt.timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))
