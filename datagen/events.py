"""What happens to the company on particular days: all of it as effects, which `truth.json` lists."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np

from datagen.campaigns import PLATFORMS
from datagen.company import CUT, FEED, YEAR, Company, stream
from datagen.effect import Effect, Sizes
from datagen.feasts import black_friday, christmas, prime

#: Campaigns that start inside the demo's two years, and when (a seed moves it by up to nine days).
LAUNCHES: Final = {
    "Brand Video – Décor d’Été": dt.date(2024, 3, 11),
    "Video Shopping Ads – Best of Home": dt.date(2024, 9, 16),
    "YouTube – Brand Film 30s – In-Market": dt.date(2025, 2, 3),
    "Retargeting – Engaged Viewers 14d": dt.date(2025, 7, 21),
}
#: A new campaign's clicks per conversion, day 0 to 6, as a multiple of what it becomes: 1.23 over the week. With
#: carry-over not built up yet, a conversion costs about 1.3 times as much.
LEARNING: Final = (1.38, 1.32, 1.27, 1.22, 1.18, 1.14, 1.10)
#: Days kept free between an anomaly and anything that could hide it.
APART: Final = 6


def effects_on(company: Company, day: int) -> tuple[Effect, ...]:
    """Everything that bears on a day."""
    year = dt.date.fromordinal(day).year
    return tuple(e for e in (*lasting_effects(company), *of_year(company, year)) if e.on(day))


def effects_between(company: Company, first: int, last: int) -> tuple[Effect, ...]:
    """Everything that bears on a day between two ordinals, in order of its first day."""
    years = range(dt.date.fromordinal(first).year, dt.date.fromordinal(last).year + 1)
    every = (*lasting_effects(company), *(e for y in years for e in of_year(company, y)))
    bearing = (e for e in every if e.first <= last and (e.last is None or e.last >= first))
    return tuple(sorted(bearing, key=lambda e: (e.first, e.name)))


@lru_cache(maxsize=8)
def lasting_effects(company: Company) -> tuple[Effect, ...]:
    """Launches with their learning weeks, and level shifts: bound to dates, not to a year."""
    rng = stream(company.seed, YEAR, 0)

    def shift_day(planned: dt.date) -> int:
        return planned.toordinal() + int(rng.integers(-9, 10))

    effects = []
    learning: Sizes = {"cvr": tuple(round(1 / cost, 4) for cost in LEARNING)}
    for name, planned in LAUNCHES.items():
        start = shift_day(planned)
        effects.append(Effect("launch", "not launched yet", 1, start - 1, {"spend": 0.0}, campaign=name))
        effects.append(Effect("learning", "learning", start, start + len(LEARNING) - 1, learning, campaign=name))
    fees = dt.date(2025, 1, 15).toordinal()
    attribution = shift_day(dt.date(2025, 3, 3))
    return (
        *effects,
        Effect("level_shift", "new checkout", shift_day(dt.date(2024, 8, 19)), None, {"cvr": 1.06}),
        Effect("level_shift", "Amazon's fees rise", fees, None, {"fees": 1.05}, platform="Amazon"),
        Effect("level_shift", "shorter attribution window", attribution, None, {"tracked": 0.95}, platform="Meta"),
    )


@lru_cache(maxsize=256)
def of_year(company: Company, year: int) -> tuple[Effect, ...]:
    """Feasts, promotions, budget changes, pauses and anomalies that begin in a year; none crosses New Year."""
    rng = stream(company.seed, YEAR, year)
    feasts = (*prime(year), *black_friday(year), *christmas(year))
    promotions = _promotions(rng, year)
    budgets = _budget_changes(company, rng, year)
    pauses = _pauses(company, rng, year)
    return (*feasts, *promotions, *budgets, *pauses, *_anomalies(company, rng, year, (*feasts, *pauses)))


def _promotions(rng: np.random.Generator, year: int) -> Iterable[Effect]:
    """The shop's own sales; Amazon's prices stay."""
    for name, month, day, length in (
        ("Spring sale", 4, 3, 8),
        ("Summer sale", 6, 17, 9),
        ("Home refresh sale", 8, 20, 7),
    ):
        first = dt.date(year, month, day).toordinal() + int(rng.integers(0, 9))
        lift = round(float(rng.uniform(1.16, 1.26)), 3)
        levers: Sizes = {"spend": 1.12, "cvr": lift, "value": 0.94, "cogs": 1.05}
        for platform in ("Meta", "Google", "TikTok"):
            yield Effect("promotion", f"{name} {year}", first, first + length - 1, levers, platform=platform)


def _budget_changes(company: Company, rng: np.random.Generator, year: int) -> Iterable[Effect]:
    """Once a quarter one campaign's budget is moved for some weeks."""
    for quarter in range(4):
        name = company.campaigns[int(rng.integers(0, len(company.campaigns)))].name
        first = dt.date(year, 3 * quarter + 1, 1).toordinal() + int(rng.integers(0, 30))
        size, days = float(rng.choice([0.65, 0.75, 1.3, 1.45])), 7 * int(rng.integers(4, 8))
        yield Effect("budget_change", f"budget × {size}", first, first + days - 1, {"spend": size}, campaign=name)


