"""Key ids that tokens name and nobody knows: which of them to ask for next, where each costs a request of its own.

Anybody can invent an id and name it as often as they like. So one that was never refused goes before those that were,
one that was named again before all that were named once, and among equals chance decides: no count wins.
"""

from collections import OrderedDict
from random import Random
from threading import Lock
from typing import Final

from access.shared_keys import Known

_ONCE: Final = 4096
_AGAIN: Final = 64
#: How often a refused id goes first: one whose key came late is not kept waiting by new ones for ever.
_REFUSED_FIRST: Final = 1 / 8


class WantedKeys:
    """The ids that wait in this process, bounded whatever arrives."""

    def __init__(self, chance: Random | None = None) -> None:
        self._chance = chance or Random()
        self._once: OrderedDict[str, None] = OrderedDict()
        self._again: dict[str, None] = {}
        self._lock = Lock()

    def add(self, kid: str, known: Known, now: float) -> None:
        """A token names `kid`."""
        with self._lock:
            if kid in self._again or not _is_wanted(kid, known, now):
                return
            if kid not in self._once:
                self._remember(kid)
                return
            del self._once[kid]
            if len(self._again) >= _AGAIN:
                evicted = self._chance.choice(list(self._again))
                del self._again[evicted]
                self._remember(evicted)  # named once more, it is back
            self._again[kid] = None

    def first(self, known: Known, now: float) -> str | None:
        """The id to ask for next, if any waits."""
        with self._lock:
            again = [kid for kid in self._again if _is_wanted(kid, known, now)]
            once = [kid for kid in self._once if _is_wanted(kid, known, now)]
            self._again, self._once = dict.fromkeys(again), OrderedDict.fromkeys(once)
            refused = [kid for kid in (*again, *once) if _is_refused(kid, known)]
            never = [kid for kid in again if not _is_refused(kid, known)]
            never = never or [kid for kid in once if not _is_refused(kid, known)]
            if refused and (not never or self._chance.random() < _REFUSED_FIRST):
                return self._chance.choice(refused)
            return self._chance.choice(never) if never else None

    def drop(self, kid: str) -> None:
        """`kid` is being asked for."""
        with self._lock:
            self._again.pop(kid, None)
            self._once.pop(kid, None)

    def _remember(self, kid: str) -> None:
        self._once[kid] = None
        if len(self._once) > _ONCE:
            self._once.popitem(last=False)


def _is_wanted(kid: str, known: Known, now: float) -> bool:
    """Whether `kid` is neither known, perhaps by another process, nor to wait after it was asked for in vain."""
    return kid not in known.sets and (kid not in known.vain or now >= known.vain[kid].until)


def _is_refused(kid: str, known: Known) -> bool:
    """Whether the server has said that there is no such key."""
    return kid in known.vain and known.vain[kid].refusals > 0
