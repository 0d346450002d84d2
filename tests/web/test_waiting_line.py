"""Who is next in a line: whoever was served goes behind all who wait, however often they ask and for whatever."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from web.imports.waiting_line import FORGOTTEN_SECONDS, HELD_SECONDS, WaitingLine

KINDS = ("keep", "check")


@pytest.fixture
def line(tmp_path: Path) -> WaitingLine:
    return WaitingLine(tmp_path / "line", KINDS)


def age(line: WaitingLine, person: str, seconds: float) -> None:
    """Let a person have asked last so many seconds ago."""
    for path in line._folder.glob(f"*.{person}"):
        os.utime(path, ns=(path.stat().st_atime_ns, time.time_ns() - int(seconds * 1e9)))


def stand(line: WaitingLine, person: str, kind: str = "check") -> int:
    """Take or hold a place, at a time of its own."""
    now = time.time_ns()
    before = {since for path in line._folder.glob("*.*") if (since := path.stat().st_atime_ns) <= now}
    while before and time.time_ns() <= max(before) + 20_000_000:  # of which a disk's clock may count as one
        time.sleep(0.001)
    return line.wait_in_line(person, kind)


def test_a_check_has_its_turn_between_another_persons_keeps(line: WaitingLine) -> None:
    assert stand(line, "ada", "keep") == 0

    turns = []
    for _ in range(10):
        turns.append(stand(line, "bo") == 0)
        line.leave("ada")  # her keep is served, and refused for its mark; her next request is there already
        stand(line, "ada", "keep")

    assert turns == [False] + [True] * 9


def test_whoever_waits_is_served_after_at_most_one_turn_of_each_other_person(line: WaitingLine) -> None:
    greedy = [("ada", "keep"), ("ada", "check"), ("bo", "keep"), ("cy", "check")]
    for person, kind in greedy:
        stand(line, person, kind)
    served: list[str] = []

    while served.count("dee") < 3:
        stand(line, "dee")
        (first,) = {person for person, kind in [*greedy, ("dee", "check")] if stand(line, person, kind) == 0}
        line.leave(first)
        served.append(first)

    turns = [number for number, person in enumerate(served) if person == "dee"]
    assert turns[0] <= 3
    for one, other in pairwise(turns):
        assert sorted(served[one + 1 : other]) == ["ada", "bo", "cy"]


def test_among_ones_own_requests_a_keep_comes_first_wherever_one_stands(line: WaitingLine) -> None:
    stand(line, "ada")
    stand(line, "bo")
    stand(line, "ada", "keep")

    assert [stand(line, "ada", "keep"), stand(line, "ada"), stand(line, "bo")] == [0, 1, 2]


def test_who_does_not_ask_again_holds_nobody_up_and_finds_their_place_when_they_do(line: WaitingLine) -> None:
    stand(line, "ada")
    stand(line, "bo")
    age(line, "ada", HELD_SECONDS + 1)

    assert stand(line, "bo") == 0
    assert (stand(line, "ada"), stand(line, "bo")) == (0, 1)
    age(line, "ada", FORGOTTEN_SECONDS + 1)
    assert stand(line, "bo") == 0
    assert stand(line, "ada") == 1


def test_of_all_who_come_at_once_exactly_one_is_first(tmp_path: Path) -> None:
    people = [f"person {number}" for number in range(8)]
    start = threading.Barrier(len(people))

    def come(line: WaitingLine, person: str) -> int:
        start.wait(60)
        return line.wait_in_line(person, "check")

    with ThreadPoolExecutor(len(people)) as pool:
        for number in range(100):
            line = WaitingLine(tmp_path / f"line {number}", KINDS)
            before = list(pool.map(come, [line] * len(people), people))

            assert sorted(before) == list(range(len(people)))
            assert [line.count_before(person, "check") for person in people] == before, "and stays it"


def test_who_is_put_back_is_behind_those_who_come_later_till_their_place_is_forgotten(line: WaitingLine) -> None:
    line.put_back("ada", "check")
    stand(line, "ada")
    assert (stand(line, "bo"), stand(line, "ada")) == (0, 1)
    assert [wait < 0 for wait in sorted(line.waits())] == [True, False]

    (place,) = line._folder.glob("*.ada")
    since = place.stat().st_atime_ns - int(FORGOTTEN_SECONDS * 1e9)
    os.utime(place, ns=(since, place.stat().st_mtime_ns))  # so much later
    assert (stand(line, "ada"), stand(line, "bo")) == (0, 1)


def test_who_was_served_by_another_request_of_theirs_is_not_next(line: WaitingLine) -> None:
    stand(line, "ada")
    line.leave("ada")

    assert line.count_before("ada", "check") > 0


def test_a_place_that_a_clock_set_back_left_in_the_future_holds_nobody(line: WaitingLine) -> None:
    stand(line, "ada")
    age(line, "ada", -3600)

    assert stand(line, "bo") == 0
