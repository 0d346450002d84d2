"""Serving with gunicorn: the facts are read beside, the app is made once, and the workers fork from it."""

import contextlib
import ctypes
import gc
import logging
import os
import shutil
import sys
import tempfile
from functools import partial
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from facts.aside import Aside
from facts.engines.choice import engine_of
from facts.protocol import DataProblem
from settings import Settings, WrongSetting

SHARED_MEMORY = "/dev/shm" if sys.platform == "linux" else None
MASTER = os.getpid()

#: An address may name hundreds of campaigns; gunicorn's own limit would answer it with an error page.
LONGEST_REQUEST_LINE = 65_536


def serve(settings: Settings, reading: Aside) -> int:
    """Serve until interrupted the facts that `reading` brings; returns the exit status."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    counts = tempfile.mkdtemp(prefix="dashboard-metrics-", dir=SHARED_MEMORY)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before anything imports prometheus_client
    try:
        Server(settings, reading).run()
    except WrongSetting as problem:
        print(f"marketing-dashboard: {problem}", file=sys.stderr)
        return 2
    finally:
        if os.getpid() == MASTER:
            shutil.rmtree(counts, ignore_errors=True)
    return 0


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads; takes on only what it has a thread for.

    What waits stays with the listening socket for whichever worker is free, and is not lost with this one.
    """

    @property
    def worker_connections(self) -> int:
        """How many connections there may be before it stops taking on more: one a thread, and those that rest."""
        resting: int = len(self.keepalived_conns) + len(self.pending_conns)
        return min(self.cfg.threads + resting, self.cfg.worker_connections)

    @worker_connections.setter
    def worker_connections(self, number: int) -> None:
        """gunicorn sets what is configured, which stays the upper bound."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """At the end, take on what has knocked already: whoever waits for an answer gets it."""
        while not (enabled or self.alive) and self._accepting:
            before = self.nr_conns
            for listener in self.sockets:
                self.accept(listener)
            if self.nr_conns == before:
                break
        super().set_accept_enabled(enabled)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, configured for the dashboard."""

    def __init__(self, settings: Settings, reading: Aside) -> None:
        self.settings, self.reading = settings, reading
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
            "limit_request_line": LONGEST_REQUEST_LINE,
            "forwarder_headers": "",
            "graceful_timeout": 20,
            "keepalive": 30,
            "max_requests": 100_000,
            "max_requests_jitter": 10_000,
            "proc_name": "marketing-dashboard",
            "loglevel": "warning",
            "on_starting": lambda arbiter: start_logging(settings),
            "when_ready": lambda arbiter: announce(settings),
            "child_exit": lambda arbiter, worker: self.ended(worker.pid),
            "post_worker_init": lambda worker: self.look_after_keys(),
            "worker_exit": lambda arbiter, worker: let_go(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        gc.disable()  # what is made now stays: looking for garbage among it is a tenth of the start
        from app import create_app
        from facts.store import Source, load_aside

        try:
            engine = engine_of(self.settings)
            first = partial(load_aside, reading=self.reading, engine=engine)
            source = Source(self.settings.facts, first, engine)
        except DataProblem as problem:
            raise WrongSetting(str(problem)) from None
        self.flask = create_app(self.settings, source).server
        gc.enable()
        gc.collect()
        give_back()
        gc.freeze()  # what is here now is never collected, so workers share it rather than copy it
        return self.flask

    def look_after_keys(self) -> None:
        """In a worker: keep its sign-in keys current also while nobody asks."""
        keys = self.flask.extensions["dashboard.keys"]
        if keys is not None:
            keys.start()

    def ended(self, pid: int) -> None:
        """A worker is gone: count it, and its gauges no more."""
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)
        self.flask.extensions["dashboard.metrics"].restarts.inc()


def let_go() -> None:
    """A worker ends: where DuckDB was used, what was frozen may be collected again, since its connections hang on that.

    Else its binding reports them as leaked, forty lines a worker.
    """
    if "duckdb" in sys.modules:
        gc.unfreeze()


def give_back() -> None:
    """Return to the system what reading took and is free again: each worker would copy it once it used it."""
    with contextlib.suppress(OSError, AttributeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)


def start_logging(settings: Settings) -> None:
    """Lines of the dashboard and of gunicorn in one form."""
    from callbacks import operations

    operations.start_logging(settings.log)
    logging.getLogger("gunicorn.error").handlers[:] = []
    logging.getLogger("gunicorn.error").propagate = True


def announce(settings: Settings) -> None:
    """Say where the pages are."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    host = f"[{host}]" if ":" in host else host
    logging.getLogger("dashboard").info("ready")
    print(f"The dashboard is at http://{host}:{settings.port}{settings.prefix}", flush=True)
