"""A job, the check or keep of an upload: a folder inside the upload’s own that every process can find."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

import orjson

from machine.file_lock import hold, is_held

_NAME: Final = "job"
_LOOKED_AT: Final = 1.0  # seconds: who looks whether it is held holds it for a moment


@dataclass(frozen=True)
class Job:
    """The folder `folder` with what is asked for, what a keep is about to write, and how it ended.

    Whoever works on it holds the file `running`, which the kernel gives back however that process ends.
    """

    folder: Path

    @classmethod
    def of(cls, upload: Path) -> Self:
        """The job of an upload, whether or not there is one."""
        return cls(upload / _NAME)

    def clear(self) -> None:
        """Make room for a new job in the place of an earlier one."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.scratch.mkdir(mode=0o700, parents=True)

    def ask(self, wish: Mapping[str, Any]) -> None:
        """This is what is asked for."""
        self._write("wish", wish)

    @property
    def upload(self) -> Path:
        """The folder of the upload."""
        return self.folder.parent

    @property
    def scratch(self) -> Path:
        """Where its process puts temporary files."""
        return self.folder / "scratch"

    @property
    def wish(self) -> dict[str, Any] | None:
        """What is asked for; None where there is no job."""
        return self._read("wish")

    @property
    def record(self) -> dict[str, Any] | None:
        """What a keep was about to write (ingest.write.keep); None before that."""
        return self._read("record")

    @property
    def answer(self) -> dict[str, Any] | None:
        """How it ended: a `status` and a `body`; None before that, or where its process was ended before."""
        return self._read("answer")

    def begin(self, record: Mapping[str, Any]) -> None:
        """A keep is about to write this."""
        self._write("record", record)

    def end(self, status: int, body: Mapping[str, Any]) -> None:
        """This is how it ended."""
        self._write("answer", {"status": status, "body": body})

    def log_once(self, write: Callable[[], None]) -> None:
        """Have the audit line of a keep written, by whichever of its processes comes first."""
        if not (note := self.folder / "logged").exists():
            write()
            note.touch()

    def hold(self, refusal: Exception) -> IO[str]:
        """The file that says that somebody works on it, held. Raises `refusal` where somebody does already."""
        return hold(self.folder / "running", _LOOKED_AT, refusal)

    @property
    def runs(self) -> bool:
        """Whether a process works on it."""
        return is_held(self.folder / "running")

    def give_up(self) -> None:
        """Nobody waits for this check any more."""
        (self.folder / "wish").unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = orjson.loads((self.folder / name).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        """Whole or not at all, whoever is ended meanwhile."""
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=f".{name}-", delete=False) as file:
            file.write(orjson.dumps(content))
        os.replace(file.name, self.folder / name)
