"""A small cache of earlier versions of the facts that were asked for lately."""

import time
from collections import OrderedDict
from threading import Lock
from typing import Final

from facts.delta.versions import Version
from facts.protocol import Facts

MOST: Final = 4
BYTES: Final = 100_000_000
SECONDS: Final = 600.0


class PastVersions:
    """At most `MOST` versions of at most `BYTES` together, the latest asked for always among them.

    They are weighed whenever one is asked for, because what facts keep of their answers grows as they are asked.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Version, tuple[Facts, float]] = OrderedDict()
        self._lock = Lock()

    def get(self, version: Version) -> Facts | None:
        """The facts of a version that is kept."""
        with self._lock:
            known = self._kept.pop(version, None)
            if known is None:
                return None
            self._kept[version] = known[0], time.monotonic()
            self._fit(MOST, BYTES)
            return known[0]

    def make_room(self) -> None:
        """Give back what another version will not fit beside, before it takes memory to read it."""
        with self._lock:
            largest = max((facts.nbytes for facts, _ in self._kept.values()), default=0)
            self._fit(MOST - 1, BYTES - largest, at_least=0)

    def put(self, version: Version, facts: Facts) -> None:
        """Keep the facts of a version."""
        with self._lock:
            self._kept[version] = facts, time.monotonic()
            self._fit(MOST, BYTES)

    def forget(self) -> None:
        """Give back those that nobody has asked for lately."""
        with self._lock:
            for version, (_, asked) in list(self._kept.items()):
                if time.monotonic() - asked > SECONDS:
                    del self._kept[version]

    def _fit(self, most: int, size: int, at_least: int = 1) -> None:
        while len(self._kept) > at_least and (
            len(self._kept) > most or sum(facts.nbytes for facts, _ in self._kept.values()) > size
        ):
            self._kept.popitem(last=False)
