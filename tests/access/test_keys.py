"""The keys that verify sign-ins: nobody waits for their server, nobody wears it out, and a withdrawn key is refused."""

import json
import logging
import mmap
import os
import re
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from access.identity import NoKeys, NotSignedIn, SignIn
from access.key_server import fetch
from access.key_sets import read_keys
from access.keys import CONFIRM_EVERY, CONFIRMED_WITHIN, FETCH_EVERY, Keys
from app import create_app
from facts.source import Source
from settings import from_environment
from tests.access.key_server import AnsweringServer, answering, until
from tests.access.signing import AUDIENCE, ISSUER, Provider
from web.operations import Metrics


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class SharedClock:
    """The same in forked processes."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)
        self.set(1000.0)

    def set(self, now: float) -> None:
        struct.pack_into("=d", self._memory, 0, now)

    def __call__(self) -> float:
        now: float = struct.unpack_from("=d", self._memory)[0]
        return now


@pytest.fixture
def server(provider: Provider) -> Iterator[AnsweringServer]:
    with answering(lambda path: provider.jwks.read_bytes()) as server:
        yield server


def signed_in(keys: Keys, token: str) -> bool:
    try:
        return bool(SignIn(ISSUER, AUDIENCE, "groups", keys).reader(token))
    except NotSignedIn:
        return False


def jwks(provider: Provider, *kids: str) -> bytes:
    return json.dumps({"keys": [provider.jwk(kid) for kid in kids]}).encode()


# A slow server


@pytest.mark.parametrize(
    ("way", "scheme"),
    [
        ("slow body", "http"),
        ("slow head", "http"),
        ("silent", "http"),
        ("slow TLS", "https"),
        ("silent", "https"),
    ],
)
def test_an_answer_has_one_deadline_however_it_dribbles(provider: Provider, way: str, scheme: str) -> None:
    with answering(lambda path: provider.jwks.read_bytes(), way, pause=0.05) as slow:
        with pytest.raises(TimeoutError, match=r"longer than 0\.4 sec"):
            fetch(slow.address(scheme=scheme), 0.4)

        until(lambda: slow.under_way == 0 if way != "silent" else slow.asked)


def test_unknown_key_ids_are_refused_while_the_server_is_still_sending(
    server: AnsweringServer, provider: Provider
) -> None:
    keys = Keys(server.address())
    assert signed_in(keys, provider.token())
    server.way = "slow body"
    until(lambda: not signed_in(keys, provider.token(kid="rsa-9")) and server.under_way, 30)

    forged = [provider.token(kid=f"rsa-{number}") for number in range(10, 74)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda token: signed_in(keys, token), forged)) == {False}
        assert signed_in(keys, provider.token())
    assert (server.under_way, server.finished) == (1, 1), "all are answered before the server is done"


def test_the_time_between_two_fetches_counts_from_the_end_of_one(provider: Provider) -> None:
    clock, began = Clock(), []

    def slow(address: str) -> bytes:
        began.append(clock.now)
        clock.now += 8
        return provider.jwks.read_bytes()

    keys = Keys("https://idp.example.com/jwks", slow, clock)
    for _ in range(40):
        keys.ask_for("unknown")
        keys.step()
        clock.now += 1

    assert len(began) > 2
    assert all(later - sooner >= 8 + FETCH_EVERY for sooner, later in pairwise(began))


# A set that changes


def test_unknown_keys_are_asked_for_once_in_ten_seconds(server: AnsweringServer, provider: Provider) -> None:
    clock = Clock()
    keys = Keys(server.address(), clock=clock)
    forged = [provider.token(kid=f"rsa-{number}") for number in range(10, 50)]
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda token: signed_in(keys, token), forged * 20)) == {False}
        assert len(server.asked) == 1
        clock.now += FETCH_EVERY + 0.1
        assert set(pool.map(lambda token: signed_in(keys, token), forged * 20)) == {False}
        until(lambda: len(server.asked) == 2)
        assert set(pool.map(lambda token: signed_in(keys, token), forged * 20)) == {False}

    assert len(server.asked) == 2
    assert signed_in(keys, provider.token())


def test_a_new_key_is_taken_up_and_an_old_one_forgotten(server: AnsweringServer, provider: Provider) -> None:
    clock = Clock()
    server.body = lambda path: jwks(provider, "rsa-1")
    keys = Keys(server.address(), clock=clock)
    assert signed_in(keys, provider.token(kid="rsa-1"))

    server.body = lambda path: jwks(provider, "ec-1")
    clock.now += FETCH_EVERY + 0.1
    assert not signed_in(keys, provider.token(kid="ec-1")), "the first with a new key is refused at once"
    until(lambda: signed_in(keys, provider.token(kid="ec-1")))
    assert not signed_in(keys, provider.token(kid="rsa-1"))


def test_a_withdrawn_key_is_refused_although_every_token_names_it(server: AnsweringServer, provider: Provider) -> None:
    clock = Clock()
    keys = Keys(server.address(), clock=clock)
    assert signed_in(keys, provider.token(kid="rsa-1"))
    server.body = lambda path: jwks(provider, "ec-1")

    clock.now += CONFIRM_EVERY
    until(lambda: not signed_in(keys, provider.token(kid="rsa-1")))
    assert signed_in(keys, provider.token(kid="ec-1"))


def test_a_withdrawn_key_is_refused_by_every_process_after_one_fetch(
    server: AnsweringServer, provider: Provider
) -> None:
    """Forked ones as gunicorn's workers are; one asks, all find what it brought."""
    clock = SharedClock()
    keys = Keys(server.address(), clock=clock)
    token, (theirs, ours) = provider.token(kid="rsa-1"), os.pipe()
    assert keys.load()
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            try:
                os.write(ours, b"y" if signed_in(keys, token) else b"n")
                until(lambda: not signed_in(keys, token))
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert b"".join(os.read(theirs, 1) for _ in children) == b"yyyy"
    server.body = lambda path: jwks(provider, "ec-1")
    clock.set(1000 + CONFIRM_EVERY)

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0, 0]
    assert len(server.asked) == 2


