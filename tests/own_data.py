"""Own data to look at, and the real server over them: what it says, and what it answers."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: A campaign that the demo does not have: an answer that names it has told of the data.
TELLING = b"Acmeonly"


def own_rows(file: Path) -> Path:
    file.write_text(
        "date,platform,account,campaign,currency,spend,impressions,clicks,conversions,revenue\n"
        "2025-09-01,Meta,Acme,Acmeonly,USD,7351,1000,10,5,9000\n"
        "2025-09-02,Google,Acme,Acmeonly,USD,7351,1000,10,5,9000\n"
    )
    return file


@dataclass
class Served:
    """A server that runs: its port, and what it has written."""

    port: int
    facts: Path
    process: subprocess.Popen[bytes]
    out: Path
    environment: dict[str, str] = field(default_factory=dict)

    def said(self) -> str:
        return self.out.read_text()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of the same user's, in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def new_key(self) -> str:
        """The key in a new address."""
        return keys_in(self.command("address").stdout)[0]

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> "Answer":
        """One request, with only the given headers; `Host` is the server's own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"Host": f"127.0.0.1:{self.port}"} | headers).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            return Answer(found.status, dict(found.getheaders()), found.read())
        finally:
            connection.close()

    def cookie(self) -> str:
        """A new cookie, as a browser sends it."""
        return self.ask(f"/?key={self.new_key()}").headers["Set-Cookie"].split(";")[0]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def tells(self) -> bool:
        return TELLING in self.body


def keys_in(text: str) -> list[str]:
    return re.findall(r"[?&]key=([0-9a-f]{72})\b", text)


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.1)


@contextmanager
def serve(facts: Path, folder: Path, **settings: str) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
    environment = (
        clean | {"DASHBOARD_PORT": str(port), "DASHBOARD_FACTS": str(facts), "DASHBOARD_WORKERS": "2"} | settings
    )
    out = folder / f"said-{port}.txt"
    with out.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve"], cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    found = Served(port, facts, process, out, environment)
    try:
        wait_for(lambda: process.poll() is not None or "The dashboard is at" in found.said())
        assert process.poll() is None, found.said()
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