def _pauses(company: Company, rng: np.random.Generator, year: int) -> list[Effect]:
    """Twice a year a campaign rests for one to two weeks."""
    names = [c.name for c in company.campaigns if c.name not in (FEED, CUT, *LAUNCHES)]
    effects = []
    for month, spread in ((1, 120), (7, 70)):
        first = dt.date(year, month, 20).toordinal() + int(rng.integers(0, spread))
        name, days = names[int(rng.integers(0, len(names)))], int(rng.integers(7, 15))
        effects.append(Effect("pause", "paused", first, first + days - 1, {"spend": 0.0}, campaign=name))
    return effects


def _anomalies(company: Company, rng: np.random.Generator, year: int, busy: tuple[Effect, ...]) -> list[Effect]:
    """Two or three a quarter, each of another kind, away from feasts and pauses and from each other."""
    effects: list[Effect] = []
    for quarter in range(4):
        start = dt.date(year, 3 * quarter + 1, 1).toordinal()
        kinds = rng.permutation(["tracking_outage", "bid_spike", "sold_out"])
        for kind in kinds[: int(rng.integers(2, 4))]:
            for _ in range(1000):
                made = _anomaly(company, rng, str(kind), start + int(rng.integers(4, 84)))
                if not any(_near(made, other) for other in (*busy, *effects)):
                    effects.append(made)
                    break
    return effects


def _near(made: Effect, other: Effect) -> bool:
    """Whether two passing effects could be taken for one another."""
    if made.last is None or other.last is None:
        return False
    apart = other.last + APART < made.first or made.last + APART < other.first
    return not apart and (other.kind == "anomaly" or other.campaign in (None, made.campaign))


def _anomaly(company: Company, rng: np.random.Generator, kind: str, first: int) -> Effect:
    large = [c for c in company.campaigns if c.budget > 1500 and c.name not in LAUNCHES]
    campaign = large[int(rng.integers(0, len(large)))]
    platform = PLATFORMS[int(rng.integers(0, len(PLATFORMS)))]
    size, longer = float(rng.uniform()), int(rng.integers(0, 2))
    if kind == "tracking_outage":
        levers: Sizes = {"tracked": round(0.08 + 0.17 * size, 3)}
        note = "the platform sees few of the orders; clicks and spend go on"
        return Effect("anomaly", kind, first, first + longer, levers, platform=platform, note=note)
    if kind == "bid_spike":
        levers = {"auction": round(2.0 + 0.8 * size, 3), "spend": 1.5}
        note = "a bid limit went missing: every impression dearer, and more spent"
    else:
        levers = {"cvr": round(0.15 + 0.20 * size, 3)}
        note = "the advertised product is out of stock; clicks go on"
    last = first + longer + (0 if kind == "bid_spike" else 2)
    return Effect("anomaly", kind, first, last, levers, platform=campaign.platform, campaign=campaign.name, note=note)
