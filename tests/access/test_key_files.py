"""Keys that are one PEM file each, as AWS' load balancer has them: an invented id costs a request of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from access.identity import NoKeys, NotSignedIn, SignIn
from access.keys import CONFIRM_EVERY, KEY_EVERY, Keys
from tests.access.key_server import answering, until
from tests.access.signing import ARN, ISSUER, Provider, of_elb


class GoingClock:
    """Goes on by itself from wherever it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now + time.monotonic()


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
            while not over.is_set():
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
