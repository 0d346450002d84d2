"""Keys that are one PEM file each, as AWS' load balancer has them: an invented id costs a request of its own."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from random import Random
from threading import Event

import pytest

from access.identity import NoKeys, NotSignedIn, SignIn
from access.key_server import NoSuchKey
from access.keys import CONFIRM_EVERY, KEY_EVERY, VAIN_WAIT, Keys
from access.shared_keys import KeyState, Vain
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
        until(lambda: known_to_elb(keys, of_elb(provider, "ec-1")))
        invented = [of_elb(provider, f"invented-{number}") for number in range(3000)]

        def flood(number: int) -> None:
            place = number
            while not over.is_set():
                known_to_elb(keys, invented[place % len(invented)])
                place += 4

        with ThreadPoolExecutor(4) as pool:
            try:
                running = [pool.submit(flood, number) for number in range(4)]
                until(lambda: len(server.asked) > 4, seconds=300)
                asked = len(server.asked)
                until(lambda: known_to_elb(keys, of_elb(provider, "ec-2")), seconds=300)
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
    while "ec-1" not in keys.state().sets and clock.now - began < 300:
        for number in range(600):
            name(keys, f"invented-{number % 60}")
        if clock.now == int(clock.now):
            name(keys, "ec-1")
        keys.step()
        clock.now += 0.25

    assert "ec-1" in keys.state().sets
    assert clock.now - began <= 45
    assert len(asked) > 2
    assert all(later - sooner >= KEY_EVERY for (sooner, _), (later, _) in pairwise(asked))


def cycle(count: int, named: int) -> Callable[[int], list[str]]:
    """The same `count` ids again and again, `named` of them each half second."""
    return lambda step: [f"cycled-{(step * named + place) % count}" for place in range(named)]


def invent(count: int, times: int) -> Callable[[int], list[str]]:
    """New ids each half second, every one of them named `times`."""
    return lambda step: [f"new-{step}-{place % count}" for place in range(count * times)]


#: What invented ids are named in each half second, how often the real one is, and in how many fetches it must be had.
ATTACKS: dict[str, tuple[Callable[[int], list[str]], int, int]] = {
    "thousands in turn": (cycle(3000, 2500), 20, 15),
    "more in turn than are kept": (cycle(10_000, 2500), 20, 15),
    "a few, over and over": (cycle(60, 1200), 1, 65),
    "new ones, each named three times": (invent(50, 3), 1, 20),
    "new ones, each named far more often": (invent(1, 600), 20, 40),
    "all at once": (lambda step: cycle(3000, 1000)(step) + cycle(60, 600)(step) + invent(1, 300)(step), 20, 60),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_real_id_is_chosen_within_so_many_fetches_of_a_flood(attack: str, seed: int) -> None:
    """The flood began 20 seconds before the first reader named the real one."""
    invented, named, bound = ATTACKS[attack]
    random, wanted, vain = Random(seed), WantedKeys(Random(seed)), dict[str, Vain]()
    for step in range(-40, bound):
        ids = invented(step) + ["real"] * (named if step >= 0 else 0)
        random.shuffle(ids)
        for kid in ids:
            wanted.add(kid, KeyState(vain=vain), step / 2)
        chosen = wanted.first(KeyState(vain=vain), step / 2)
        assert chosen is not None
        if chosen == "real":
            return
        wanted.drop(chosen)
        vain[chosen] = Vain(1, step / 2 + VAIN_WAIT)
    pytest.fail(f"not among {bound}")


@pytest.mark.parametrize("seed", range(5))
def test_a_real_id_whose_key_came_late_is_chosen_through_new_ones(seed: int) -> None:
    """It was refused once, so one fetch in eight is for it and what else was refused."""
    wanted, state, chosen = WantedKeys(Random(seed)), KeyState(vain={"real": Vain(1, 0.0)}), list[str | None]()
    while "real" not in chosen and len(chosen) < 80:
        for kid in [*invent(50, 3)(len(chosen)), "real"]:
            wanted.add(kid, state, 0.0)
        chosen.append(wanted.first(state, 0.0))
        wanted.drop(chosen[-1] or "")

    assert chosen[-1] == "real"


def test_what_waits_is_bounded_and_an_id_named_more_often_outlasts_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.wanted_keys._MOST", 64)
    wanted, state = WantedKeys(Random(0)), KeyState()
    for number in range(5000):
        wanted.add(f"new-{number}", state, 0.0)
        if number % 10 == 0:
            wanted.add("real", state, 0.0)
    waiting = set[str]()
    while (kid := wanted.first(state, 0.0)) is not None:
        assert kid not in waiting
        waiting.add(kid)
        wanted.drop(kid)

    assert "real" in waiting
    assert 32 <= len(waiting) <= 64


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
        until(lambda: keys.state().outcomes.get("failed"))
        assert [known_to_elb(keys, token) for token in tokens] == [True, True]

        server.way = "whole"
        there.remove("/ec-1")
        clock.now += CONFIRM_EVERY
        until(lambda: not known_to_elb(keys, tokens[0]))
        assert known_to_elb(keys, tokens[1])
