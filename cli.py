"""`marketing-dashboard`: the one command line. Exit status 0 only on success; errors say what to do, on stderr."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import gunicorn.http.message
from gunicorn.app.base import BaseApplication

from settings import SETTINGS, Settings, WrongSetting, from_environment, unknown

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
    parser.parse_args(arguments)
    try:
        settings = from_environment()
    except WrongSetting as problem:
        print(f"marketing-dashboard: {problem}", file=sys.stderr)
        return 2
    for name in unknown():
        print(f"marketing-dashboard: {name} is no setting of this dashboard and is ignored.", file=sys.stderr)
    return serve(settings)


def serve(settings: Settings) -> int:
    """Serve until interrupted. The facts are read once, before the workers fork."""
    gunicorn.http.message.MAX_REQUEST_LINE = LONGEST_REQUEST_LINE
    Server(settings).run()
    return 0


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
            "worker_class": "gthread",
            "preload_app": True,
            "worker_tmp_dir": "/dev/shm" if sys.platform == "linux" else None,
            "control_socket_disable": True,
            "limit_request_line": LONGEST_REQUEST_LINE,
            "forwarder_headers": "",
            "graceful_timeout": 20,
            "keepalive": 30,
            "max_requests": 100_000,
            "max_requests_jitter": 10_000,
            "proc_name": "marketing-dashboard",
            "loglevel": "warning",
            "when_ready": lambda server: announce(settings),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from app import create_app  # only now: gunicorn's master and its messages stand before the data is read
        from facts.store import Source

        return create_app(self.settings, Source(self.settings.facts)).server


def announce(settings: Settings) -> None:
    """Say where the pages are."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host
    host = f"[{host}]" if ":" in host else host
    print(f"The dashboard is at http://{host}:{settings.port}{settings.prefix}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
