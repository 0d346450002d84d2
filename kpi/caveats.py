"""What a reader must know to trust figures: what a platform does not report, where its data end, what may change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from kpi.costs import needs_costs
from kpi.formats import Formats
from kpi.formula import MEASURE_LABELS
from kpi.metrics import METRICS
from kpi.selection import Selection
from kpi.units import brief

#: For how many days after a day the platforms still restate it, unless a setting says otherwise: their usual
#: attribution windows after a click.
RESTATED: Final[Mapping[str, int]] = {"Meta": 7, "Google": 7, "Amazon": 14, "TikTok": 7}


@dataclass(frozen=True)
class PlatformReport:
    """What is known of a platform's data: its last day, when it was last imported (None where nobody says), for each of
    its latest days the day of its import, and why measures are missing that it reports nowhere.
    """

    platform: str
    through: date
    imported: datetime | None = None
    recent: tuple[tuple[date, date], ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)

    def provisional_from(self, days: int) -> date | None:
        """The first day that was imported less than `days` days after it; without imports, that many days are left."""
        if not days:
            return None
        if not self.recent:
            return self.through - timedelta(days=days - 1)
        return min((day for day, imported in self.recent if (imported - day).days < days), default=None)


@dataclass(frozen=True)
class Caveats:
    """Those of one selection: `late` and `provisional` are platforms with their day, `reported` those chosen.

    `costs` says with whose costs profit is worked out.
    `existing` are the values in it that are of existing customers (kpi.retention); how much was spent on them is said
    where `amounts` may be.
    """

    formats: Formats
    reported: tuple[PlatformReport, ...] = ()
    late: tuple[tuple[str, date], ...] = ()
    provisional: tuple[tuple[str, date], ...] = ()
    costs: str = ""
    existing: tuple[str, ...] = ()
    amounts: bool = True

    @property
    def provisional_from(self) -> date | None:
        """The first day of the selection that is provisional for one platform or more."""
        return min((day for _, day in self.provisional), default=None)

    def missing_measures(self, metric: str, platform: str | None = None) -> list[str]:
        """A sentence for each measure of `metric` that platforms do not report, or that one platform does not."""
        found: dict[tuple[str, str], list[str]] = {}
        for each in self.reported:
            if platform in (None, each.platform):
                for measure in sorted(METRICS[metric].measures & each.lacks.keys()):
                    found.setdefault((measure, each.lacks[measure]), []).append(each.platform)
        return [
            f"{', '.join(names)}: no {MEASURE_LABELS[measure]}, {reason}." for (measure, reason), names in found.items()
        ]

    def on(self, metric: str) -> list[str]:
        """All that must be known of a figure of `metric` over the selection."""
        return self.missing_measures(metric) + self.ends() + self.provisional_note()

    def cost_note(self, metrics: Iterable[str]) -> list[str]:
        """With whose costs `metrics` are worked out, where one of them needs costs that somebody stated."""
        return [self.costs] if self.costs and needs_costs(metrics) else []

    def left_out(self, metrics: Iterable[str], spend: float | None, acquisition: float | None) -> list[str]:
        """A sentence where `metrics` leave out spend on existing customers: how much of `spend`, `acquisition` being
        the rest, None where there is none.
        """
        names = [known.short or known.label for known in map(METRICS.__getitem__, metrics) if known.of_new_customers]
        if not names or not self.existing or spend is None:
            return []
        several = len(names) > 1
        who = f"existing customers ({', '.join(self.existing)})"
        what = " and ".join([", ".join(names[:-1]), names[-1]] if several else names)
        if acquisition is None:
            return [f"{what} {'have' if several else 'has'} no value: all spend here is on {who}."]
        rest = spend - acquisition
        if rest < 0.005:
            return []
        much = f"{brief('spend', rest, self.formats)} of spend" if self.amounts else "spend"
        return [f"{what} {'leave' if several else 'leaves'} out {much} on {who}."]

    def ends(self) -> list[str]:
        """A sentence where platforms end before the selection does."""
        return [
            f"{name} ends on {self.formats.one(self.formats.day, day)}: later days lack it." for name, day in self.late
        ]

    def provisional_note(self) -> list[str]:
        """A sentence where the latest days may still change."""
        first = self.provisional_from
        if first is None:
            return []
        names = ", ".join(name for name, _ in self.provisional)
        day = self.formats.one(self.formats.day, first)
        return [f"Provisional from {day}: {names} may still restate these days."]


def caveats(
    reported: tuple[PlatformReport, ...],
    selection: Selection,
    since: date,
    provisional_days: Mapping[str, int],
    formats: Formats,
    costs: str = "",
    existing: tuple[str, ...] = (),
    amounts: bool = True,
) -> Caveats:
    """The caveats of a selection, of the platforms `reported` that it may show.

    A platform is late where it ends before the selection does, but not where it had ended before `since`, the first day
    of what is compared: then it is simply over. `provisional_days` are by platform.
    """
    chosen = dict(selection.only).get("platform")
    shown = tuple(each for each in reported if chosen is None or each.platform in chosen)
    late = tuple((each.platform, each.through) for each in shown if since <= each.through < selection.end)
    provisional = []
    for each in shown:
        first = each.provisional_from(provisional_days.get(each.platform, 0))
        if first is not None and selection.start <= each.through and first <= selection.end:
            provisional.append((each.platform, max(first, selection.start)))
    return Caveats(formats, shown, late, tuple(provisional), costs, existing, amounts)
