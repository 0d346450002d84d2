"""What the processes of one server know of the sign-in keys together, in memory that forked processes share.

It needs no disk, so a full one changes nothing. A counter says when it has changed: looking costs a request nothing.
"""

import fcntl
import json
import math
import mmap
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple
from weakref import finalize

from access.key_sets import PublicKey, read_pem, write_pem

#: A moment before any other.
NEVER: Final = -math.inf
_COUNT: Final = struct.Struct("=Q")
#: Of what is stored: how often something was, how long it is, and its checksum.
_HEAD: Final = struct.Struct("=QQI")
#: Room for several times the keys of the longest answer (access/key_server.py); what is not used is not taken.
_ROOM: Final = 2_000_000


@dataclass(frozen=True)
class KeySet:
    """The keys of one answer by their kid, when the server last gave them, and when it was last asked for them."""

    keys: Mapping[str, PublicKey]
    confirmed: float
    tried: float


class Vain(NamedTuple):
    """Of an id that was asked for in vain: how often there was no such key, and until when it waits."""

    refusals: int
    until: float


@dataclass(frozen=True)
class KeyState:
    """All that is known: `sets` by the name under which they are asked for, and how asking has gone.

    `began` and `ended` are of the last fetch. `failed` is when known keys last could not be had, NEVER where they could
    since. `outcomes` counts fetches: "keys", "none" (there is no such key) and "failed".
    `vain` are the ids that were last asked for in vain where each key is a file of its own, the newest last.
    """

    sets: Mapping[str, KeySet] = field(default_factory=dict)
    began: float = NEVER
    ended: float = NEVER
    failed: float = NEVER
    outcomes: Mapping[str, int] = field(default_factory=dict)
    vain: Mapping[str, Vain] = field(default_factory=dict)


class SharedKeys:
    """A `KeyState` that is the same in every process forked from the one that made this."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (kept open and empty: it is what they lock)
        self._memory = mmap.mmap(-1, _ROOM)
        self._read, self._state = 0, KeyState()
        self._lock = Lock()
        finalize(self, self._file.close)

    def state(self) -> KeyState:
        """The newest there is, whichever process changed it."""
        if self._read != _COUNT.unpack_from(self._memory)[0]:
            with self._file_lock(fcntl.LOCK_SH):
                self._take()
        return self._state

    def change(self, update: Callable[[KeyState], KeyState]) -> None:
        """Put what `update` makes of the newest in its place, for every process."""
        with self._file_lock(fcntl.LOCK_EX):
            self._take()
            self._state = update(self._state)
            content = _to_json(self._state)
            self._memory[_HEAD.size : _HEAD.size + len(content)] = content
            self._read += 1
            _HEAD.pack_into(self._memory, 0, self._read, len(content), zlib.crc32(content))

    @contextmanager
    def fetch_lock(self) -> Iterator[bool]:
        """Whether this process is the one that fetches, which it is until the end. Waits for nobody."""
        try:  # of another byte than the other lock: whoever waits for that one never waits for this
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 1)

    def _take(self) -> None:
        """With the lock: what another process has left. What one that was killed has left by half says nothing."""
        count, length, checksum = _HEAD.unpack_from(self._memory)
        if self._read != count:
            content = self._memory[_HEAD.size : _HEAD.size + length]
            if zlib.crc32(content) == checksum:
                self._state = _from_json(content)
            self._read = count

    @contextmanager
    def _file_lock(self, how: int) -> Iterator[None]:
        with self._lock:  # the system's lock is a process's: it keeps no two threads apart
            fcntl.lockf(self._file, how, 1, 0)  # let go by the system should this process be killed
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 0)


def _to_json(state: KeyState) -> bytes:
    sets = {
        name: {**vars(each), "keys": {kid: write_pem(key) for kid, key in each.keys.items()}}
        for name, each in state.sets.items()
    }
    return json.dumps({**vars(state), "sets": sets}).encode()


def _from_json(content: bytes) -> KeyState:
    found = json.loads(content)
    sets = {
        name: KeySet(**{**each, "keys": {kid: read_pem(text.encode()) for kid, text in each["keys"].items()}})
        for name, each in found["sets"].items()
    }
    return KeyState(**{**found, "sets": sets, "vain": {kid: Vain(*each) for kid, each in found["vain"].items()}})
