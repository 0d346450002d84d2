"""Requests of one worker that wait for one of its threads: few enough, each client in turn, and none of a client gone.

Whoever asks most waits longest. A request that nobody waits for any more is not worked on.
"""

import re
import select
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Generic, Protocol, TypeVar

#: So many wait for the threads of one kind. One more, and the last of the client that has most waiting is refused.
MOST_WAITING: Final = 64

#: What the system says of a connection that the client has closed or reset, also behind what it sent before.
_GONE: Final = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class Numbered(Protocol):
    """What has a file number, as a socket has."""

    def fileno(self) -> int:
        """The number."""
        ...


class Connected(Protocol):
    """What waits: a connection."""

    sock: Any


C = TypeVar("C", bound=Connected)


class WaitingRequests(Generic[C]):
    """The requests in line; clients have turns, one request each."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        #: Of each client, in the order of their turns.
        self._of: dict[object, deque[C]] = {}
        self._clients: dict[int, tuple[object, C]] = {}
        self._poll = select.poll()

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def full(self) -> bool:
        """Whether there is no place for one more."""
        return len(self) >= self._most

    def add(self, conn: C, client: object) -> C | None:
        """Add a client's request. Where there are too many, returns the one that has to go."""
        self._of.setdefault(client, deque()).append(conn)
        self._clients[conn.sock.fileno()] = client, conn
        self._poll.register(conn.sock.fileno(), _GONE)
        if len(self) <= self._most:
            return None
        last = max(self._of.values(), key=len)[-1]
        self._remove(last)
        return last

    def next(self) -> C | None:
        """Take out the request whose turn it is."""
        client = next(iter(self._of), None)
        if client is None:
            return None
        conn = self._of[client][0]
        self._remove(conn)
        if client in self._of:
            self._of[client] = self._of.pop(client)  # behind the others
        return conn

    def take_abandoned(self) -> list[C]:
        """Take out those whose clients have closed or reset their connection."""
        gone = [self._clients[number][1] for number, _ in self._poll.poll(0)] if self._clients else []
        for conn in gone:
            self._remove(conn)
        return gone

    def _remove(self, conn: C) -> None:
        number = conn.sock.fileno()
        self._poll.unregister(number)
        client, _ = self._clients.pop(number)
        self._of[client].remove(conn)
        if not self._of[client]:
            del self._of[client]


class Pool(Generic[C]):
    """Threads of one kind, and the requests that wait for them."""

    def __init__(self, name: str, threads: int) -> None:
        self.threads = threads
        self.executor = ThreadPoolExecutor(threads, name)
        self.busy = 0
        self.waiting: WaitingRequests[C] = WaitingRequests()

    @property
    def full(self) -> bool:
        """Whether every thread works."""
        return self.busy >= self.threads

    def begin(self, work: Callable[[C], bool], conn: C) -> "Future[bool]":
        """Give a request to a thread that is free."""
        self.busy += 1
        return self.executor.submit(work, conn)


def reader_of(header: str) -> Callable[[Any, bytearray], object]:
    """Whose a request is: the address's, and the sign-in's where `header` names what holds it.

    The sign-in is not checked here: who makes some up gets turns for requests that the guard refuses at once.
    """
    field = re.compile(rb"\r\n%s:[ \t]*([^\r]*)" % re.escape(header.encode()), re.I) if header else None

    def reader(address: Any, received: bytearray) -> object:
        found = field.search(received) if field else None
        return (address[0] if isinstance(address, tuple) else "", hash(found[1]) if found else 0)

    return reader
