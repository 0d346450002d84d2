"""The Import page where uploads are off: its addresses refuse, and the page says how to look at one’s own data."""

from typing import Final

from flask import Flask, Response, request

from web.current_reader import may_keep
from web.data_files import refusal
from web.imports.addresses import CHECK, COSTS, FILE, FORGET, KEEP, UNDO
from web.imports.own_rules import RULES

#: The one command that shows one's own data in the container, alone; there the Import page takes files.
OWN_DATA: Final = """mkdir -p data && docker run --rm -p 127.0.0.1:8050:8050 \\
  --user "$(id -u):$(id -g)" -v "$PWD/data:/data" \\
  -e DASHBOARD_FACTS=/data/facts -e DASHBOARD_AUTH=key marketing-dashboard"""


_PATHS: Final = (FILE, CHECK, KEEP, FORGET, RULES, COSTS, UNDO)


def register(server: Flask) -> None:
    """Add the routes, each a refusal before anything of a body is read."""
    for path in _PATHS:
        server.add_url_rule(path, path, refuse, methods=["POST"])


def register_for_demo(server: Flask) -> None:
    """Refuse in the same way, where the routes are there for who has the own key, who has none."""

    @server.before_request
    def refuse_at_demo() -> Response | None:
        return refuse() if request.path in _PATHS and not may_keep() else None


def refuse() -> Response:
    """Why nothing is taken."""
    return refusal(403, "This demo takes no files. Its Import page has the command that shows your own data.")
