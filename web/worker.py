"""A gunicorn worker with threads, made for slow clients: a thread gets a request only once it has arrived.

The worker's first thread reads heads and small bodies as they come in and sends what a client is slow to take, each
within a time. Bodies that are too large for that have threads of their own, and /healthz and /readyz have one, so that
neither a client nor a long answer keeps them waiting. What waits for a thread is in web/waiting_requests.py.
"""

import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from errno import EAGAIN, ECONNABORTED, EWOULDBLOCK
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, socket
from typing import Any, Final

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from web.client_socket import SLOWEST, ClientSocket, Lane, lane_of, refuse
from web.knocks import Knocks
from web.waiting_requests import Pool, reader_of

#: Seconds for a head, and for a small body with it.
HEAD_SECONDS: Final = 10.0
#: Seconds for a large body beside one for every SLOWEST bytes of it (web/client_socket.py), and for an answer to be
#: taken.
BODY_SECONDS: Final = 30.0
ANSWER_SECONDS: Final = 60.0
#: Connections of one worker; where there are more, the one that has waited longest goes.
MOST_CONNECTIONS: Final = 500
#: Bytes of half-sent requests and untaken answers in one worker; where there are more, the same.
MOST_HELD: Final = 32 << 20
#: So many may have knocked when a worker ends; whoever knocks later finds the next one.
MOST_AT_THE_END: Final = 2048
#: For so long a thread computes while another wants to. The first thread, which hands on requests, waits that often.
TURN_SECONDS: Final = 0.001

_LINGER: Final = 2.0
_SWEEP: Final = 0.25
_READ: Final = 65_536

_log = logging.getLogger("dashboard")


class Connection(TConn):  # type: ignore[misc]
    """A client's connection: what is here of its next request, and until when it may wait for what it waits for."""

    def __init__(self, cfg: Any, sock: socket, client: Any, server: Any) -> None:
        super().__init__(cfg, ClientSocket(sock), client, server)
        self.received = bytearray()
        self.lane: Lane | None = None
        self.keep = False
        self.until = 0.0
        self.held = 0


