"""Who is next: people form one line over all workers, and whoever was served goes behind all who wait.

So who waits is served after at most one turn of each other person, however many requests those send. A person has one
place whatever they wait for, and among their own requests a keep comes before a check.

Nobody waits in a request for it: whoever is not first is sent away and asks again. A place is an empty file: its access
time is since when it is held, its modification time when its person last asked, so a killed worker leaves none half
written. Who is put back holds theirs since a time to come: till then it is behind all others.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

#: For so many seconds others wait for who does not ask again; answers say to do so after three or five.
HELD_SECONDS: Final = 10.0
#: For so many seconds their place is theirs again once they do: a browser lets hidden pages ask once a minute.
FORGOTTEN_SECONDS: Final = 600.0


class WaitingLine:
    """The line in `folder` of people who wait for something of `kinds`, what comes first of one person first."""

    def __init__(self, folder: Path, kinds: Sequence[str]) -> None:
        self._folder, self._kinds = folder, tuple(kinds)

    def wait_in_line(self, person: str, kind: str) -> int:
        """Take or hold the place of `person`; how many come before them."""
        place = self._folder / f"{kind}.{person}"
        with self._alone():
            try:
                os.close(os.open(place, os.O_CREAT | os.O_EXCL, 0o600))
                now = time.time_ns()
                os.utime(place, ns=(now, now))  # by itself it would be the same for all who come within a few ms
            except FileExistsError:
                with suppress(FileNotFoundError):  # another request of theirs was served meanwhile
                    os.utime(place, ns=(place.stat().st_atime_ns, time.time_ns()))
            return self._count_before(person, kind)

    def count_before(self, person: str, kind: str) -> int:
        """How many come before `person`, who stands here; before who lost their place, everybody and themselves."""
        with self._alone():
            return self._count_before(person, kind)

    def waits(self) -> list[float]:
        """For how many seconds each person here has waited; less than none where they were put back."""
        with self._alone():
            places = self._since_by_place()
        since: dict[str, int] = {}
        for (person, _), began in places.items():
            since[person] = min(began, since.get(person, began))
        return [(time.time_ns() - began) / 1e9 for began in since.values()]

    def others_wait(self, person: str) -> bool:
        """Whether anybody but `person` waits."""
        with self._alone():
            return any(each != person for each, _ in self._since_by_place())

    def put_back(self, person: str, kind: str) -> None:
        """Let `person` be behind all others till their place would be forgotten."""
        place = self._folder / f"{kind}.{person}"
        with self._alone():
            place.touch(mode=0o600)
            now = time.time_ns()
            os.utime(place, ns=(now + int(FORGOTTEN_SECONDS * 1e9), now))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else comes or looks, so that of all who come at once exactly one finds that they are first."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with (self._folder / ".door").open("a") as door:
            fcntl.flock(door, fcntl.LOCK_EX)  # a moment; the kernel gives it back however a worker ends
            yield

    def _count_before(self, person: str, kind: str) -> int:
        mine = (person, kind)
        places = self._since_by_place(mine)
        if mine not in places:
            return len(places) + 1
        since: dict[str, int] = {}
        for (each, _), began in places.items():
            since[each] = min(began, since.get(each, began))
        order = sorted(places, key=lambda place: (since[place[0]], place[0], self._kinds.index(place[1])))
        return order.index(mine)

    def leave(self, person: str) -> None:
        """Give up the place of `person`, who is served."""
        for kind in self._kinds:
            with suppress(OSError):
                (self._folder / f"{kind}.{person}").unlink()

    def _since_by_place(self, mine: tuple[str, str] | None = None) -> dict[tuple[str, str], int]:
        """Since when each place is held: of those that others wait for, and `mine`."""
        found = {}
        for path in self._folder.glob("[!.]*.*"):
            kind, _, person = path.name.partition(".")
            with suppress(OSError):  # it was left meanwhile
                status = path.stat()
                age = time.time() - status.st_mtime
                if age > FORGOTTEN_SECONDS or (age < -HELD_SECONDS and (person, kind) != mine):
                    path.unlink()  # also what a clock that was set back left in the future: it would hold all others
                elif kind in self._kinds and (age < HELD_SECONDS or (person, kind) == mine):
                    found[(person, kind)] = status.st_atime_ns
        return found


def line_of(uploads: Path) -> WaitingLine:
    """The line of people who wait for a check or keep of an upload in the folder `uploads`."""
    return WaitingLine(uploads / ".line", ("keep", "check"))
