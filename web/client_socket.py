"""A client’s socket as gunicorn uses it, what is known of a request as it arrives, and how one is refused."""

import logging
import re
import select
import time
from collections import deque
from collections.abc import Set
from contextlib import suppress
from socket import socket
from typing import Final, Literal

import orjson

#: Who answers a request: the threads of all, those of large bodies, that of /healthz and /readyz; or nobody.
Lane = Literal["view", "body", "health", "too large"]

#: Bytes a second: a body that comes slower is given up, after a while in which it may.
SLOWEST: Final = 20_000
#: Seconds without a byte of a body.
SILENT: Final = 10.0
#: A body that comes whole before a thread has the request, as every body but a file's.
SMALL_BODY: Final = 65_536
#: A head that has not ended here never arrives.
LONGEST_HEAD: Final = 131_072

#: What a line of the request, and a field of its head, may have: an address may name hundreds of campaigns, and a token
#: 150 groups, 16 kB of base64. gunicorn's own would be 8,190 for a field, also where it is set to 0.
LONGEST_LINE: Final = 65_536
LONGEST_FIELD: Final = 32_768

_SENTENCES: Final = {
    408: "The request did not arrive in time.",
    414: f"An address may have {LONGEST_LINE:,} characters.",
    431: f"A header may have {LONGEST_FIELD:,} bytes, all of them together {LONGEST_LINE:,}: delete this site’s "
    "cookies, or ask for a token with fewer groups.",
    503: "Too many have asked at the moment. Try again in a few seconds.",
}
_PHRASES: Final = {
    408: "Request Timeout",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
#: Seconds after which it may be tried again.
_AGAIN: Final = 5
_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.I)
_LENGTHS: Final = re.compile(rb"\r\ncontent-length", re.I)
_UNKNOWN_LENGTH: Final = re.compile(rb"\r\n(transfer-encoding|expect):", re.I)
_FIRST: Final = re.compile(rb"(?:\r\n)?(?:GET|HEAD) ([^ ?]+)")

_audit = logging.getLogger("dashboard.audit")


def lane_of(received: bytearray, more: bool, health: Set[bytes]) -> Lane | None:
    """Who answers the request that begins `received`, or None while not enough of it is here.

    `more` is whether the client may send more; `health` are the paths of /healthz and /readyz. What no request can
    begin with is for whoever parses it, at once.
    """
    end = received.find(_END)
    if end < 0:
        if len(received) > LONGEST_HEAD:
            return "too large"
        line_breaks = received.count(b"\n")
        endless = not line_breaks and len(received) > LONGEST_LINE
        return "view" if endless or line_breaks != received.count(b"\r\n") else None
    head = bytes(received[: end + 2])
    if _UNKNOWN_LENGTH.search(head):
        return "body"
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    # A length that is written otherwise may be one to whoever parses it: it must not wait for the body in another lane.
    if length > SMALL_BODY or len(_LENGTHS.findall(head)) != (found is not None):
        return "body"
    if more and len(received) < end + len(_END) + length:
        return None
    first = _FIRST.match(head)
    return "health" if first and first[1] in health and not length else "view"


class ClientSocket:
    """A socket whose reads wait for a time that a slow client has, and whose writes never wait.

    What the client does not take at once is in `unsent`, for `send_on`.
    """

    def __init__(self, sock: socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self.until = 0.0
        self.unsent: deque[memoryview] = deque()
        self.fileno, self.shutdown, self.close = sock.fileno, sock.shutdown, sock.close

    def take(self, size: int) -> bytes:
        """What is here, at most `size` bytes. Raises BlockingIOError where nothing is."""
        return self._sock.recv(size)

    def recv(self, size: int) -> bytes:
        """As `take`, but waits for it. Raises TimeoutError where it comes too slowly."""
        while True:
            with suppress(BlockingIOError):
                data = self._sock.recv(size)
                self.until += len(data) / SLOWEST
                return data
            left = min(self.until - time.monotonic(), SILENT)
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            if left <= 0 or not poll.poll(left * 1000):
                raise TimeoutError("the rest of a request came too slowly")

    def sendall(self, data: bytes) -> None:
        """Send what the client takes now and keep the rest."""
        if data:
            self.unsent.append(memoryview(data))
            self.send_on()

    send = sendall

    def send_on(self) -> int:
        """Send as much of the rest as the client takes now; how many bytes."""
        total = 0
        with suppress(BlockingIOError):
            while self.unsent:
                sent = self._sock.send(self.unsent[0])
                total += sent
                if sent == len(self.unsent[0]):
                    self.unsent.popleft()
                else:
                    self.unsent[0] = self.unsent[0][sent:]
        return total

    def setblocking(self, flag: bool) -> None:
        """It never blocks, whatever gunicorn wishes."""

    def gettimeout(self) -> float:
        """As a socket says that never blocks."""
        return 0.0


def refuse(client: ClientSocket, status: int) -> None:
    """Refuse a request that never reaches the app, and write the audit line that the app would have."""
    body = orjson.dumps({"error": _SENTENCES[status]})
    again = f"Retry-After: {_AGAIN}\r\n" if status == 503 else ""
    head = (
        f"HTTP/1.1 {status} {_PHRASES[status]}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"{again}X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    with suppress(OSError):
        client.sendall(head.encode() + body)
    if status not in (408, 503):  # who is late or one too many is counted, not listed
        told = {"subject": "", "role": "", "kind": "none", "decision": _PHRASES[status].lower(), "status": status}
        _audit.info("refusal", extra={"told": told})
