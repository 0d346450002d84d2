"""Keys that are one PEM file each, as AWS' load balancer has them: an invented id costs a request of its own."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import mean
from threading import Event

import pytest

from access.identity import NoKeys, NotSignedIn, SignIn
from access.key_server import NoSuchKey
from access.keys import CONFIRM_EVERY, KEY_EVERY, Keys
from access.shared_keys import Known, Vain
from access.wanted_keys import WantedKeys
from tests.access.key_server import answering, until
from tests.access.signing import ARN, ISSUER, Provider, of_elb


class GoingClock:
    """Goes on by itself from wherever it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now + time.monotonic()


class SetClock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def known_to_elb(keys: Keys, token: str) -> bool:
    try:
        return bool(SignIn(ISSUER, ARN, "email", keys).reader(token))
    except (NotSignedIn, NoKeys):
        return False


def test_the_token_of_an_aws_load_balancer_is_read(provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "ec-1").write_bytes(provider.pem("ec-1"))
    sign_in = SignIn(ISSUER, ARN, "email", Keys(f"{tmp_path}/{{kid}}"))

    assert sign_in.reader(of_elb(provider)).groups == {"ada@example.com"}, "after a start, who comes first waits for it"
    wrong = (of_elb(provider, head={"signer": "arn:other"}), of_elb(provider, head={"signer": None}))
    for token in (*wrong, provider.token(kid="ec-1"), of_elb(provider, kid="../ec-1"), of_elb(provider, kid="ec-2")):
        with pytest.raises(NotSignedIn):
            sign_in.reader(token)


def test_a_new_key_is_fetched_through_a_flood_of_invented_ones(provider: Provider) -> None:
    """Every invented token passes all that can be tried without a key."""
    real = {"/ec-1", "/ec-2"}
    with answering(lambda path: provider.pem("ec-1") if path in real else None) as server:
        keys, over = Keys(server.address("/{kid}")), Event()
        assert known_to_elb(keys, of_elb(provider, "ec-1"))
        invented = [of_elb(provider, f"invented-{number}") for number in range(3000)]

        def flood(number: int) -> None:
            place = number
            while not over.wait(0.04):  # a hundred a second of all, so that none comes twice
                known_to_elb(keys, invented[place % len(invented)])
                place += 4

        with ThreadPoolExecutor(4) as pool:
            try:
                running = [pool.submit(flood, number) for number in range(4)]
                until(lambda: len(server.asked) > 4)
                asked = len(server.asked)
                until(lambda: known_to_elb(keys, of_elb(provider, "ec-2")))
                between = len(server.asked) - asked
            finally:
                over.set()
        assert all(each.result() is None for each in running)
    assert between <= 20
    moments = [moment for moment, _ in server.asked]
    assert all(later - sooner >= KEY_EVERY * 0.9 for sooner, later in pairwise(moments))


class StoppedKeys(Keys):
    """Does what is due only at `step`, so that a test holds the clock."""

    def start(self) -> None:
        pass


@pytest.mark.parametrize("known_before", [True, False], ids=["a new key", "after a start"])
def test_a_real_id_is_fetched_however_often_invented_ones_are_repeated(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, known_before: bool
) -> None:
    """Sixty invented ids, each named ten times as often as the real one, which is named once a second."""
    monkeypatch.setattr("access.keys._FIRST_WITHIN", 0.0)
    clock, asked = SetClock(), []

    def answer(address: str) -> bytes:
        asked.append((clock.now, address.removeprefix("keys/")))
        if address in ("keys/ec-1", "keys/ec-2"):
            return provider.pem("ec-1")
        raise NoSuchKey(address)

    keys = StoppedKeys("keys/{kid}", answer, clock)
    if known_before:
        name(keys, "ec-2")
        keys.step()
        clock.now += 1
    began = clock.now
    while "ec-1" not in keys.known().sets and clock.now - began < 300:
        for number in range(600):
            name(keys, f"invented-{number % 60}")
        if clock.now == int(clock.now):
            name(keys, "ec-1")
        keys.step()
        clock.now += 0.25

    assert "ec-1" in keys.known().sets
    assert clock.now - began <= 45
    assert all(later - sooner >= KEY_EVERY for (sooner, _), (later, _) in pairwise(asked))


