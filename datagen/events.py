"""What happens to the company on particular days, each as an `Effect`: also what `truth.json` lists.

An effect multiplies levers over its days and scope:
    spend     a campaign's budget (0: paused)
    auction   cost of an impression, beyond what saturation makes of it
    ctr, cvr  click-through and conversion
    tracked   share of orders that the platform still sees
    value     order value
    cogs, fees    cost of goods and variable costs as shares of revenue
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from datagen import season
from datagen.campaigns import PLATFORMS
from datagen.company import CUT, FEED, YEAR, Company, stream

LEVERS: Final = ("spend", "auction", "ctr", "cvr", "tracked", "value", "cogs", "fees")

#: Campaigns that start inside the demo's two years, and when (a seed moves it by up to nine days).
LAUNCHES: Final = {
    "Brand Video – Décor d’Été": dt.date(2024, 3, 11),
    "Video Shopping Ads – Best of Home": dt.date(2024, 9, 16),
    "YouTube – Brand Film 30s – In-Market": dt.date(2025, 2, 3),
    "Retargeting – Engaged Viewers 14d": dt.date(2025, 7, 21),
}
#: A new campaign's cost per conversion, day 0 to 6, as a multiple of what it becomes: about 1.3 over the week.
LEARNING: Final = (1.45, 1.40, 1.35, 1.30, 1.25, 1.20, 1.15)


@dataclass(frozen=True)
class Effect:
    """Levers and their multipliers, from day `first` to day `last` (ordinals, both included; None: for good).

    A multiplier is one number, or one a day. Scope: None means all.
    """

    kind: str
    name: str
    first: int
    last: int | None
    levers: Mapping[str, float | tuple[float, ...]]
    platform: str | None = None
    campaign: str | None = None
    region: str | None = None
    note: str = field(default="", compare=False)

    def on(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def factor(self, lever: str, day: int) -> float:
        size = self.levers.get(lever, 1.0)
        return size[day - self.first] if isinstance(size, tuple) else float(size)


def effects_on(company: Company, day: int) -> tuple[Effect, ...]:
    """Everything that bears on a day."""
    year = dt.date.fromordinal(day).year
    return tuple(e for e in (*lasting(company), *of_year(company, year)) if e.on(day))


def effects_between(company: Company, first: int, last: int) -> tuple[Effect, ...]:
    """Everything that bears on a day between two ordinals, in order of its first day."""
    years = range(dt.date.fromordinal(first).year, dt.date.fromordinal(last).year + 1)
    found = (*lasting(company), *(e for y in years for e in of_year(company, y)))
    return tuple(sorted((e for e in found if e.first <= last and (e.last is None or e.last >= first)),
                        key=lambda e: (e.first, e.name)))  # fmt: skip


@lru_cache(maxsize=8)
def lasting(company: Company) -> tuple[Effect, ...]:
    """Launches with their learning weeks, and level shifts: bound to dates, not to a year."""
    rng = stream(company.seed, YEAR, 0)
    shifted = lambda day: day.toordinal() + int(rng.integers(-9, 10))  # noqa: E731
    effects = []
    for name, planned in LAUNCHES.items():
        start = shifted(planned)
        effects.append(Effect("launch", f"before launch of {name}", 1, start - 1, {"spend": 0.0}, campaign=name))
        effects.append(Effect("learning", f"learning phase of {name}", start, start + len(LEARNING) - 1,
                              {"cvr": tuple(1 / x for x in LEARNING)}, campaign=name))  # fmt: skip
    effects.append(Effect("level_shift", "new checkout", shifted(dt.date(2024, 8, 19)), None, {"cvr": 1.06}))
    effects.append(Effect("level_shift", "Amazon fee rise", dt.date(2025, 1, 15).toordinal(), None, {"fees": 1.05},
                          platform="Amazon"))  # fmt: skip
    effects.append(Effect("level_shift", "shorter attribution window", shifted(dt.date(2025, 3, 3)), None,
                          {"tracked": 0.92}, platform="Meta"))  # fmt: skip
    return tuple(effects)


@lru_cache(maxsize=256)
def of_year(company: Company, year: int) -> tuple[Effect, ...]:
    """Feasts, promotions, budget changes, pauses and anomalies of a year; none of them crosses New Year."""
    rng = stream(company.seed, YEAR, year)
    feasts = (*_prime(year), *_black_friday(year), *_christmas(year))
    promotions = _promotions(rng, year)
    budgets = _budget_changes(company, rng, year)
    pauses = _pauses(company, rng, year)
    return (*feasts, *promotions, *budgets, *pauses, *_anomalies(company, rng, year, (*feasts, *pauses)))


def _prime(year: int) -> list[Effect]:
    effects = []
    for start, spend in season.prime_days(year):
        first, big = start.toordinal(), start.month == 7
        name = f"Prime {'Day' if big else 'Big Deal Days'} {year}"
        lift = 1.36 if big else 1.15
        during = {"spend": spend, "cvr": lift, "auction": 1.06, "ctr": 1.05, "value": 0.97}
        last = first + len(spend) - 1
        effects.append(Effect("event", name, first, last, during, platform="Amazon"))
        effects.append(Effect("event", f"{name}: waiting for it", first - 3, first - 1, {"cvr": 0.90}, platform="Amazon"))
        after = {"spend": (0.78, 0.82, 0.88, 0.92, 0.96), "cvr": (0.78, 0.82, 0.88, 0.92, 0.96)}
        effects.append(Effect("event", f"{name}: the dip after", last + 1, last + 5, after, platform="Amazon"))
    return effects


def _black_friday(year: int) -> list[Effect]:
    day = season.black_friday(year).toordinal()
    during = {"spend": (2.1, 1.6, 1.6, 1.9), "cvr": (1.60, 1.40, 1.40, 1.55), "auction": 1.15, "ctr": 1.10, "value": 0.95,
              "cogs": 1.06}  # fmt: skip
    before = {"spend": (1.05, 1.10, 1.15, 1.20), "cvr": (1.0, 1.0, 1.02, 1.05), "auction": 1.08}
    return [
        Effect("event", f"week before Black Friday {year}", day - 4, day - 1, before),
        Effect("event", f"Black Friday to Cyber Monday {year}", day, day + 3, during),
        Effect("event", f"Cyber Week {year}", day + 4, day + 6, {"spend": 1.1, "cvr": 1.05}),
    ]


def _christmas(year: int) -> list[Effect]:
    start = dt.date(year, 12, 8).toordinal()
    rise = tuple(np.interp(range(10), [0, 6, 9], [1.03, 1.16, 1.10]).round(3).tolist())
    return [
        Effect("event", f"Christmas shopping {year}", start, start + 9, {"spend": rise, "cvr": rise}),
        Effect("event", f"too late for Christmas delivery {year}", start + 10, start + 15,
               {"spend": (0.9, 0.82, 0.75, 0.7, 0.66, 0.6), "cvr": (0.95, 0.88, 0.82, 0.78, 0.74, 0.70)}),
        Effect("event", f"Christmas holidays {year}", start + 16, start + 23,
               {"spend": (0.58, 0.62, 0.70, 0.74, 0.76, 0.80, 0.82, 0.84), "cvr": 0.86, "auction": 0.80}),
    ]  # fmt: skip


def _promotions(rng: np.random.Generator, year: int) -> list[Effect]:
    """The shop's own sales; Amazon's prices stay."""
    effects = []
    for name, month, day, length in (("Spring sale", 4, 3, 8), ("Summer sale", 6, 17, 9), ("Back-to-home sale", 8, 20, 7)):
        first = dt.date(year, month, day).toordinal() + int(rng.integers(0, 9))
        lift = round(float(rng.uniform(1.16, 1.26)), 3)
        for platform in ("Meta", "Google", "TikTok"):
            levers = {"spend": 1.12, "cvr": lift, "value": 0.94, "cogs": 1.05}
            effects.append(Effect("promotion", f"{name} {year}", first, first + length - 1, levers, platform=platform))
    return effects


def _budget_changes(company: Company, rng: np.random.Generator, year: int) -> list[Effect]:
    """Four times a year one campaign's budget is moved for some weeks."""
    effects = []
    for quarter in range(4):
        campaign = company.campaigns[int(rng.integers(0, len(company.campaigns)))].name
        first = dt.date(year, 3 * quarter + 1, 1).toordinal() + int(rng.integers(0, 30))
        size, weeks = round(float(rng.choice([0.65, 0.75, 1.3, 1.45])), 2), int(rng.integers(4, 8))
        effects.append(Effect("budget_change", f"budget × {size}", first, first + 7 * weeks - 1, {"spend": size},
                              campaign=campaign))  # fmt: skip
    return effects


