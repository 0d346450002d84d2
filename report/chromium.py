"""Drives an installed Chromium through a pipe: no further dependency, no open port."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_PROGRAMS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


class NoChromium(Exception):
    """There is no Chromium, or it does not work; the message says what to do."""


def program() -> str:
    """The Chromium to use: what CHROMIUM names, else the first that is installed. Raises NoChromium."""
    named = os.environ.get("CHROMIUM")
    for each in [named] if named else _PROGRAMS:
        if found := shutil.which(each):
            return found
    if named:
        raise NoChromium(f"CHROMIUM is “{named}”, and there is no such program.")
    raise NoChromium(
        "PDF and HTML need a Chromium, and none is installed. Install one (Debian, Ubuntu: apt-get install chromium), "
        "or name its program in CHROMIUM; .xlsx needs none."
    )


class Tab:
    """One page of a running Chromium."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, of: int, until: float) -> None:
        self._process, self._to, self._of, self._until = process, to, of, until
        self._number, self._rest, self._session = 0, b"", ""

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """What a method of the DevTools protocol answers. Raises NoChromium."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._to, json.dumps(message).encode() + b"\0")
        except BrokenPipeError:
            raise NoChromium("Chromium ended before it was done.") from None
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise NoChromium(f"Chromium refused {method}: {answer['error'].get('message')}.")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._of], [], [], max(0.0, self._until - time.monotonic()))[0]:
                raise NoChromium("Chromium took too long; try again when the machine is less busy.")
            if not (read := os.read(self._of, 1 << 20)):
                raise NoChromium("Chromium ended before it was done; start it by hand to see why.")
            self._rest += read
        one, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        return message

    def open(self, address: str, headers: dict[str, str]) -> None:
        """Go to `address`; every request of the page carries `headers`."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        screen = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.call("Network.enable")
        self.call("Network.setExtraHTTPHeaders", headers=headers)
        self.call("Page.enable")
        self.call("Page.navigate", url=address)

    def value(self, script: str) -> Any:
        """What an expression gives, a promise's value once it has one. Raises NoChromium where it fails."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            found = answer["exceptionDetails"].get("exception", {})
            raise NoChromium(f"The page could not be drawn: {found.get('description') or found.get('value')}")
        return answer["result"].get("value")


@contextmanager
def tab(seconds: float = 120) -> Iterator[Tab]:
    """A tab that may take so many seconds in all; its Chromium ends with it. Raises NoChromium."""
    chosen = program()
    (theirs, to), (of, answers) = os.pipe(), os.pipe()
    # Chromium reads its orders at 3 and answers at 4, wherever our own pipes happen to be.
    orders, said = _above(theirs), _above(answers)
    with tempfile.TemporaryDirectory(prefix="dashboard-report-", ignore_cleanup_errors=True) as profile:
        arguments = [
            chosen,
            "--headless",
            "--remote-debugging-pipe",
            f"--user-data-dir={profile}",
            "--no-first-run",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]

        def take_pipes() -> None:
            os.dup2(orders, 3)
            os.dup2(said, 4)

        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(3, 4),
            preexec_fn=take_pipes,
        )
        os.close(orders)
        os.close(said)
        try:
            yield Tab(process, to, of, time.monotonic() + seconds)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(to)
            os.close(of)


def _above(end: int) -> int:
    import fcntl

    moved = fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(end)
    return moved
