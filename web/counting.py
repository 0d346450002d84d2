"""Where the master and its workers count requests: files that a full disk cannot harm.

prometheus_client maps one file a process into memory, and a process that writes to such a page of a full `/dev/shm` is
ended by the kernel (SIGBUS). So the files lie in memory that has no volume (memfd), under names in a folder of their
own. A worker counts in a numbered place: whoever is started for one that ended goes on with its file, so there are
never more files than there were workers at once.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

#: One for each kind of metric of web.operations.
KINDS: Final = ("counter", "histogram")
MASTER: Final = 0
_BEGUN: Final = 1 << 16


class Counts:
    """The files of one server; `place` is the one that this process counts in."""

    def __init__(self, folder: str | None) -> None:
        """`folder` is where names may be made. Has to come before anything imports prometheus_client."""
        self.folder = Path(tempfile.mkdtemp(prefix="dashboard-metrics-", dir=folder))
        self.place = MASTER
        self._files: dict[int, list[int]] = {}
        self._used = {MASTER}
        self._make(MASTER)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder)

    def install(self) -> None:
        """Let prometheus_client take a process's place for what it calls the process by."""
        from prometheus_client import values

        values.ValueClass = values.MultiProcessValue(process_identifier=lambda: self.place)

    def take(self) -> int:
        """A place for a worker that is about to be forked."""
        place = next(number for number in range(1, len(self._used) + 1) if number not in self._used)
        self._used.add(place)
        if place not in self._files:
            self._make(place)
        return place

    def give(self, place: int) -> None:
        """The worker at `place` is gone; the next one goes on there."""
        self._used.discard(place)

    def remove(self) -> None:
        """Remove the names; the memory goes with the last process."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, place: int) -> None:
        """The files of a place: in memory, held by the master, where the system has such (Linux); else on the disk."""
        self._files[place] = []
        if not hasattr(os, "memfd_create"):
            return
        for kind in KINDS:
            file = os.memfd_create(f"dashboard-{kind}-{place}", 0)
            os.truncate(file, _BEGUN)  # none is ever found empty, also not by who reads it before anybody counts
            name = self.folder / f"{kind}_{place}.db"
            name.symlink_to(f"/proc/{os.getpid()}/fd/{file}")
            try:
                name.open("rb").close()
            except OSError:  # a system that lets nobody look there
                name.unlink()
            self._files[place].append(file)