def _pauses(company: Company, rng: np.random.Generator, year: int) -> list[Effect]:
    """Twice a year a campaign rests for one to two weeks."""
    effects = []
    names = [c.name for c in company.campaigns if c.name not in (FEED, CUT) and c.name not in LAUNCHES]
    for half, earliest in enumerate((dt.date(year, 1, 20), dt.date(year, 7, 20))):
        first = earliest.toordinal() + int(rng.integers(0, 70 if half else 120))
        name = names[int(rng.integers(0, len(names)))]
        effects.append(Effect("pause", "paused", first, first + int(rng.integers(6, 14)), {"spend": 0.0}, campaign=name))
    return effects


def _anomalies(company: Company, rng: np.random.Generator, year: int, busy: tuple[Effect, ...]) -> list[Effect]:
    """Two or three a quarter, each of another kind, away from feasts and pauses and from each other."""
    effects: list[Effect] = []
    for quarter in range(4):
        start = dt.date(year, 3 * quarter + 1, 1).toordinal()
        kinds = ["tracking_outage", "bid_spike", "sold_out"]
        rng.shuffle(kinds)
        for kind in kinds[: int(rng.integers(2, 4))]:
            for _ in range(50):
                made = _anomaly(company, rng, kind, start + int(rng.integers(4, 84)))
                assert made.last is not None
                taken = (*busy, *(e for e in lasting(company) if e.kind in ("launch", "learning")), *effects)
                clash = [e for e in taken if e.last is not None and e.first - 6 <= made.last and made.first <= e.last + 6
                         and (e.campaign in (None, made.campaign) or made.campaign is None)]  # fmt: skip
                if not clash:
                    effects.append(made)
                    break
    return effects


