"""Which upload goes for a new one."""

from pathlib import Path

import pytest

from web.imports.open_uploads import (
    IDLE_SECONDS,
    MOST_OF_A_PERSON,
    MOST_OF_AN_ADDRESS,
    MOST_UPLOADS,
    OPEN_SECONDS,
    OpenUpload,
    Person,
    person_of,
    to_forget,
)
from web.imports.refusals import NotTaken

ANN, BEN = Person("ann", MOST_OF_A_PERSON), Person("ben", MOST_OF_A_PERSON)


def held(person: str, number: int, first: float = 10.0, **state: float) -> list[OpenUpload]:
    """A person's uploads, the first one the youngest."""
    return [OpenUpload(Path(f"{person}-{each}"), person, age=first + each, **state) for each in range(number)]


def several(people: int, each: int, **more: float) -> list[OpenUpload]:
    return [upload for number in range(people) for upload in held(f"p{number}", each, **more)]


WHO_GOES = {
    "there is room": (held("ann", MOST_OF_A_PERSON - 1) + held("ben", 3), None),
    "the person has as many as they may": (held("ann", MOST_OF_A_PERSON, 1.0) + held("ben", 3), "ann-2"),
    "their oldest is being sent": (
        [*held("ann", 2), OpenUpload(Path("ann-9"), "ann", age=99, sending=True)],
        "ann-1",
    ),
    "their oldest is being read": (
        [*held("ann", 2), OpenUpload(Path("ann-9"), "ann", age=99, reading=True)],
        "ann-1",
    ),
    "all places are taken, half of them by one": (
        several(MOST_UPLOADS // 2, 1, first=500) + held("crowd", MOST_UPLOADS // 2),
        f"crowd-{MOST_UPLOADS // 2 - 1}",
    ),
    "all places are taken by one each, and one was left long ago": (
        [*several(MOST_UPLOADS - 1, 1), OpenUpload(Path("old"), "old", age=IDLE_SECONDS + 1)],
        "old",
    ),
    "all places are taken by one each, who add to theirs every few minutes": (
        [*several(MOST_UPLOADS - 2, 1, open_for=OPEN_SECONDS + 1), *held("first", 1, open_for=OPEN_SECONDS + 9),
         *held("late", 1, first=20, open_for=60)],
        "first-0",
    ),
    "the one that is open longest is being sent": (
        [*several(MOST_UPLOADS - 2, 1), *held("first", 1, open_for=OPEN_SECONDS + 9, sending=True),
         *held("next", 1, open_for=OPEN_SECONDS + 1)],
        "next-0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHO_GOES)
def test_who_goes_for_a_new_one(name: str) -> None:
    open_now, goes = WHO_GOES[name]
    victim = to_forget(open_now, ANN)

    assert (victim.place.name if victim else None) == goes


@pytest.mark.parametrize(
    "open_now",
    [
        several(MOST_UPLOADS, 1),  # everybody has one, and had it a moment ago
        held("ann", MOST_OF_A_PERSON, sending=True),
        held("ann", MOST_OF_A_PERSON, reading=True),
        held("crowd", MOST_UPLOADS, reading=True),
    ],
)
def test_where_none_can_go_it_says_when_to_come_back(open_now: list[OpenUpload]) -> None:
    with pytest.raises(NotTaken) as refusal:
        to_forget(open_now, ANN)

    assert (refusal.value.status, refusal.value.retry_after) == (503, 60)


def test_whose_uploads_count_together() -> None:
    assert person_of("ann", "10.0.0.1") == person_of("ann", "10.0.0.2") != person_of("ben", "10.0.0.1")
    assert person_of("", "10.0.0.1") != person_of("", "10.0.0.2")
    assert person_of("", "2001:db8:1:2::1") == person_of("", "2001:db8:1:2:ffff::9") != person_of("", "2001:db8:1:3::1")
    assert person_of("", "::ffff:10.0.0.1") != person_of("", "::ffff:10.0.0.2")
    assert person_of("") == person_of("", None)
    assert person_of("10.0.0.1") != person_of("", "10.0.0.1")
    assert (person_of("ann").most, person_of("", "10.0.0.1").most) == (MOST_OF_A_PERSON, MOST_OF_AN_ADDRESS)
    assert "10.0.0.1" not in repr(person_of("", "10.0.0.1"))


def test_a_person_at_their_limit_gains_nothing_from_others() -> None:
    others = several(MOST_UPLOADS - 2, 1)
    with pytest.raises(NotTaken):
        to_forget([*others, *held("ben", 2)], BEN)
    assert to_forget([*others, *held("ben", 2)], ANN).place.name == "ben-1"
