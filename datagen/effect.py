"""An effect: what multiplies the company’s ordinary course on some days, in some part of it.

Levers:
    spend     a campaign's budget (0: it rests)
    auction   cost of an impression, beyond what saturation makes of it
    ctr, cvr  click-through and conversion
    tracked   share of orders that the platform still sees
    value     order value
    cogs, fees    cost of goods and variable costs as shares of revenue
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: The levers that act on a row; spend acts on the campaign.
LEVERS: Final = ("auction", "ctr", "cvr", "tracked", "value", "cogs", "fees")

#: Lever -> multiplier: one number, or one a day.
Sizes = Mapping[str, float | tuple[float, ...]]


@dataclass(frozen=True)
class Effect:
    """Levers and their multipliers, from day `first` to day `last` (ordinals, both included; None: for good).

    A multiplier is one number, or one a day. Scope: None means all.
    """

    kind: str
    name: str
    first: int
    last: int | None
    levers: Sizes
    platform: str | None = None
    campaign: str | None = None
    region: str | None = None
    note: str = field(default="", compare=False)

    def on(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def factor(self, lever: str, day: int) -> float:
        size = self.levers.get(lever, 1.0)
        return size[day - self.first] if isinstance(size, tuple) else float(size)