def _anomaly(company: Company, rng: np.random.Generator, kind: str, first: int) -> Effect:
    large = [c for c in company.campaigns if c.budget > 1500 and c.name not in LAUNCHES]
    campaign = large[int(rng.integers(0, len(large)))]
    size = float(rng.uniform(0.0, 1.0))
    if kind == "tracking_outage":
        platform = PLATFORMS[int(rng.integers(0, len(PLATFORMS)))]
        lost = round(0.08 + 0.17 * size, 3)
        return Effect("anomaly", kind, first, first + int(rng.integers(0, 2)), {"tracked": lost}, platform=platform,
                      note="the platform sees few of the orders; clicks and spend go on")  # fmt: skip
    if kind == "bid_spike":
        dear = round(2.0 + 0.8 * size, 3)
        return Effect("anomaly", kind, first, first + int(rng.integers(0, 3)),
                      {"auction": dear, "spend": 1.5}, campaign=campaign.name, platform=campaign.platform,
                      note="a bid limit went missing: every impression dearer, and more spent")  # fmt: skip
    gone = round(0.15 + 0.20 * size, 3)
    return Effect("anomaly", "sold_out", first, first + int(rng.integers(2, 5)), {"cvr": gone}, campaign=campaign.name,
                  platform=campaign.platform, note="the advertised product is out of stock; clicks go on")  # fmt: skip
