"""Saved views are kept in the browser under their reader, whom their key does not name."""

import re
from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.asking import json_in


def test_readers_have_lists_of_their_own_under_a_digest(ask: Callable[..., Any], client: FlaskClient) -> None:
    keys = [json_in(ask(role, "/cmo").text, "spec")["reader"] for role in ("board", "marketing", "board")]
    assert keys[0] == keys[2] != keys[1]
    assert all(re.fullmatch(r"[0-9a-f]{16}", key) for key in keys)
    assert "reader" not in json_in(client.get("/").text, "spec")