def test_where_every_process_rested_the_first_request_already_refuses(
    server: AnsweringServer, provider: Provider
) -> None:
    """A container that is frozen between requests: no thread ran when the key was withdrawn."""
    clock = Clock()
    keys = Keys(server.address(), clock=clock)
    assert signed_in(keys, provider.token(kid="rsa-1"))
    server.body = lambda path: jwks(provider, "ec-1")

    clock.now += CONFIRMED_WITHIN + 1
    assert not signed_in(keys, provider.token(kid="rsa-1"))


UNUSABLE = {
    "empty": [],
    "none for signing": [{"kty": "oct", "k": "AAAA", "kid": "rsa-1"}],
    "broken": ["rsa-1", {"kty": "RSA", "n": 1, "e": 1, "kid": "rsa-1"}],
}


def there_are_keys(keys: Keys, token: str) -> bool:
    try:
        return signed_in(keys, token)
    except NoKeys:
        return False


@pytest.mark.parametrize("unusable", UNUSABLE.values(), ids=UNUSABLE)
def test_a_set_without_a_key_withdraws_the_last_one_and_is_asked_for_again(
    server: AnsweringServer, provider: Provider, caplog: pytest.LogCaptureFixture, unusable: list[object]
) -> None:
    clock = Clock()
    server.body = lambda path: jwks(provider, "rsa-1")
    keys = Keys(server.address(), clock=clock)
    assert signed_in(keys, provider.token())
    server.body = lambda path: json.dumps({"keys": unusable}).encode()

    clock.now += CONFIRM_EVERY
    until(lambda: len(server.asked) == 2 and server.under_way == 0)
    until(lambda: not there_are_keys(keys, provider.token()), 10)
    until(lambda: "sign-in keys withdrawn: rsa-1; " in caplog.text)
    with pytest.raises(NoKeys):  # no other token would do
        signed_in(keys, provider.token())

    server.body = lambda path: jwks(provider, "rsa-1")
    clock.now += FETCH_EVERY + 0.1
    until(lambda: there_are_keys(keys, provider.token()))


