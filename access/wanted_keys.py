"""Key ids that tokens name and nobody knows: which of them to ask for next, where each costs a request of its own.

Anybody can invent an id, so an id asked for again goes before all that were asked for once: invented ones rarely are.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

_ONCE: Final = 4096
_AGAIN: Final = 256
_TRIED: Final = 4096


class WantedKeys:
    """Bounded whatever arrives; an id that was tried is not wanted again for `pause` seconds."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._once: OrderedDict[str, None] = OrderedDict()
        self._again: dict[str, int] = {}
        self._tried: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def add(self, kid: str, now: float) -> None:
        """A token names `kid`."""
        with self._lock:
            if now - self._tried.get(kid, -self._pause) < self._pause:
                return
            if kid in self._again:
                self._again[kid] += 1
            elif kid in self._once:
                del self._once[kid]
                if len(self._again) >= _AGAIN:
                    del self._again[min(self._again, key=self._again.__getitem__)]
                self._again[kid] = 2
            else:
                self._once[kid] = None
                if len(self._once) > _ONCE:
                    self._once.popitem(last=False)

    def first(self) -> str | None:
        """The id to ask for next: the one named most often, else the newest."""
        with self._lock:
            if self._again:
                return max(self._again, key=self._again.__getitem__)
            return next(reversed(self._once), None)

    def tried(self, kid: str, now: float) -> None:
        """`kid` has been asked for."""
        with self._lock:
            self._again.pop(kid, None)
            self._once.pop(kid, None)
            self._tried.pop(kid, None)
            self._tried[kid] = now
            if len(self._tried) > _TRIED:
                self._tried.popitem(last=False)
