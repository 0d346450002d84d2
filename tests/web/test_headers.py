"""How answers are packed: only as the client says that it unpacks, in every answer there is."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.asking import view

#: What a client sends, and what may come: None is an answer as it is.
ACCEPTED = {
    "br": {"br"},
    "gzip, deflate, br, zstd": {"br", "zstd"},
    "br;q=0": {None},
    "br;q=0.000": {None},
    "BR; Q=0": {None},
    "zstd;q=0, gzip;q=0": {None},
    "gzip, br;q=0": {"gzip"},
    "br;q=0, *": {"gzip", "zstd"},
    "br;q=0, zstd;q=0, *;q=0.1": {"gzip", "deflate"},
    "*;q=0": {None},
    "*;q=0, gzip": {"gzip"},
    "*": {"br", "zstd", "gzip", "deflate"},
    "identity": {None},
    "identity;q=0, br": {"br"},
    "br;q=words": {None},
    "": {None},
}


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_nothing_is_packed_as_the_client_refuses(client: FlaskClient, accepted: str) -> None:
    page = client.get("/").text
    bundle = re.search(r"/bundles/[^\"]+\.js", page)[0]
    asked = (bundle, "/data/cfo.json", "/_dash-layout", "/_dash-dependencies", "/")
    headers = {"Accept-Encoding": accepted}
    answers: dict[str, Any] = {path: client.get(path, headers=headers) for path in asked}
    answers["figures"] = view(client, "cfo", headers=headers)

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    wrong = {
        path: answer.headers.get("Content-Encoding")
        for path, answer in answers.items()
        if answer.headers.get("Content-Encoding") not in ACCEPTED[accepted] | {None}
    }
    assert wrong == {}
    if None not in ACCEPTED[accepted]:
        assert answers["figures"].headers.get("Content-Encoding") in ACCEPTED[accepted]
