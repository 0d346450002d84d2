"""Which servers are running over some facts, and where: each keeps a note locked for as long as it lives."""

from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from machine.file_lock import hold, is_held
from machine.state_folder import make_state_folder

_WAIT: Final = 2.0


def note_server(folder: Path, address: str, port: int) -> IO[str] | None:
    """Note in the state folder `folder` that a server answers at `address`, until the file is closed or it ends.

    None where it cannot be noted: then the other commands do not know of it.
    """
    with suppress(OSError):
        make_state_folder(folder)
        note = hold(folder / f"server-{port}", _WAIT, OSError())
        note.truncate(0)
        note.write(address)
        note.flush()
        return note
    return None


def running_servers(folder: Path) -> list[str]:
    """The addresses of the servers that run."""
    found: list[str] = []
    with suppress(OSError):
        found += [note.read_text() for note in sorted(folder.glob("server-*")) if is_held(note)]
    return [address for address in found if address]
