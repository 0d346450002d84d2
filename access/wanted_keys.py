"""Key ids that tokens name and nobody knows: which of them to ask for next, where each costs a request of its own.

Anybody can invent an id and name it as often as they like, but thousands of them hardly as often as all readers of a
new key name theirs. So namings are counted: half of the fetches go to the id named most often, half to one by chance,
which a higher count makes likelier. Ids that the server has refused come after those it has not.
"""

from random import Random
from threading import Lock
from typing import Final

from access.shared_keys import KeyState

#: Ids that wait at most. Whenever there are more, the half that was named least makes way.
_MOST: Final = 4096
#: Chance is among the 1, 2, 4 ... named most often: a few that are repeated, and many that are not, both leave it some.
_REACHES: Final = [2**power for power in range(_MOST.bit_length())]
#: How often a refused id goes first: one whose key came late is not kept waiting by new ones for ever.
_REFUSED_FIRST: Final = 1 / 8


class WantedKeys:
    """The ids that wait in this process, bounded whatever arrives."""

    def __init__(self, chance: Random | None = None) -> None:
        self._chance = chance or Random()
        self._counts: dict[str, int] = {}
        #: The highest count that made way. A new id counts from there: it may have been named as often before.
        self._floor = 0
        self._lock = Lock()

    def add(self, kid: str, state: KeyState, now: float) -> None:
        """A token names `kid`."""
        with self._lock:
            if not _is_wanted(kid, state, now):
                return
            self._counts[kid] = self._counts.get(kid, self._floor) + 1
            if len(self._counts) > _MOST:
                ranking = self._rank(list(self._counts))
                self._floor = self._counts[ranking[_MOST // 2]]
                self._counts = {each: self._counts[each] for each in ranking[: _MOST // 2]}

    def first(self, state: KeyState, now: float) -> str | None:
        """The id to ask for next, if any waits."""
        with self._lock:
            self._counts = {kid: count for kid, count in self._counts.items() if _is_wanted(kid, state, now)}
            if not self._counts:
                self._floor = 0
                return None
            refused = [kid for kid in self._counts if _is_refused(kid, state)]
            others = [kid for kid in self._counts if not _is_refused(kid, state)]
            refused_first = self._chance.random() < _REFUSED_FIRST
            ranking = self._rank((refused or others) if refused_first else (others or refused))
            reach = 1 if self._chance.random() < 1 / 2 else self._chance.choice(_REACHES)
            return self._chance.choice(ranking[:reach])

    def drop(self, kid: str) -> None:
        """`kid` is being asked for."""
        with self._lock:
            self._counts.pop(kid, None)

    def _rank(self, kids: list[str]) -> list[str]:
        """Those named most often first; chance decides among equals."""
        self._chance.shuffle(kids)
        return sorted(kids, key=self._counts.__getitem__, reverse=True)


def _is_wanted(kid: str, state: KeyState, now: float) -> bool:
    """Whether `kid` is neither known, perhaps by another process, nor to wait after it was asked for in vain."""
    return kid not in state.sets and (kid not in state.vain or now >= state.vain[kid].until)


def _is_refused(kid: str, state: KeyState) -> bool:
    """Whether the server has said that there is no such key."""
    return kid in state.vain and state.vain[kid].refusals > 0
