"""Serves with gunicorn: another process reads the facts, the app is made once, and the workers fork from it."""

import gc
import logging
import os
import sys
from functools import partial
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication

from facts.engines.choice import engine_of
from facts.free_memory import give_back
from facts.protocol import DataProblem
from facts.reader_process import ReaderProcess
from settings import Settings, WrongSetting
from web.client_socket import LONGEST_FIELD, LONGEST_LINE
from web.counting import Counts
from web.worker import MOST_CONNECTIONS, Worker

SHARED_MEMORY = "/dev/shm" if sys.platform == "linux" else None
MASTER = os.getpid()


def serve(settings: Settings, reader: ReaderProcess) -> int:
    """Serve until interrupted the facts that `reader` brings; returns the exit status."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_LINE
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


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured for the dashboard."""

    def __init__(self, settings: Settings, reader: ReaderProcess, counts: Counts) -> None:
        self.settings, self.reader, self.counts = settings, reader, counts
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
            "when_ready": lambda arbiter: announce(settings),
            "pre_fork": lambda arbiter, worker: setattr(worker, "place", self.counts.take()),
            "post_fork": lambda arbiter, worker: setattr(self.counts, "place", worker.place),
            "post_worker_init": lambda worker: self.look_after(),
            "child_exit": lambda arbiter, worker: self.count_ended(worker),
            "worker_exit": lambda arbiter, worker: let_go(),
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
        self.flask = create_app(self.settings, source).server
        gc.enable()
        gc.collect()
        give_back()  # each worker would copy it once it used it
        gc.freeze()  # what is here now is never collected, so workers share it rather than copy it
        return self.flask

    def look_after(self) -> None:
        """In a worker: settle imports that an earlier one left, and keep sign-in keys current while nobody asks."""
        imports = self.flask.extensions.get("dashboard.imports")
        if imports is not None:  # there is none where no files are taken
            imports.settle()
        keys = self.flask.extensions["dashboard.keys"]
        if keys is not None:
            keys.start()

    def count_ended(self, worker: Any) -> None:
        """A worker is gone: count it, and let the next one count on in its place."""
        self.counts.give(worker.place)
        self.flask.extensions["dashboard.metrics"].restarts.inc()


def let_go() -> None:
    """A worker ends: where DuckDB was used, what was frozen may be collected again, since its connections hang on that.

    Else its binding reports them as leaked, forty lines a worker.
    """
    if "duckdb" in sys.modules:
        gc.unfreeze()


def start_logging(settings: Settings) -> None:
    """Lines of the dashboard and of gunicorn in one form."""
    from web import operations

    operations.start_logging(settings.log)
    logging.getLogger("gunicorn.error").handlers[:] = []
    logging.getLogger("gunicorn.error").propagate = True


def announce(settings: Settings) -> None:
    """Say where the pages are."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    host = f"[{host}]" if ":" in host else host
    logging.getLogger("dashboard").info("ready")
    print(f"The dashboard is at http://{host}:{settings.port}{settings.prefix}", flush=True)