class Worker(ThreadWorker):  # type: ignore[misc]
    """The worker; takes on at once what it has a thread for.

    What it has none for stays with the listening socket for a moment, for whichever worker is free. Then it is taken on
    nevertheless: it may ask for /healthz.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        settings = self.app.settings
        self.health = {f"{path}{name}".encode() for path in ("/", settings.prefix) for name in ("healthz", "readyz")}
        self.reader_of = reader_of("" if settings.auth == "demo" else settings.auth_header)
        #: Connections that wait for their client, longest first: half-sent, not taken, closing.
        self.waiting: dict[Connection, None] = {}
        self.accepted = self.held = self.refused = 0
        self.last_sweep = 0.0

    def init_process(self) -> None:
        threads = self.cfg.threads
        lanes: tuple[tuple[Lane, int], ...] = (("view", threads), ("body", threads), ("health", 1))
        self.pools: dict[Lane, Pool[Connection]] = {lane: Pool(lane, number) for lane, number in lanes}
        self.knocks = Knocks(self.sockets)
        sys.setswitchinterval(TURN_SECONDS)
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The threads of all."""
        return self.pools["view"].executor

    @property
    def worker_connections(self) -> int:
        """How many connections there may be before knocks are only looked at now and then: none where all work."""
        return 0 if self.pools["view"].full else MOST_CONNECTIONS + 1

    @worker_connections.setter
    def worker_connections(self, number: int) -> None:
        """gunicorn sets what is configured; the bound is MOST_CONNECTIONS."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end, take on what has knocked already: whoever waits for an answer gets it."""
        if not (enabled or self.alive):
            self._accept_at_most(MOST_AT_THE_END)
        super().set_accept_enabled(enabled)
        if not self.alive:
            soon = time.monotonic() + STOP_KEEPALIVE_LINGER
            for conn in self.waiting:
                conn.until = conn.until if conn.sock.unsent else min(conn.until, soon)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn's, but back in time to see who knocks while no thread is free, and who has hung up."""
        full = self.pools["view"].full
        super().wait_for_and_dispatch_events(min(timeout, self.knocks.pause if full else 2 * _SWEEP))
        for pool in self.pools.values():
            self._drop_abandoned(pool)
        if self.alive and self.pools["view"].full:
            self._accept_at_most(self.knocks.look())

    def _accept_at_most(self, number: int) -> None:
        """Take on so many connections of each listening socket, or as many as there are."""
        for _ in range(number):
            before = self.accepted
            for listener in self.sockets:
                self.accept(listener)
            if self.accepted == before:
                return

    def _drop_abandoned(self, pool: Pool[Connection]) -> None:
        """Drop the requests that wait and whose clients do not any more."""
        for conn in pool.waiting.take_abandoned():
            self._drop(conn)

    def accept(self, listener: socket) -> None:
        """Take on a connection and read what is here of its first request."""
        try:
            sock, client = listener.accept()
        except OSError as problem:
            if problem.errno not in (EAGAIN, ECONNABORTED, EWOULDBLOCK):
                raise
            return
        self.accepted += 1
        self.nr_conns += 1
        if self.nr_conns > MOST_CONNECTIONS:
            self._make_room()
        self.enqueue_req(Connection(self.cfg, sock, client, listener.getsockname()))

    def enqueue_req(self, conn: Connection) -> None:
        """Read a connection's next request; a thread gets it once it is whole."""
        conn.until = time.monotonic() + self.cfg.keepalive  # before its first byte
        self._read(conn)

    def _read(self, conn: Connection) -> None:
        try:
            data = conn.sock.take(_READ)
        except BlockingIOError:
            self._wait(conn, EVENT_READ, self._read)
            return
        except OSError:
            self._drop(conn)
            return
        if not conn.received:
            conn.until = time.monotonic() + HEAD_SECONDS
        conn.received += data
        self._look(conn, bool(data))

    def _look(self, conn: Connection, more: bool) -> None:
        """Whether a whole request is here, and whose it is."""
        lane = lane_of(conn.received, more, self.health)
        if lane is None and not more:
            self._drop(conn)
        elif lane is None:
            self._hold(conn, len(conn.received))
            self._wait(conn, EVENT_READ, self._read)
        elif lane == "too large":
            self._refuse(conn, 431)
        else:
            self._hand_on(conn, lane)

    def _hand_on(self, conn: Connection, lane: Lane) -> None:
        """Give a request to a thread, or let it wait for one."""
        self._leave(conn)
        conn.lane = lane
        pool = self.pools[lane]
        if not pool.full:
            self._begin(conn, pool)
            return
        if pool.waiting.full:
            self._drop_abandoned(pool)
        too_many = pool.waiting.add(conn, self.reader_of(conn.client, conn.received))
        if too_many:
            self.refused += 1
            self._refuse(too_many, 503)

    def _begin(self, conn: Connection, pool: Pool[Connection]) -> None:
        conn.init()
        conn.parser.unreader.unread(bytes(conn.received))
        conn.received.clear()
        conn.sock.until = time.monotonic() + BODY_SECONDS
        done = pool.begin(self.handle, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """Whether the connection can be used again. Nobody waits for a body that the answer did not need."""
        conn.sock.until = 0.0
        return bool(super()._keepalive_after(conn, keepalive))

    def finish_request(self, conn: Connection, done: "Future[bool]") -> None:
        """The answer is made: send what the client did not take at once, then read its next request, or close."""
        assert conn.lane is not None
        pool = self.pools[conn.lane]
        pool.busy -= 1
        self._drop_abandoned(pool)
        following = pool.waiting.next()
        if following:
            self._begin(following, pool)
        conn.keep = not done.cancelled() and done.exception() is None and bool(done.result())
        conn.until = time.monotonic() + ANSWER_SECONDS
        self._send(conn)

    def _send(self, conn: Connection) -> None:
        try:
            conn.until += conn.sock.send_on() / SLOWEST
        except OSError:
            self._drop(conn)
            return
        if conn.sock.unsent:
            self._hold(conn, sum(map(len, conn.sock.unsent)))
            self._wait(conn, EVENT_WRITE, self._send)
        elif conn.keep:
            self._rest(conn)
        else:
            self._close(conn)

    def _rest(self, conn: Connection) -> None:
        """Until the client asks again, for as long as a connection is kept."""
        self._leave(conn)
        if early := conn.parser.unreader.take_buffered():
            conn.received += early
            conn.until = time.monotonic() + HEAD_SECONDS
            self._look(conn, True)
            return
        conn.set_timeout()
        if not self.alive:
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    def _close(self, conn: Connection) -> None:
        """Say that nothing more comes, and let the client take what came: what it still sends would undo that."""
        conn.until = time.monotonic() + _LINGER
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self._drop(conn)
            return
        conn.received.clear()
        self._leave(conn)
        self._drain(conn)

    def _drain(self, conn: Connection) -> None:
        try:
            if conn.sock.take(_READ):
                self._wait(conn, EVENT_READ, self._drain)
                return
        except BlockingIOError:
            self._wait(conn, EVENT_READ, self._drain)
            return
        except OSError:
            pass
        self._drop(conn)

    def _wait(self, conn: Connection, event: int, then: Callable[[Connection], None]) -> None:
        """Call `then` once the client has sent or taken more."""
        if conn in self.waiting:
            if self.poller.get_key(conn.sock).events == event:
                return
            self._leave(conn)
        self.waiting[conn] = None
        self.poller.register(conn.sock, event, lambda _: then(conn))

    def _leave(self, conn: Connection) -> None:
        """A connection waits no longer."""
        if conn in self.waiting:
            del self.waiting[conn]
            self.poller.unregister(conn.sock)
        self.held -= conn.held
        conn.held = 0

    def _drop(self, conn: Connection) -> None:
        self._leave(conn)
        self.nr_conns -= 1
        conn.close()

    def _hold(self, conn: Connection, size: int) -> None:
        """A connection holds so many bytes; where all hold too many, those that have waited longest go."""
        self.held += size - conn.held
        conn.held = size
        while self.held > MOST_HELD:
            longest = next((each for each in self.waiting if each.held and each is not conn), None)
            if longest is None:
                return
            self._drop(longest)

    def _make_room(self) -> None:
        """Let go the connection that has waited longest for its client, else the one that has rested longest."""
        if self.waiting:
            self._drop(next(iter(self.waiting)))
        elif self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()

    def murder_pending(self) -> None:
        """Let those go that were too slow; gunicorn asks for it again and again."""
        now = time.monotonic()
        if now < self.last_sweep + _SWEEP:
            return
        self.last_sweep = now
        late = [conn for conn in self.waiting if conn.until < now]
        half = [conn for conn in late if conn.received]
        for conn in late:
            if conn.received:
                self._refuse(conn, 408)
            else:
                self._drop(conn)
        if half:
            _log.warning("connections closed that did not send their request in time: %s", len(half))
        if self.refused:
            _log.warning("requests refused because too many waited for a thread: %s", self.refused)
            self.refused = 0

    def handle_error(self, req: Any, client: ClientSocket, address: Any, problem: Exception) -> None:
        """Answer what is no request that can be answered; runs in a thread."""
        status = {LimitRequestHeaders: 431, LimitRequestLine: 414}.get(type(problem))
        if status is None:
            super().handle_error(req, client, address, problem)
        else:
            refuse(client, status)

    def _refuse(self, conn: Connection, status: int) -> None:
        conn.keep, conn.until = False, time.monotonic() + _LINGER
        conn.received.clear()
        refuse(conn.sock, status)
        self._send(conn)