@pytest.mark.parametrize("refused_before", [False, True])
def test_a_real_id_comes_through_invented_ones_that_are_always_new(refused_before: bool) -> None:
    """A hundred new ones a second, each named three times, and the real one, whose key may come late, once a second."""
    known = Known(vain={"real": Vain(1, 0.0)} if refused_before else {})
    waited = []
    for seed in range(30):
        wanted, half_seconds, chosen = WantedKeys(Random(seed)), 0, None
        while chosen != "real" and half_seconds < 2000:
            for number in range(50):
                for _ in range(3):
                    wanted.add(f"{half_seconds}-{number}", known, 0.0)
            if half_seconds % 2:
                wanted.add("real", known, 0.0)
            chosen = wanted.first(known, 0.0)
            assert chosen is not None
            wanted.drop(chosen)
            half_seconds += 1
        waited.append(half_seconds / 2)

    assert mean(waited) <= 40


def test_an_id_that_is_refused_waits_longer_each_time_and_an_unreachable_server_refuses_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("access.keys._FIRST_WITHIN", 0.0)
    clock, asked, fault = SetClock(), [], NoSuchKey("404")

    def answer(address: str) -> bytes:
        asked.append(clock.now)
        raise fault

    keys = StoppedKeys("keys/{kid}", answer, clock)

    def waits(seconds: int) -> list[float]:
        asked.clear()
        for _ in range(seconds):
            name(keys, "late")
            keys.step()
            clock.now += 1
        return [later - sooner for sooner, later in pairwise(asked)]

    assert waits(2600) == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    keys, fault = StoppedKeys("keys/{kid}", answer, clock), OSError("unreachable")
    assert waits(100) == [10] * 9


def test_what_one_process_asked_for_in_vain_no_other_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.keys._FIRST_WITHIN", 0.0)
    clock, asked = SetClock(), []

    def answer(address: str) -> bytes:
        asked.append(address)
        raise NoSuchKey(address)

    keys = StoppedKeys("keys/{kid}", answer, clock)
    child = os.fork()
    if not child:
        try:
            name(keys, "late")
            keys.step()
            os._exit(0 if asked == ["keys/late"] else 1)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    clock.now += KEY_EVERY
    name(keys, "late")
    name(keys, "other")
    keys.step()
    assert asked == ["keys/other"]
    clock.now += 10
    name(keys, "late")
    keys.step()
    assert asked == ["keys/other", "keys/late"]


def name(keys: Keys, kid: str) -> None:
    """As a token does that is right but for its key."""
    with suppress(NoKeys):
        keys.ask_for(kid)


def test_nothing_is_asked_for_a_token_that_is_wrong_without_its_key(provider: Provider) -> None:
    with answering(lambda path: provider.pem("ec-1")) as server:
        keys = Keys(server.address("/{kid}"))
        assert known_to_elb(keys, of_elb(provider, "ec-1"))
        wrong = [
            of_elb(provider, "a", head={"signer": "arn:other"}),
            of_elb(provider, "b", head={"alg": "ES512"}),
            of_elb(provider, "c", iss="https://elsewhere.example.com"),
            of_elb(provider, "d", exp=int(time.time()) - 100),
            of_elb(provider, "e", sub=None),
            of_elb(provider, "../f"),
        ]
        assert not any(known_to_elb(keys, token) for token in wrong)
        until(lambda: known_to_elb(keys, of_elb(provider, "last")))

    assert [path for _, path in server.asked] == ["/ec-1", "/last"]


def test_a_key_file_that_is_gone_is_withdrawn_and_one_that_cannot_be_had_serves_on(provider: Provider) -> None:
    clock, there = GoingClock(), {"/ec-1", "/ec-2"}
    with answering(lambda path: provider.pem("ec-1") if path in there else None) as server:
        keys = Keys(server.address("/{kid}"), clock=clock)
        tokens = [of_elb(provider, kid) for kid in ("ec-1", "ec-2")]
        for token in tokens:
            until(lambda token=token: known_to_elb(keys, token))
        server.way = "broken"
        clock.now += CONFIRM_EVERY
        until(lambda: keys.known().outcomes.get("failed"))
        assert [known_to_elb(keys, token) for token in tokens] == [True, True]

        server.way = "whole"
        there.remove("/ec-1")
        clock.now += CONFIRM_EVERY
        until(lambda: not known_to_elb(keys, tokens[0]))
        assert known_to_elb(keys, tokens[1])
