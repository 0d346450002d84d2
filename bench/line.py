"""A line between browser and server that fails as it is told to, and remembers every answer that went through it."""

import http.client
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from bench.asking import CALLBACK

#: The line is whole, ends connections, answers 503, sends elsewhere to sign in, holds figures back, or any of these.
MODES: Final = ("up", "down", "busy", "signed out", "slow", "mixed")
_HOPS: Final = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "date", "server"}

#: The values of a page's cards by metric, as text; what tells one filter's figures from another's.
Cards = dict[str, str]


class Line(ThreadingHTTPServer):
    """Forwards requests to `target`, a port of 127.0.0.1, in one of `MODES`."""

    daemon_threads = True

    def __init__(self, target: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Forward)
        self.target = target
        self.mode = "up"
        self.random = random.Random(seed)
        self.answers: dict[tuple[str, str], list[Cards]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self, figures: bool) -> str:
        """What becomes of one request."""
        if self.mode != "mixed":
            return self.mode
        return self.random.choice(("up", "up", "down", "busy", "signed out", "slow")) if figures else "up"

    def remember(self, view: dict[str, Any], *queries: str) -> None:
        """Keep what a view says under what was asked for and under its canonical query."""
        for query in {view["query"], *queries}:
            self.answers.setdefault((view["page"], query), []).append(cards_of(view))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that gives a request up is no fault."""


def cards_of(view: dict[str, Any]) -> Cards:
    """The values of all cards of a view."""
    parts = [visual for visual in view["visuals"].values() if visual["state"] == "ready" and "cards" in visual]
    pairs = [
        pair for visual in parts for pair in zip(visual["metrics"], (c["value"] for c in visual["cards"]), strict=True)
    ]
    return {metric: "" if value is None else repr(float(value)) for metric, value in pairs}


class _Forward(BaseHTTPRequestHandler):
    server: Line
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        self.forward(b"")

    def do_POST(self) -> None:
        self.forward(self.rfile.read(int(self.headers["Content-Length"])))

    def forward(self, body: bytes) -> None:
        asked = json.loads(body) if self.path == CALLBACK else {}
        figures = asked.get("output") == "view.data"
        fault = self.server.fault(figures)
        if fault == "slow" and figures:
            time.sleep(self.server.random.uniform(0.05, 1.5))
        if fault == "down":
            self.close_connection = True
        elif fault == "busy":
            self.reply(503, b'{"error": "The server is busy. Try again."}', {"Content-Type": "application/json"})
        elif fault == "signed out":
            self.reply(302, b"", {"Location": "/sign-in"})
        else:
            self.pass_on(body, asked["inputs"][0]["value"]["query"] if figures else None)

    def pass_on(self, body: bytes, query: str | None) -> None:
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in {"accept-encoding", "connection"}}
        try:
            upstream.request(self.command, self.path, body or None, headers)
            answer = upstream.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):  # the server is stopped, or was while it answered
            self.close_connection = True
            return
        finally:
            upstream.close()
        if query is not None and answer.status == 200:
            self.server.remember(json.loads(content)["response"]["view"]["data"], query)
        elif first := re.search(rb'id="first">(\{.*?\})</script>', content, re.DOTALL):
            self.server.remember(json.loads(first[1]))
        self.reply(answer.status, content, {k: v for k, v in answer.getheaders() if k.lower() not in _HOPS})

    def reply(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)


@contextmanager
def open_line(target: int, seed: int) -> Iterator[Line]:
    """A line that is served while it is used."""
    with Line(target, seed) as line:
        threading.Thread(target=line.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield line
        line.shutdown()
