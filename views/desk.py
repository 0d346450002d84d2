"""`Desk`: what every answer is made from, whoever asks: the facts shown and how their figures are written."""

from collections.abc import Callable
from dataclasses import dataclass

from facts import Facts
from facts.source import Source
from kpi.formats import Formats
from views.answers import ProvisionalDays

#: How the money and the days of some facts are written.
Writing = Callable[[Facts], Formats]


@dataclass(frozen=True)
class Desk:
    """What answers are made from: the facts' source, how figures are written, for how many days platforms restate.

    `usual` is how they are written where there are no facts.
    """

    source: Source
    writing: Writing
    usual: Formats
    provisional_days: ProvisionalDays = None

    def formats(self) -> Formats:
        """How figures are written now."""
        facts = self.source.current()
        return self.usual if facts is None else self.writing(facts)
