"""Saved views are kept in the browser under their reader, whom their key does not name."""

import json
import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient


def spec_of(layout: Any) -> dict[str, Any]:
    """The spec in a layout, wherever in it it stands."""
    text = json.dumps(layout)
    found = re.search(r'\\"reader\\": ?\\"(\w*)\\"|"reader": "(\w*)"', text)
    return {"reader": (found[1] or found[2]) if found else None}


def test_readers_have_lists_of_their_own_under_a_digest(ask: Callable[..., Any], client: FlaskClient) -> None:
    keys = [spec_of(ask(role, "/_dash-layout").json)["reader"] for role in ("board", "marketing", "board")]
    assert keys[0] == keys[2] != keys[1]
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys)
    assert spec_of(client.get("/_dash-layout").json)["reader"] is None
