"""Serves with gunicorn: another process reads the facts, the app is made once, and the workers fork from it.

`serve_debug` serves with Flask's development server instead, for whoever changes the code.
"""

import errno
import fcntl
import gc
import logging
import mmap
import os
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import gunicorn.http.message
from gunicorn.app.base import BaseApplication

from access.own_key import NoSecret, address_with_key, command_line, once_sentence
from access.running_servers import note_server
from facts.engines.choice import engine_of
from facts.protocol import DataProblem
from facts.reader_process import ReaderProcess
from machine.loopback import is_loopback
from machine.memory import give_back
from settings import Settings, WrongSetting
from web.client_socket import LONGEST_FIELD, LONGEST_LINE
from web.counting import Counts
from web.worker import MOST_CONNECTIONS, Worker

if TYPE_CHECKING:
    from facts.source import ShownKind
    from web.own_key import KeyCheck

SHARED_MEMORY = "/dev/shm" if sys.platform == "linux" else None
MASTER = os.getpid()
#: Seconds that a worker, once it has answered its requests, waits for what it reads just then.
_LAST_READ: Final = 5.0
#: Seconds that a server waits for one before it to leave the port.
_LAST_SERVER: Final = 3.0


def serve(settings: Settings, reader: ReaderProcess) -> int:
    """Serve until interrupted the facts that `reader` brings; returns the exit status."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_LINE
    if not _is_free(settings.host, settings.port):
        print(
            "marketing-dashboard: Another program, perhaps another dashboard, listens on "
            f"{settings.host}:{settings.port}. End it, or name another port, such as "
            f"DASHBOARD_PORT={settings.port % 65535 + 1}.",
            file=sys.stderr,
        )
        return 2
    counts = Counts(SHARED_MEMORY)
    try:
        Server(settings, reader, counts).run()
    except WrongSetting as problem:
        print(f"marketing-dashboard: {problem}", file=sys.stderr)
        return 2
    finally:
        if os.getpid() == MASTER:
            counts.remove()
    return 0


def _is_free(host: str, port: int) -> bool:
    """Whether nothing else listens on the port; one that is just ending has a moment to do so."""
    if os.environ.keys() & {"LISTEN_FDS", "GUNICORN_FD"}:  # the socket is given
        return True
    end = time.monotonic() + _LAST_SERVER
    while True:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                if time.monotonic() < end:
                    time.sleep(0.1)
                    continue
                return False
        return True  # what else is wrong with the address gunicorn tells


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured for the dashboard."""

    def __init__(self, settings: Settings, reader: ReaderProcess, counts: Counts) -> None:
        self.settings, self.reader, self.counts = settings, reader, counts
        self.key_check: KeyCheck | None = None
        super().__init__()

    def load_config(self) -> None:
        settings = self.settings
        options: dict[str, Any] = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "threads": settings.threads,
            "worker_class": Worker,
            "preload_app": True,
            "worker_tmp_dir": SHARED_MEMORY,
            "control_socket_disable": True,
            "worker_connections": MOST_CONNECTIONS,
            "sendfile": False,  # around the socket that never blocks
            "limit_request_line": LONGEST_LINE,
            "limit_request_field_size": LONGEST_FIELD,
            "forwarder_headers": "",
            "graceful_timeout": 20,
            "keepalive": 30,
            "max_requests": 100_000,
            "max_requests_jitter": 10_000,
            "proc_name": "marketing-dashboard",
            "loglevel": "warning",
            "on_starting": lambda arbiter: start_logging(settings),
            "when_ready": lambda arbiter: self.announce(),
            "pre_fork": lambda arbiter, worker: setattr(worker, "place", self.counts.take()),
            "post_fork": lambda arbiter, worker: setattr(self.counts, "place", worker.place),
            "post_worker_init": lambda worker: self.look_after(),
            "child_exit": lambda arbiter, worker: self.count_ended(worker),
            "worker_exit": lambda arbiter, worker: self.let_go(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        gc.disable()  # what is made now stays: looking for garbage among it is a tenth of the start
        self.counts.install()
        from app import create_app
        from facts.source import Source, load_by_reader_process

        try:
            engine = engine_of(self.settings)
            first = partial(load_by_reader_process, reader=self.reader, engine=engine)
            source = Source(self.settings.facts, first, engine)
        except DataProblem as problem:
            raise WrongSetting(str(problem)) from None
        self.source = source
        self.flask = create_app(self.settings, source).server
        self.key_check = self.flask.extensions["dashboard.key_check"]
        if self.key_check is not None:
            source.when_changed(Announcer(self.settings, self.key_check).say_change)
        gc.enable()
        gc.collect()
        give_back()  # each worker would copy it once it used it
        gc.freeze()  # what is here now is never collected, so workers share it rather than copy it
        return self.flask

    def announce(self) -> None:
        """Say where the pages are, and let other commands know while this runs."""
        self.note = announce(self.settings, self.key_check)

    def look_after(self) -> None:
        """In a worker: what goes on beside requests."""
        look_after(self.flask)

    def let_go(self) -> None:
        """A worker ends, soon and with nothing being read.

        Where DuckDB was used, what was frozen may be collected again, since its connections hang on that: else its
        binding reports them as leaked, forty lines a worker.
        """
        self.source.close(_LAST_READ)
        if "duckdb" in sys.modules:
            gc.unfreeze()

    def count_ended(self, worker: Any) -> None:
        """A worker is gone: count it, and let the next one count on in its place."""
        self.counts.give(worker.place)
        self.flask.extensions["dashboard.metrics"].restarts.inc()


def look_after(flask: Any) -> None:
    """Settle imports that an earlier process left, and keep sign-in keys and data current while nobody asks."""
    imports = flask.extensions.get("dashboard.imports")
    if imports is not None:  # there is none where no files are taken
        imports.settle()
    keys = flask.extensions["dashboard.keys"]
    if keys is not None:
        keys.start()
    if flask.extensions.get("dashboard.key_check") is not None:
        flask.extensions["dashboard.desk"].source.current()  # own data that come are shown to who first asks


def start_logging(settings: Settings) -> None:
    """Lines of the dashboard and of gunicorn in one form."""
    from web import operations

    operations.start_logging(settings.log)
    logging.getLogger("gunicorn.error").handlers[:] = []
    logging.getLogger("gunicorn.error").propagate = True


def address_of(settings: Settings) -> str:
    """Where the pages are, as a browser on this machine reaches them."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.port}{settings.prefix}"


def announce(settings: Settings, check: "KeyCheck | None") -> IO[str] | None:
    """Say where the pages are; returns the note of it for other commands, which holds until it is closed."""
    logging.getLogger("dashboard").info("ready")
    address = address_of(settings)
    if check is None or check.demo_is_open():
        print(f"The dashboard is at {address}", flush=True)
    else:
        print(f"The dashboard is at {address_with_key(address, check.key)}\n{once_sentence()}", flush=True)
    return None if check is None else note_server(check.key.folder, address, settings.port)


class Announcer:
    """Says that one's own data have taken the demo's place, or the reverse: once, whichever worker sees it first."""

    def __init__(self, settings: Settings, check: "KeyCheck") -> None:
        self._address, self._check = address_of(settings), check
        self._said = mmap.mmap(-1, 1)  # which of them was said to be shown; all workers share it
        self._said[0] = check.kind().demo
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (kept open and empty: it is what they lock)

    def say_change(self, kind: "ShownKind") -> None:
        """Say what is shown now, unless that was said already."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            if self._said[0] == kind.demo:
                return
            self._said[0] = kind.demo
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        if kind.nothing:
            again = f"`{command_line()} import` brings some, `{command_line()} history` lists what was undone."
            print(f"The dashboard has no data any more. {again}", flush=True)
            return
        if kind.demo and self._check.demo_is_open():
            print(f"The dashboard shows the demo again: {self._address}", flush=True)
            return
        try:
            address = address_with_key(self._address, self._check.key)
        except NoSecret as problem:
            logging.getLogger("dashboard").warning("%s", problem)
        else:
            what = "the demo again" if kind.demo else "your own data now"
            print(f"The dashboard shows {what}: {address}\n{once_sentence()}", flush=True)


def serve_debug(settings: Settings) -> int:
    """Serve for development until interrupted; returns the exit status.

    One process that begins again when a file of the code changes, and the page in the browser with it; Dash's dev
    tools; the browser's code as it was written. On this machine only.
    """
    from werkzeug.serving import is_running_from_reloader, run_simple

    if not is_loopback(settings.host):
        print(
            f"marketing-dashboard: --debug is for this machine only: DASHBOARD_HOST is {settings.host}; leave it out, "
            "or serve without --debug.",
            file=sys.stderr,
        )
        return 2
    start_logging(settings)
    # The first process only watches the second, and starts it again.
    application: Any = debug_application(settings) if is_running_from_reloader() else None
    watched = map(str, source_files(Path(__file__).resolve().parent))
    run_simple(settings.host, settings.port, application, threaded=True, use_reloader=True, extra_files=watched)
    return 0


def debug_application(settings: Settings) -> Callable[..., Iterable[bytes]]:
    """The app with Dash's dev tools; where the code cannot be run, one that answers with why, until it is changed."""
    from facts.source import Source, load_by_reader_process

    try:
        from app import create_app

        engine = engine_of(settings)
        source = Source(settings.facts, partial(load_by_reader_process, engine=engine), engine)
        server = create_app(settings, source, debug=True).server
    except Exception:  # whatever somebody has just written
        report = traceback.format_exc()
        print(report, file=sys.stderr, flush=True)

        def report_failure(environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
            start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            return [report.encode()]

        return report_failure
    check = server.extensions["dashboard.key_check"]
    if check is not None:
        source.when_changed(Announcer(settings, check).say_change)
    look_after(server)
    server.extensions["dashboard.note"] = announce(settings, check)
    return server


def source_files(root: Path) -> list[Path]:
    """The code that a running server is made of, in Python and in the browser's languages."""
    folders = ("assets", *sorted(path.parent.name for path in root.glob("*/__init__.py")))
    found = [*root.glob("*.py"), *(path for folder in folders for path in (root / folder).rglob("*"))]
    return [path for path in found if path.suffix in (".py", ".js", ".css") and path.parent.name != "__pycache__"]
