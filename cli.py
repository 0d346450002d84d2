"""`marketing-dashboard`: the one command line. Exit status 0 only on success; errors say what to do, on stderr."""

import argparse
import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from facts import commands as data
from settings import SETTINGS, Settings, WrongSetting, faults, from_environment, unknown

SHARED_MEMORY = "/dev/shm" if sys.platform == "linux" else None
MASTER = os.getpid()

#: An address may name hundreds of campaigns; gunicorn's own limit would answer it with an error page.
LONGEST_REQUEST_LINE = 65_536


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="marketing-dashboard", description=__doc__.split(":")[1].strip())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    settings_help = "settings (environment variables):\n" + "\n".join(
        f"  {each.name:20} {each.purpose}; {each.allowed} (default {each.default})" for each in SETTINGS
    )
    commands.add_parser(
        "serve",
        help="serve the dashboard",
        description="Serve the dashboard with gunicorn until interrupted.",
        epilog=settings_help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands.add_parser(
        "check",
        help="verify settings, sign-in, policy and data before a deploy",
        description="Verify settings, sign-in, policy and data, and explain each fault. Changes nothing.",
        epilog=settings_help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data.add_commands(commands)
    asked = parser.parse_args(arguments)
    if asked.command == "check":
        return check()
    try:
        settings = from_environment()
    except WrongSetting as problem:
        print(f"marketing-dashboard: {problem}", file=sys.stderr)
        return 2
    for name in unknown():
        print(f"marketing-dashboard: {name} is no setting of this dashboard and is ignored.", file=sys.stderr)
    if asked.command in data.COMMANDS:
        return data.run(asked, Path(settings.facts))
    return serve(settings)


def serve(settings: Settings) -> int:
    """Serve until interrupted. The facts are read once, before the workers fork."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    counts = tempfile.mkdtemp(prefix="dashboard-metrics-", dir=SHARED_MEMORY)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts  # before anything imports prometheus_client
    try:
        Server(settings).run()
    except WrongSetting as problem:
        print(f"marketing-dashboard: {problem}", file=sys.stderr)
        return 2
    finally:
        if os.getpid() == MASTER:
            shutil.rmtree(counts, ignore_errors=True)
    return 0


def check() -> int:
    """Verify what a deploy rests on and print what was found; 1 where there is a fault, each said on stderr."""
    from access.keys import Keys
    from access.policy import WrongPolicy, empty_rows, read_policy
    from app import admit
    from facts.protocol import DataProblem
    from facts.store import load
    from pages import GIVEN

    wrong = faults()
    for name in unknown():
        wrong.append(f"{name} is no setting of this dashboard.")
    facts = policy = None
    if not wrong:
        settings = from_environment()
        print(f"settings  auth {settings.auth or 'unset'}, prefix {settings.prefix}, hosts {', '.join(settings.hosts)}")
        try:
            facts = load(settings.facts)
            through, of = facts.extent().last, "the demo's" if facts.demo else "your own"
            print(f"data      {settings.facts}: {of}, version {facts.version}, through {through}")
            admit(facts, settings, settings.auth != "jwt")
        except DataProblem as problem:
            wrong.append(str(problem))
        if settings.auth == "jwt":
            if why := Keys(settings.auth_keys).problem():
                wrong.append(f"DASHBOARD_AUTH_KEYS: {settings.auth_keys} gives no keys: {why}.")
            else:
                print(f"sign-in   keys from {settings.auth_keys}, issuer {settings.auth_issuer}")
            try:
                policy = read_policy(settings.policy, GIVEN)
            except WrongPolicy as fault:
                wrong.append(str(fault))
    for role in policy.roles if policy else ():
        rows = "; ".join(f"{name} {', '.join(values)}" for name, values in role.rows) or "all"
        groups, pages = ", ".join(sorted(role.groups)), ", ".join(role.pages)
        print(f"role      {role.name}: groups {groups}; pages {pages}; rows {rows}")
        if role.hides:
            also = f", and what would give it away: {', '.join(sorted(role.hides - role.chosen))}"
            print(f"          hides {', '.join(sorted(role.chosen))}{also if role.hides > role.chosen else ''}")
    if policy and facts:
        wrong += empty_rows(policy, facts.options())
    for sentence in wrong:
        print(f"marketing-dashboard: {sentence}", file=sys.stderr)
    print("no fault found" if not wrong else f"{len(wrong)} fault{'s' if len(wrong) > 1 else ''}")
    return 1 if wrong else 0


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

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
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
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from facts.store import Source, load_aside

        with ThreadPoolExecutor(1) as beside:  # reading the data takes a second, importing the app another
            reading = beside.submit(Source, self.settings.facts, load_aside)
            from app import create_app

            source = reading.result()
        self.flask = create_app(self.settings, source).server
        gc.collect()
        gc.freeze()  # what is here now is never collected, so workers share it rather than copy it
        return self.flask

    def ended(self, pid: int) -> None:
        """A worker is gone: count it, and its gauges no more."""
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)
        self.flask.extensions["dashboard.metrics"].restarts.inc()


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


if __name__ == "__main__":
    sys.exit(main())