@pytest.mark.parametrize("unusable", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("before", [True, False], ids=["withdrawn", "from the start"])
def test_where_nobody_can_sign_in_readers_are_told_so_and_whom_to_tell(
    server: AnsweringServer, provider: Provider, environment: dict[str, str], unusable: list[object], before: bool
) -> None:
    good, empty = server.body, json.dumps({"keys": unusable}).encode()
    if not before:
        server.body = lambda path: empty
    source = Source(environment["DASHBOARD_FACTS"])
    settings = from_environment({**environment, "DASHBOARD_AUTH_KEYS": server.address()})
    app = create_app(settings, source).server
    clock = Clock()
    keys = app.extensions["dashboard.keys"]
    assert bool(keys.state().sets) is before
    if before:
        assert server.body == good
        keys._clock = clock
        clock.now = time.monotonic() + CONFIRM_EVERY
        server.body = lambda path: empty
        until(lambda: keys.step() or not any(each.keys for each in keys.state().sets.values()))

    headers = {"X-Auth-Id-Token": provider.token(["grp-all"])}
    page = app.test_client().get("/cfo", headers={**headers, "Accept": "text/html"})
    data = app.test_client().get("/data/cfo.json", headers={**headers, "Accept": "application/json"})

    sentence = "Sign-in does not work at the moment: try again in a minute, or tell data-team@example.com."
    assert (data.status_code, data.json) == (503, {"error": sentence})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert sentence in page.text
    assert "Sign in<" not in page.text
    assert server.address() not in page.text
    source.close()


# A server that fails


@pytest.mark.parametrize(
    ("way", "content"),
    [("broken", None), ("closed", None), ("whole", None), ("whole", b"<html>busy"), ("whole", b'{"keys": 1}')],
    ids=["500", "closed", "404", "no JSON", "no list"],
)
def test_the_last_good_set_serves_on_for_a_day_and_no_longer(
    server: AnsweringServer, provider: Provider, caplog: pytest.LogCaptureFixture, way: str, content: bytes | None
) -> None:
    clock = Clock()
    keys = Keys(server.address(), clock=clock)
    assert signed_in(keys, provider.token())
    good, server.way, server.body = server.body, way, lambda path: content
    for hour in (1, 12, 24):
        clock.now = 1000 + hour * 3600 - 10
        tries = keys.state().outcomes.get("failed", 0)
        until(lambda tries=tries: keys.state().outcomes.get("failed", 0) > tries)
        assert signed_in(keys, provider.token()), f"hour {hour}"
    clock.now = 1000 + 24 * 3600 + 1
    with pytest.raises(NoKeys):
        signed_in(keys, provider.token())
    said = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert any(f"no sign-in keys from {server.address()}" in line for line in said)
    assert len(said) <= 5, "one line in ten minutes at most"

    server.way, server.body = "whole", good
    clock.now += CONFIRM_EVERY
    until(lambda: keys.state().outcomes["keys"] == 2)
    assert signed_in(keys, provider.token())
    until(lambda: "can be had again" in caplog.text)


def test_hours_are_a_setting(server: AnsweringServer, provider: Provider) -> None:
    clock = Clock()
    keys = Keys(server.address(), clock=clock, hours=2)
    assert signed_in(keys, provider.token())
    server.way = "closed"
    clock.now += 2 * 3600 + 1
    with pytest.raises(NoKeys):
        signed_in(keys, provider.token())


@pytest.mark.parametrize(("way", "content"), [("closed", None), ("whole", b'{"keys": []}')], ids=["closed", "empty"])
def test_keys_that_cannot_be_had_at_the_start_are_tried_again(
    server: AnsweringServer, provider: Provider, way: str, content: bytes | None
) -> None:
    clock = Clock()
    good, server.way, server.body = server.body, way, lambda path: content
    keys = Keys(server.address(), clock=clock)

    assert not keys.load()
    with pytest.raises(NoKeys):
        signed_in(keys, provider.token())
    server.way, server.body = "whole", good
    clock.now += FETCH_EVERY + 0.1
    until(lambda: keys.state().sets)
    assert signed_in(keys, provider.token())


def test_metrics_say_how_old_the_keys_are_and_what_failed(
    server: AnsweringServer, provider: Provider, environment: dict[str, str]
) -> None:
    given = {"DASHBOARD_AUTH_KEYS": server.address(), "DASHBOARD_METRICS_TOKEN": "scrape"}
    source = Source(environment["DASHBOARD_FACTS"])
    client = create_app(from_environment({**environment, **given}), source).server.test_client()
    now = client.get("/metrics", headers={"Authorization": "Bearer scrape"}).text
    assert "\ndashboard_sign_in_keys 2.0\n" in now
    assert float(re.findall(r"^dashboard_sign_in_keys_age_seconds (\S+)", now, re.M)[0]) < CONFIRM_EVERY
    assert '\ndashboard_sign_in_key_fetches_total{outcome="keys"} 1.0\n' in now

    clock = Clock()
    keys = Keys(server.address(), clock=clock)
    assert keys.load()
    server.way = "broken"
    clock.now += 7200
    keys.step()
    later = Metrics().text(source, keys).decode()
    assert "\ndashboard_sign_in_keys_age_seconds 7200.0\n" in later
    assert '\ndashboard_sign_in_key_fetches_total{outcome="failed"} 1.0\n' in later
    source.close()


# What is no set of keys


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"keys": 1}', b'{"keys": {"a": 1}}', b"\xff", b"[" * 5000],
    ids=range(7),
)
def test_what_is_no_key_set_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it is no JSON web key set"):
        read_keys(content)


@pytest.mark.parametrize(
    "content",
    [
        *(b'{"keys": []}', b'{"keys": [1]}', b'{"keys": [{"kty": "EC", "crv": "P-384"}]}'),
        b'{"keys": [{"kty": "oct", "k": "AAAA", "kid": "a"}]}',
    ],
    ids=range(4),
)
def test_a_set_without_a_usable_key_is_one_that_the_check_complains_of(content: bytes) -> None:
    assert read_keys(content) == {}
    problem = Keys("https://idp.example.com/jwks", lambda address: content).problem()
    assert problem == "it holds no RSA key of 2048 bits or more and no P-256 key"
