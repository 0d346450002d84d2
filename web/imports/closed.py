"""The Import page where uploads are off: its addresses refuse, and the page says how to look at one’s own data."""

from typing import Final

from flask import Flask, Response

from web.data_files import refusal
from web.imports.addresses import CHECK, FILE, FORGET, KEEP

#: The one command that shows one's own data in the container, with a sign-in; there the Import page takes files.
OWN_DATA: Final = """docker run --rm -p 127.0.0.1:8050:8050 \\
  -v "$PWD/data:/data" -v "$PWD/policy.toml:/policy.toml:ro" \\
  -e DASHBOARD_FACTS=/data/facts -e DASHBOARD_POLICY=/policy.toml -e DASHBOARD_AUTH=jwt \\
  -e DASHBOARD_AUTH_ISSUER=https://sign-in.example.com -e DASHBOARD_AUTH_AUDIENCE=client-id \\
  -e DASHBOARD_AUTH_KEYS=https://sign-in.example.com/jwks marketing-dashboard"""


def register(server: Flask) -> None:
    """Add the routes, each a refusal before anything of a body is read."""
    for path in (FILE, CHECK, KEEP, FORGET):
        server.add_url_rule(path, path, refuse, methods=["POST"])


def refuse() -> Response:
    """Why nothing is taken."""
    return refusal(403, "This demo takes no files. Its Import page has the command that shows your own data.")
