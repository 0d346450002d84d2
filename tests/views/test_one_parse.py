"""An address is taken apart once a request, whatever it asks for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from tests.asking import view

QUERY = "platform=Meta,Google&last=12w&compare=year"


@contextmanager
def counting() -> Iterator[list[str]]:
    """Every query string that is taken apart within, however the function was imported."""
    parsed: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is parse_qsl.__code__:
            parsed.append(str(frame.f_locals["qs"]))

    sys.setprofile(note)
    try:
        yield parsed
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("more", ["", "&as_of=0"], ids=["today", "as of a version"])
@pytest.mark.parametrize(
    "path",
    [
        "/cfo?",
        "/data/cfo.json?",
        "/data/cfo.xlsx?",
        "/data/cfo/core-cards.json?",
        "/data/cfo/core-cards.csv?for=excel&",
        "/proof/cfo/unit-economics?metric=roas&key=Meta&",
        "/options/campaign?find=brand&",
    ],
)
def test_an_address_is_taken_apart_once(client: FlaskClient, path: str, more: str) -> None:
    with counting() as parsed:
        answer = client.get(f"{path}{QUERY}{more}")

    assert answer.status_code == 200
    assert len(parsed) == 1, parsed


@pytest.mark.parametrize("more", ["", "&as_of=0"], ids=["today", "as of a version"])
@pytest.mark.parametrize("time", ["not kept", "kept"])
def test_a_selection_is_taken_apart_once(client: FlaskClient, more: str, time: str) -> None:
    query = f"{QUERY}&device=Mobile{more}"
    if time == "kept":
        view(client, "cmo", query)

    with counting() as parsed:
        answer = view(client, "cmo", query)

    assert answer.status_code == 200
    assert [each for each in parsed if each] == [query]  # the callback's own address has none
