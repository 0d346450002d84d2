"""Who is next: people who wait for a check or a keep form one line over all workers, keeps before checks.

Nobody waits in a request for it: whoever is not first is sent away and asks again. A place in the line is a file of
its own, so that a person has one however many requests they send, and it is lost by who does not ask again.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

#: For so many seconds a place is held for who asks again; answers say to do so after three.
HELD_SECONDS: Final = 10.0
FORGOTTEN_SECONDS: Final = 600.0


class WaitingLine:
    """The line of the uploads in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".line"

    def wait_in_line(self, person: str, keep: bool) -> bool:
        """Take or hold the place of `person`, who waits for a keep or a check; whether they are first."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        mine = self._folder / f"{'check' if not keep else 'a-keep'}.{person}"  # sorted, a keep comes first
        if mine.name not in self._since_by_place():
            mine.write_text(f"{time.time():.6f}")
        with suppress(FileNotFoundError):  # another request of theirs was served meanwhile
            os.utime(mine)
        waiting = {mine.name: time.time()} | self._since_by_place()
        places = [(name.partition(".")[0], began, name) for name, began in waiting.items()]
        return min(places)[2] == mine.name

    def leave(self, person: str) -> None:
        """Give up the places of `person`."""
        for kind in ("check", "a-keep"):
            with suppress(OSError):
                (self._folder / f"{kind}.{person}").unlink()

    def _since_by_place(self) -> dict[str, float]:
        """Since when each place is held that still is."""
        found = {}
        for path in self._folder.glob("*.*"):
            with suppress(OSError, ValueError):  # it was left meanwhile, or is being written
                age = time.time() - path.stat().st_mtime
                if age < HELD_SECONDS:
                    found[path.name] = float(path.read_text())
                elif age > FORGOTTEN_SECONDS:
                    path.unlink()
        return found
