"""Whose check or keep is next: one waits in a worker, people take turns, keeps come before checks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.web.test_imports import (
    KEEP,
    endless,
    mark_of,
    processes,
    statement,
    table,  # noqa: F401 - fixtures
    token_of,
    until,
    upload_of,
    workers,  # noqa: F401
)
from web.imports.checks import Busy, Imports
from web.imports.job import Job
from web.imports.uploads import Uploads


def test_of_parallel_checks_one_waits_in_a_worker_and_others_are_sent_away_at_once(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = ["ann", *(f"other {number}" for number in range(5))]
    uploads = [upload_of(table, statement(tmp_path / "2.csv", 2), subject) for subject in people]
    file = endless(uploads[0])
    assert workers[0].check(token_of(uploads[0]), "ann", {"options": {}}) is None  # to be asked again

    monkeypatch.setattr("web.imports.checks.STEP", 5.0)  # within which all five have asked
    start = threading.Barrier(5)

    turn, waiting = Imports._lock_uploads, []

    def wait_for_turn(imports: Imports, until: float) -> object:
        waiting.append(imports)
        return turn(imports, until)

    monkeypatch.setattr(Imports, "_lock_uploads", wait_for_turn)

    def check(upload: Path, subject: str) -> str:
        start.wait()
        try:
            return str(workers[0].check(token_of(upload), subject, {"options": {}}))
        except Busy as refusal:
            return f"{refusal.status}, ask in {refusal.retry_after} s"

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(check, uploads[1:], people[1:]))

    assert answers == ["503, ask in 3 s"] * 5
    assert len(waiting) == 1
    assert workers[1].outcome(token_of(uploads[0]), "ann") is None
    file.unlink()
    Uploads(table, 10**8).forget(token_of(uploads[0]), "ann")
    until(lambda: not processes(uploads[0]))  # nobody waits for it any more
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 0.0)  # the others do not ask again
    assert mark_of(workers[1], uploads[1], people[1])


def test_who_asks_most_often_is_not_next_and_keeps_come_before_checks(
    table: Path,  # noqa: F811
    workers: list[Imports],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.imports.waiting_line.HELD_SECONDS", 600.0)  # this machine may be slow
    often, other, third = (
        upload_of(table, statement(tmp_path / "2.csv", 2), subject) for subject in ("often", "other", "third")
    )
    mark = mark_of(workers[0], third, "third")
    file = endless(often)
    assert workers[0].check(token_of(often), "often", {"options": {}}) is None

    def is_sent_away(subject: str, upload: Path, number: int = 0) -> bool:
        try:
            if subject == "third":
                workers[1].keep(token_of(upload), subject, KEEP | {"mark": mark})
            else:
                workers[1].check(token_of(upload), subject, {"options": {"account": str(number)}})
        except Busy:
            return True
        until(lambda: workers[1].outcome(token_of(upload), subject))
        return False

    assert is_sent_away("other", other)
    assert is_sent_away("third", third)
    file.unlink()
    Job.of(often).give_up()
    until(lambda: not processes(often))
    assert [is_sent_away("often", often, number) for number in range(3)] == [True] * 3
    assert is_sent_away("other", other)
    assert not is_sent_away("third", third)
    assert is_sent_away("often", often)
    assert not is_sent_away("other", other)
    assert not is_sent_away("often", often)
