"""Asks as the browser does: figures come by Dash's own callback (assets/early.js has the same body)."""

import http.client
import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from bench.asking import CALLBACK, callback_body, view_body

__all__ = [
    "CALLBACK",
    "Answer",
    "as_answer",
    "callback_body",
    "json_in",
    "raw",
    "raw_view",
    "view",
    "view_at",
    "view_body",
]


@dataclass(frozen=True)
class Answer:
    """What came back; `json` is the view, or the object of a refusal, and None where there is neither."""

    status_code: int
    json: Any
    data: bytes
    headers: Mapping[str, str]


def view(
    client: FlaskClient, page: str, query: str = "", headers: Any = None, *, path: str = CALLBACK, **more: Any
) -> Answer:
    """The figures of `page` for `query`, from a Flask client."""
    answer = client.post(path, json=view_body(page, query), headers=headers, **more)
    return as_answer(answer.status_code, answer.get_data(), answer.headers)


def view_at(address: str, page: str, query: str = "", headers: Mapping[str, str] | None = None) -> Answer:
    """The same from a server at `address`, its prefix included."""
    body = json.dumps(view_body(page, query)).encode()
    asked = urllib.request.Request(
        address.rstrip("/") + CALLBACK, body, {"Content-Type": "application/json", **(headers or {})}
    )
    try:
        answer = urllib.request.urlopen(asked, timeout=60)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        return as_answer(answer.status, answer.read(), dict(answer.headers))


def raw_view(port: int, page: str, headers: list[tuple[str, str]], path: str = CALLBACK) -> int:
    """The status of the same with exactly these headers, repeated ones and odd bytes among them."""
    return raw(port, path, headers, json.dumps(view_body(page)).encode())


def raw(port: int, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> int:
    """The status of a GET, or of a POST where there is a `body`, with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest("POST" if body else "GET", path)
        for name, value in headers:
            connection.putheader(name, value.encode("latin-1"))
        if body:
            connection.putheader("Content-Type", "application/json")
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def as_answer(status: int, data: bytes, headers: Mapping[str, str]) -> Answer:
    """An answer with the view taken out of what Dash puts round it."""
    try:
        content = json.loads(data)
    except ValueError:
        content = None
    if isinstance(content, dict) and "response" in content:
        content = content["response"]["view"]["data"]
    return Answer(status, content, data, headers)


def json_in(document: str, name: str) -> Any:
    """The data that stand in a document under a name: "spec", or "first", the first answer."""
    found = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', document, re.S)
    assert len(found) == 1, f"{name} stands {len(found)} times in the document"
    return json.loads(found[0])
