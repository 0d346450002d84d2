"""Kill −9 of a keep, of its worker and of the whole server, at chance moments: the table and the page agree."""

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.hostile import OURS, Server
from ingest.one_file import How, import_file
from ingest.write.shop import path_of
from tests.access.signing import AUDIENCE, IMPORTERS, ISSUER, Provider
from tests.ingest.test_killed import both, held
from tests.web.test_imports import processes, until

ROOT = Path(__file__).parents[2]
ROUNDS = 24


class Company:
    """A company's dashboard with two workers, started again where it was killed."""

    def __init__(self, table: Path, provider: Provider, folder: Path) -> None:
        (folder / "policy.toml").write_text(IMPORTERS)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.table, self.log = table, folder / "server.log"
        self.server = Server("127.0.0.1", port, {"X-Auth-Id-Token": provider.token(["grp-import"], sub="u-import")})
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
        self.environment = kept | {
            "DASHBOARD_PORT": str(port),
            "DASHBOARD_FACTS": str(table),
            "DASHBOARD_WORKERS": "2",
            "DASHBOARD_AUTH": "jwt",
            "DASHBOARD_AUTH_KEYS": str(provider.jwks),
            "DASHBOARD_AUTH_ISSUER": ISSUER,
            "DASHBOARD_AUTH_AUDIENCE": AUDIENCE,
            "DASHBOARD_POLICY": str(folder / "policy.toml"),
            "DASHBOARD_LOG": "json",
        }
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "cli", "serve"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stderr=log, stdout=log)
        until(lambda: self.server.ask("GET", "/readyz")[0] == 200)

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(each) for each in children]

    def ask(self, path: str, **body: str) -> tuple[int, dict[str, Any]]:
        """As the page asks: again while it does not answer, is busy, or has not ended."""
        question, end = path, time.monotonic() + 120
        while time.monotonic() < end:
            status, answer = self.server.ask("POST", f"/import/{question}", json.dumps(body).encode(), 10, **OURS)
            if status not in (0, 202, 503):
                return status, json.loads(answer)
            question = "outcome" if status == 202 else path
            time.sleep(0.1)
        raise AssertionError(f"{path} did not end")

    def kill(self, whom: str, upload: Path) -> None:
        """End some of its processes at once; the server is started again where it is gone."""
        workers = self.workers()
        found = {"keep": processes(upload), "workers": workers, "server": [self.process.pid, *workers]}
        found["all"] = [*found["keep"], *found["server"]]
        for each in found[whom]:
            os.kill(each, signal.SIGKILL)
        if whom in ("server", "all"):
            self.process.wait()
            self.start()


@contextmanager
def company(table: Path, provider: Provider, folder: Path) -> Iterator[Company]:
    found = Company(table, provider, folder)
    try:
        yield found
    finally:
        found.process.terminate()
        found.process.wait(30)


@pytest.mark.long
@pytest.mark.parametrize("whom", ["keep", "workers", "server", "all"])
def test_killed_at_chance_moments_of_a_keep(tmp_path: Path, provider: Provider, whom: str) -> None:
    table, chance = tmp_path / "data" / "facts", random.Random(whom)
    import_file(both(tmp_path / "1.zip", 1), How(table), lambda said: None)
    now, told = 1, []
    with company(table, provider, tmp_path) as here:
        took = 3.0
        for factor in range(2, 2 + ROUNDS // 4):
            file = both(tmp_path / f"{factor}.zip", factor)
            _, token = here.server.send(file.name, file.read_bytes())
            mark = here.ask("check", upload=token)[1]["mark"]
            here.server.ask("POST", "/import/keep", json.dumps({"upload": token, "mark": mark}).encode(), 0.1, **OURS)
            time.sleep(chance.random() * took)  # a moment of chance, which nothing can be waited for
            (upload,) = table.parent.glob(f".facts.uploads-*/[uk]-{token}")
            here.kill(whom, upload)

            status, answer = here.ask("keep" if chance.random() < 0.5 else "outcome", upload=token, mark=mark)

            assert status == 200
            told.append("kept" if answer.get("kept") else "stopped" if answer.get("stopped") else "shown again")
            now = factor if answer.get("kept") else now
            assert (held(table, "impressions"), held(path_of(table), "orders")) == ({now}, {now}), answer
            here.server.forget(token)
    lines = re.findall(r'"message": "import".*"keep": "([0-9a-f]{16})".*"subject": "u-import"', here.log.read_text())
    assert len(set(lines)) == told.count("kept"), told  # one killed in the instant after its line has it twice
    assert told
